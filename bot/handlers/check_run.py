"""A button of our check run was pressed. GitHub shows it to those who may write in the repository."""

from __future__ import annotations

from typing import Final

from bot.check_run import DIAGNOSE, RERUN
from bot.events import RERUN_REQUESTED, CheckRun
from bot.handlers import Desk
from workers.queue import PRESSED, enqueue

BUTTONS: Final = {DIAGNOSE: "explain", RERUN: "rerun", RERUN_REQUESTED: RERUN_REQUESTED}
"""What each is a command for. "Re-run" of our check means to look again: the jobs have check runs of their own."""


def handle(event: CheckRun, desk: Desk) -> str:
    """What was decided, in a word or two."""
    if event.app != desk.app:
        return "ignored: another App's check run"
    if not desk.serves(event.owner):
        return "ignored: owner not allowed"
    if event.button not in BUTTONS:
        return "ignored: unknown button"
    word = BUTTONS[event.button]
    about = (event.installation, event.repository, event.check_run, event.sha[:64], word)
    new = enqueue(desk.connection, PRESSED, about, f"pressed-{event.repository}-{event.check_run}-{word}")
    return "queued" if new else "queued already"
