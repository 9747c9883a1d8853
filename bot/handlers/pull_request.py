"""A draft is ready for review: what has failed in it is told now."""

from __future__ import annotations

from bot.events import ReadyForReview
from bot.handlers import Desk
from workers.queue import READY, enqueue


def handle(event: ReadyForReview, desk: Desk) -> str:
    """What was decided, in a word or two."""
    if not desk.serves(event.owner):
        return "ignored: owner not allowed"
    sha = event.sha[:64]
    about = (event.installation, event.repository, event.number, sha)
    new = enqueue(desk.connection, READY, about, f"ready-{event.repository}-{event.number}-{sha}")
    return "queued" if new else "queued already"
