"""What would have been said where, for a repository that wants to see that first."""

from __future__ import annotations

from bot.case import Case
from bot.render import facts


def would_tell(case: Case) -> str:
    """The outlets that a case would have been told in, and in which words it begins."""
    if case.pull_request:
        places = [f"{outlet} for #{case.pull_request.number}" for outlet in case.config.outlets]
    else:
        places = [f"issue for {case.run.head_branch}"] if case.config.issues else []
    return f"{', '.join(places) or 'nowhere'}: {facts.headline(case)}"
