"""Somebody wrote a comment: a command in it is worked on, by ids alone, for its text is fetched by who works on it."""

from __future__ import annotations

from typing import Final

from bot import command
from bot.events import IssueComment
from bot.handlers import Desk
from workers import caps
from workers.queue import COMMAND, enqueue

PER_PERSON: Final = 30
"""Commands of one person in one repository and hour; more of them cost nobody a request."""


def handle(event: IssueComment, desk: Desk) -> str:
    """What was decided, in a word or two."""
    if event.by_bot:
        # Ours among them: what we write must never make us write again.
        return "ignored: a bot"
    if not desk.serves(event.owner):
        return "ignored: owner not allowed"
    found = command.parse(event.body)
    if found is None:
        return "ignored: no command"
    if not caps.take(desk.connection, f"command:{event.repository}:{event.author}", event.comment, PER_PERSON):
        return "ignored: too many commands"
    about = (event.installation, event.repository, event.number, event.comment, found.word)
    new = enqueue(desk.connection, COMMAND, about, f"command-{event.repository}-{event.comment}")
    return "queued" if new else "queued already"
