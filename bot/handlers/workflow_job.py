"""A job has ended: one that failed while its run goes on may be told of early, together with others of a burst."""

from __future__ import annotations

from typing import Final

from bot.events import WorkflowJob
from bot.handlers import Desk
from workers import turns

TELLING: Final = frozenset({"failure", "timed_out"})


def handle(event: WorkflowJob, desk: Desk) -> str:
    """What was decided, in a word or two."""
    if event.conclusion not in TELLING:
        return f"ignored: {event.conclusion}"
    if not desk.serves(event.owner):
        return "ignored: owner not allowed"
    return turns.ask(desk.connection, event.installation, event.repository, event.run, event.attempt)
