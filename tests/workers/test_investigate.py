"""Which logs are read where more jobs failed than can be read."""

from __future__ import annotations

from bot.case import Job, Step
from tests.workers.story import COVERAGE, MODULE, NAME, Story
from workers.investigate import MOST_LOGS, most_different

TIME = "2026-03-02T09:14:00Z"


def job(number: int, name: str, failed: str = "Run pytest") -> Job:
    return Job(number, name, "completed", "failure", "", (Step(1, failed, "completed", "failure", TIME, TIME),))


def test_all_are_read_where_they_are_few() -> None:
    jobs = [job(1, "test (1)"), job(2, "lint")]
    assert most_different(jobs, 2) == jobs


def test_a_matrix_does_not_crowd_out_the_other_jobs() -> None:
    matrix = [job(number, f"test ({number})") for number in range(1, 6)]
    lint, other = job(6, "lint"), job(7, "test (7)", failed="Run mypy")
    assert most_different([*matrix, lint, other], 3) == [matrix[0], lint, other]
    assert most_different([*matrix, lint, other], 4) == [matrix[0], matrix[1], lint, other]


def test_a_large_matrix_is_told_with_the_one_job_that_failed_otherwise(story: Story, pull: int) -> None:
    run = story.github.start_run(NAME, sha=story.push("discounts", "1"), branch="discounts", event="pull_request")
    steps = [("Run pytest", "failure")]
    for number in range(MOST_LOGS + 5):
        story.github.add_job(NAME, run, f"test ({number})", conclusion="failure", log=COVERAGE, steps=steps)
    story.github.add_job(NAME, run, "package", conclusion="failure", log=MODULE, steps=[("Run python", "failure")])
    story.github.finish_run(NAME, run, deliver=False)
    assert story.tell(run) == "commented"
    (body,) = story.comments(pull)
    assert "coverage/below-threshold" in body
    assert "discounts" in body
    assert f"only the logs of {MOST_LOGS} failed jobs were read" in body
