"""What would have been said where, for a repository that wants to see that first."""

from __future__ import annotations

from bot.case import Case
from bot.render import facts
from workers import chat
from workers.office import Office


def would_tell(office: Office, case: Case) -> str:
    """The outlets that a case would have been told in, and in which words it begins."""
    if case.pull_request:
        places = [f"{outlet} for #{case.pull_request.number}" for outlet in case.config.outlets]
    else:
        places = [f"issue for {case.run.head_branch}"] if case.config.issues else []
    if chat.is_told(office, case):
        places.append(f"chat with {', '.join(case.config.chat.to)}")
    return f"{', '.join(places) or 'nowhere'}: {facts.headline(case)}"
