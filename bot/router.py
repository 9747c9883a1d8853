"""Which handler an event goes to."""

from __future__ import annotations

from typing import assert_never

from bot.events import CheckRun, Event, Installation, IssueComment, Ping, WorkflowJob, WorkflowRun
from bot.handlers import Desk, check_run, installation, issue_comment, ping, workflow_job, workflow_run


def route(event: Event, desk: Desk) -> str:
    """Hand the event to its handler. Returns what was decided, in a word or two."""
    match event:
        case WorkflowRun():
            return workflow_run.handle(event, desk)
        case WorkflowJob():
            return workflow_job.handle(event, desk)
        case IssueComment():
            return issue_comment.handle(event, desk)
        case CheckRun():
            return check_run.handle(event, desk)
        case Installation():
            return installation.handle(event, desk)
        case Ping():
            return ping.handle(event, desk)
    assert_never(event)
