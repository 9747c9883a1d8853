"""A workflow run has ended: red is diagnosed, green may turn an earlier comment green, all else is nobody's news.

GitHub calls cancelled what took too long, too: only the run's jobs tell.
"""

from __future__ import annotations

from typing import Final

from bot.events import WorkflowRun
from bot.handlers import Desk
from workers import turns
from workers.queue import enqueue_run

TELLING: Final = frozenset({"failure", "startup_failure", "timed_out", "cancelled", "success"})


def handle(event: WorkflowRun, desk: Desk) -> str:
    """What was decided, in a word or two."""
    if event.action != "completed" or event.conclusion is None:
        return f"ignored: {event.action}"
    if event.conclusion not in TELLING and not _is_told_early(event, desk):
        return f"ignored: {event.conclusion}"
    if not desk.serves(event.owner):
        return "ignored: owner not allowed"
    new = enqueue_run(desk.connection, event.installation, event.repository, event.run, event.attempt)
    return "queued" if new else "queued already"


def _is_told_early(event: WorkflowRun, desk: Desk) -> bool:
    """Whether the pull request says that this attempt goes on, which is true no longer, however it has ended."""
    return turns.told(desk.connection, event.repository, event.run, event.attempt) > 0
