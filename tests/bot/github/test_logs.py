"""A job's log through GitHub's redirect; why there is none; when it is worth coming back."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.case import Job
from bot.errors import RetryLater
from bot.github import logs
from bot.github.client import Client
from bot.github.download import Limits
from bot.github.logs import UnreadError
from tests.bot.fake_hub import Answer, FakeHub

TRUSTED = ("localhost",)
ENDED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
JOB = Job(9, "test", "completed", "failure", "", (), None, "2026-01-02T03:04:05Z")
PATH = "/repos/acme/shop/actions/jobs/9/logs"
NO_BLOB = Answer(404, b"<Error><Code>BlobNotFound</Code></Error>")


def after(**time: float) -> datetime:
    return ENDED + timedelta(**time)


@pytest.fixture
def linked(hub: FakeHub, log_host: FakeHub) -> FakeHub:
    """The log's host, to which GitHub redirects."""
    hub.on("GET", PATH, Answer(302, None, {"Location": f"http://localhost:{log_host.port}/log?sig=abc"}))
    return log_host


def test_the_log_is_fetched_from_where_github_redirects_to_without_our_token(
    client: Client, hub: FakeHub, linked: FakeHub
) -> None:
    linked.on("GET", "/log", Answer(200, b"text\n"))
    assert logs.read(client, JOB, TRUSTED).data == b"text\n"
    assert hub.seen[0].headers["authorization"] == "token ghs_1"
    assert "authorization" not in linked.seen[0].headers


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(410, {"message": "Server Error"}), logs.EXPIRED),
        (Answer(403, {"message": "Resource not accessible by integration"}), logs.FORBIDDEN),
        (Answer(404, {"message": "Not Found"}), logs.EXPIRED),
        (Answer(302, None, {"Location": "https://169.254.169.254/x"}), logs.REFUSED),
        (Answer(200, {"no": "redirect"}), logs.NEVER),
    ],
)
def test_a_log_that_can_not_be_had_is_explained(client: Client, hub: FakeHub, answer: Answer, reason: str) -> None:
    hub.on("GET", PATH, answer)
    with pytest.raises(UnreadError, match=reason):
        logs.read(client, JOB, TRUSTED, now=after(days=100))


@pytest.mark.parametrize(
    ("job", "now", "reason"),
    [
        (JOB, after(minutes=10), logs.NEVER),
        (JOB, after(days=100), logs.NEVER),
        (replace(JOB, conclusion="cancelled"), after(seconds=1), logs.CANCELLED),
        (replace(JOB, completed_at=None), after(seconds=1), logs.NEVER),
    ],
)
def test_a_log_that_was_never_written_is_not_waited_for(
    client: Client, linked: FakeHub, job: Job, now: datetime, reason: str
) -> None:
    linked.on("GET", "/log", NO_BLOB)
    with pytest.raises(UnreadError, match=reason):
        logs.read(client, job, TRUSTED, now=now)


@pytest.mark.parametrize(("age", "wait"), [(-3, 5), (0, 5), (6, 15), (30, 45), (100, 120), (184, 120)])
def test_a_log_that_may_still_be_on_its_way_is_come_back_for(
    client: Client, linked: FakeHub, age: float, wait: float
) -> None:
    linked.on("GET", "/log", NO_BLOB)
    with pytest.raises(RetryLater, match="not written yet") as caught:
        logs.read(client, JOB, TRUSTED, now=after(seconds=age))
    assert caught.value.seconds == wait


def test_a_job_that_has_not_ended_is_come_back_for(client: Client, hub: FakeHub) -> None:
    hub.on("GET", PATH, Answer(404, {"message": "Not Found"}))
    running = replace(JOB, status="in_progress", conclusion=None, completed_at=None)
    with pytest.raises(RetryLater):
        logs.read(client, running, TRUSTED)


def test_a_host_that_does_not_answer_is_come_back_for_but_not_for_ever(client: Client, linked: FakeHub) -> None:
    linked.on("GET", "/log", Answer(503))
    with pytest.raises(RetryLater):
        logs.read(client, JOB, TRUSTED, now=after(seconds=10))
    with pytest.raises(UnreadError, match=logs.UNREACHABLE):
        logs.read(client, JOB, TRUSTED, now=after(minutes=10))


@pytest.mark.parametrize("refusal", [Answer(0), Answer(403), Answer(503)])
def test_a_host_that_breaks_off_once_is_asked_again_through_a_new_link(
    client: Client, hub: FakeHub, linked: FakeHub, refusal: Answer
) -> None:
    answers = iter([refusal, Answer(200, b"text\n")])
    linked.on("GET", "/log", lambda _: next(answers))
    assert logs.read(client, JOB, TRUSTED).data == b"text\n"
    assert len(hub.asked("GET", "/logs")) == 2


def test_a_host_that_does_not_answer_in_time_is_not_waited_for_twice(client: Client, linked: FakeHub) -> None:
    linked.on("GET", "/log", Answer(200, stream=lambda _: time.sleep(0.3)))
    with pytest.raises(RetryLater):
        logs.read(client, JOB, TRUSTED, Limits(idle=0.1), now=after(seconds=10))
    assert len(linked.seen) == 1


def test_a_rate_limit_on_the_way_is_no_missing_log(client: Client, hub: FakeHub) -> None:
    hub.on("GET", PATH, Answer(403, {"message": "You have exceeded a secondary rate limit"}, {"Retry-After": "60"}))
    with pytest.raises(RetryLater, match="rate limit"):
        logs.read(client, JOB, TRUSTED)
