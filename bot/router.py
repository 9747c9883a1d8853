"""Which handler an event goes to."""

from __future__ import annotations

from typing import assert_never

from bot.events import Event, Installation, Ping, WorkflowRun
from bot.handlers import Desk, installation, ping, workflow_run


def route(event: Event, desk: Desk) -> str:
    """Hand the event to its handler. Returns what was decided, in a word or two."""
    match event:
        case WorkflowRun():
            return workflow_run.handle(event, desk)
        case Installation():
            return installation.handle(event, desk)
        case Ping():
            return ping.handle(event, desk)
    assert_never(event)
