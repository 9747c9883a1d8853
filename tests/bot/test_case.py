"""The values that travel between the rooms, as far as they know something themselves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.case import Job, Step
from diagnosis.steps import FailedStep
from tests.bot.render.cases import RUN

STARTED, COMPLETED = "2026-03-06T06:11:11Z", "2026-03-06T06:11:16Z"


def test_a_job_tells_its_failed_steps_as_far_as_their_times_are_known() -> None:
    steps = (
        Step(1, "Set up job", "completed", "success", STARTED, COMPLETED),
        Step(2, "Lint, which may fail", "completed", "success", STARTED, COMPLETED),
        Step(3, "Unit tests", "completed", "failure", STARTED, COMPLETED),
        Step(4, "Report", "completed", "failure", STARTED, None),
        Step(5, "Deploy", "completed", "skipped", None, None),
    )
    job = Job(7, "test", "completed", "failure", "", steps)
    assert job.failed_steps == (FailedStep("Unit tests", STARTED, COMPLETED, 3, COMPLETED),)


QUEUED = "gh-readonly-queue/release/1.x/pr-7-2a157570c0ff"


@pytest.mark.parametrize(
    ("event", "branch", "line", "target"),
    [
        ("push", "main", "main", "main"),
        ("merge_group", QUEUED, "gh-readonly-queue/release/1.x", "release/1.x"),
        ("push", QUEUED, "gh-readonly-queue/release/1.x", "release/1.x"),
        ("pull_request", QUEUED, QUEUED, QUEUED),
        ("merge_group", "gh-readonly-queue/main", "gh-readonly-queue/main", "gh-readonly-queue/main"),
    ],
)
def test_the_groups_of_a_merge_queue_follow_one_another_for_one_branch(
    event: str, branch: str, line: str, target: str
) -> None:
    run = replace(RUN, event=event, head_branch=branch)
    assert (run.line, run.target) == (line, target)
