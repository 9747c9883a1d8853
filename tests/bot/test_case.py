"""The values that travel between the rooms, as far as they know something themselves."""

from __future__ import annotations

from bot.case import Job, Step
from diagnosis.steps import FailedStep

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
