"""Which handler an event goes to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from bot.events import CheckRun, Event, Installation, IssueComment, Ping, ReadyForReview, WorkflowJob, WorkflowRun
from bot.handlers import Desk, check_run, installation, issue_comment, ping, pull_request, workflow_job, workflow_run

HANDLERS: Final[Mapping[type[Event], Callable[[Any, Desk], str]]] = {
    WorkflowRun: workflow_run.handle,
    WorkflowJob: workflow_job.handle,
    IssueComment: issue_comment.handle,
    CheckRun: check_run.handle,
    ReadyForReview: pull_request.handle,
    Installation: installation.handle,
    Ping: ping.handle,
}


def route(event: Event, desk: Desk) -> str:
    """Hand the event to its handler. Returns what was decided, in a word or two."""
    return HANDLERS[type(event)](event, desk)
