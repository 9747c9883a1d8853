"""What no log tells: a job that took too long, which GitHub calls cancelled; one that never started, or was lost."""

from __future__ import annotations

import pytest

from sandbox.state.world import FULL_PERMISSIONS
from tests.workers.story import GROUP, NAME, Story
from workers import commands

TOO_LONG = "The job has exceeded the maximum execution time of 12m0s"
LATE = "2026-01-02T03:16:00.1234567Z "
STOPPED = GROUP.format("pytest -q") + (
    f"tests/test_prices.py ....\n{LATE}##[error]The operation was canceled.\n{LATE}Cleaning up orphan processes\n"
)
GATE = GROUP.format("./gate.sh") + "shards: cancelled\n##[error]Process completed with exit code 1.\n"
UNPAID = (
    "The job was not started because recent account payments have failed or your spending limit needs to be "
    "increased. Please check the 'Billing & plans' section in your settings"
)
LOST = (
    "The hosted runner lost communication with the server. Anything in your workflow that terminates the runner "
    "process, starves it for CPU/Memory, or blocks its network access can cause this error."
)

INTERNAL = "GitHub Actions has encountered an internal error when running your job."


def begin(story: Story, branch: str = "discounts") -> int:
    return story.github.start_run(NAME, sha=story.push(branch, "1"), branch=branch, event="pull_request")


def stop(story: Story, run: int, *remarks: str, name: str = "test", seconds: int = 754) -> None:
    """A job that was stopped, and what GitHub remarks about it."""
    story.github.add_job(
        NAME,
        run,
        name,
        conclusion="cancelled",
        log=STOPPED,
        steps=[("Set up job", "success"), ("Run pytest", "cancelled")],
        annotations=said(*remarks, "The operation was canceled."),
        seconds=seconds,
    )


def said(*remarks: str) -> list[dict[str, object]]:
    return [{"path": ".github", "start_line": 1, "message": text} for text in remarks]


def end(story: Story, run: int) -> str:
    story.github.finish_run(NAME, run, deliver=False)
    return story.tell(run)


def test_a_run_that_was_cancelled_because_a_job_took_too_long_is_told(story: Story, pull: int) -> None:
    run = begin(story)
    stop(story, run, TOO_LONG)
    assert end(story, run) == "commented"
    (body,) = story.comments(pull)
    assert "Stopped after 12 minutes" in body
    assert "`github/job-timed-out`" in body
    assert "tests/test_prices.py ...." in body


SHUT_DOWN = "The runner has received a shutdown signal."


@pytest.mark.parametrize(
    "why",
    [
        ["The run was canceled by @mona."],
        [SHUT_DOWN, "The run was canceled by @mona."],
        [SHUT_DOWN, "Canceling since a higher priority waiting request for 'ci-discounts' exists"],
        ['The strategy configuration was canceled because "test.ubuntu" failed'],
    ],
)
def test_a_run_that_was_cancelled_for_another_reason_is_nobodys_news(story: Story, pull: int, why: list[str]) -> None:
    run = begin(story)
    stop(story, run, *why)
    with story.silence():
        assert end(story, run) == "silent: cancelled"


def test_where_somebody_stopped_the_run_one_job_is_asked_about(story: Story, pull: int) -> None:
    run = begin(story)
    for number in range(5):
        stop(story, run, "The run was canceled by @mona.", name=f"leg {number}")
    assert end(story, run) == "silent: cancelled"
    assert len([one for one in story.github.requests() if "annotations" in one["path"]]) == 1


def test_of_a_matrix_that_stops_at_its_first_failure_one_cancelled_job_is_asked_about(story: Story, pull: int) -> None:
    run = begin(story)
    story.github.add_job(NAME, run, "test (3.11)", conclusion="failure", log=GATE, steps=[("Gate", "failure")])
    for number in range(12, 17):
        why = 'The strategy configuration was canceled because "test._3_11" failed'
        stop(story, run, why, name=f"test (3.{number})", seconds=50)
    stop(story, run, TOO_LONG, name="deploy", seconds=40)
    assert end(story, run) == "commented"
    assert len([one for one in story.github.requests() if "annotations" in one["path"]]) == 3
    assert "Stopped after" in story.comments(pull)[0]


@pytest.mark.parametrize(("remark", "signature"), [(LOST, "runner-lost"), (INTERNAL, "internal-error")])
def test_a_job_that_github_lost_is_told_although_it_is_called_cancelled(
    story: Story, pull: int, remark: str, signature: str
) -> None:
    run = begin(story)
    stop(story, run, remark, seconds=12)
    assert end(story, run) == "commented"
    assert f"`github/{signature}`" in story.comments(pull)[0]


def test_the_job_that_took_too_long_is_the_cause_and_the_gate_that_waits_for_it_is_not(story: Story, pull: int) -> None:
    run = begin(story)
    stop(story, run, TOO_LONG, name="shard (1)")
    story.github.add_job(NAME, run, "gate", conclusion="failure", log=GATE, steps=[("Gate", "failure")])
    assert end(story, run) == "commented"
    (body,) = story.comments(pull)
    assert "Stopped after 12 minutes" in body.split("\n\n")[0]


def test_a_job_that_never_started_is_explained_at_once_by_what_github_remarks(story: Story, pull: int) -> None:
    run = begin(story)
    story.github.add_job(NAME, run, "test", conclusion="failure", log_state="absent", annotations=said(UNPAID))
    assert end(story, run) == "commented"
    (body,) = story.comments(pull)
    assert "`github/account-locked`" in body
    assert "never written" not in body
    assert "log line" not in body


def test_without_the_permission_nothing_is_asked(story: Story, pull: int) -> None:
    story.github.install("octo", {name: level for name, level in FULL_PERMISSIONS.items() if name != "checks"})
    run = begin(story)
    stop(story, run, TOO_LONG)
    assert end(story, run) == "silent: cancelled"
    assert not [one for one in story.github.requests() if "annotations" in one["path"]]


def test_a_log_that_breaks_off_is_completed_by_what_github_remarks(story: Story, pull: int) -> None:
    run = begin(story)
    story.github.add_job(
        NAME,
        run,
        "test",
        conclusion="failure",
        log=GROUP.format("make test") + "running 4 workers\n",
        steps=[("Set up job", "success"), ("Run make", "cancelled")],
        annotations=said(LOST),
    )
    assert end(story, run) == "commented"
    assert "`github/runner-lost`" in story.comments(pull)[0]


def test_a_failed_job_that_tells_of_its_failure_is_not_asked_about(story: Story, pull: int) -> None:
    run = begin(story)
    story.github.add_job(NAME, run, "test", conclusion="failure", log=GATE, steps=[("Gate", "failure")])
    end(story, run)
    assert not [one for one in story.github.requests() if "annotations" in one["path"]]


def test_a_run_that_took_too_long_is_run_again_for_who_asks(story: Story, pull: int) -> None:
    run = begin(story)
    stop(story, run, TOO_LONG)
    end(story, run)
    story.github.install("octo", {**FULL_PERMISSIONS, "actions": "write"})
    story.connection.delete(f"whyred:granted:{story.installation}")
    asked = story.github.comment(NAME, pull, "mona", "/whyred rerun")
    assert commands.obey(story.installation, story.id, pull, asked, "rerun") == "rerun: +1"
    assert ("POST", f"/repos/{NAME}/actions/runs/{run}/rerun-failed-jobs") in story.writes()
