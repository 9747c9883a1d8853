"""No outage of ours loses an event: what did not arrive is asked for again, and what did is left alone."""

from __future__ import annotations

import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import redis
from werkzeug.serving import make_server

from bot.app import create_app
from bot.errors import RetryLater
from bot.github.auth import App
from bot.github.deliveries import Deliveries, Delivery
from bot.settings import Settings
from sandbox.server import Server
from tests.workers.story import NAME, Story
from workers.clock import Clock
from workers.queue import queue
from workers.reconcile import MOST_TRIES, SEEN, look, missed, reconcile

SECRET = "a-webhook-secret-that-is-long-enough"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def tried(number: int, guid: str, status: int = 0, *, minutes: int = 10, event: str = "workflow_run") -> Delivery:
    return Delivery(number, guid, NOON - timedelta(minutes=minutes), status, event)


@pytest.mark.parametrize(
    ("deliveries", "lost"),
    [
        ([tried(1, "a", 202), tried(2, "b", 200)], []),
        ([tried(1, "a"), tried(2, "b", 503), tried(3, "c", 401)], [1, 2, 3]),
        ([tried(2, "b"), tried(1, "a")], [1, 2]),
        ([tried(1, "a"), tried(2, "a", 202)], []),
        ([tried(1, "a"), tried(2, "a", 502)], [2]),
        ([tried(number, "a") for number in range(MOST_TRIES)], []),
        ([tried(1, "a"), tried(2, "a", minutes=0)], []),
        ([tried(1, "a", event="star")], []),
    ],
    ids=[
        "all arrived",
        "unanswered or refused",
        "the oldest first",
        "arrived when tried again",
        "failed when tried again: the newest",
        "given up",
        "still on its way",
        "an event that means nothing to us",
    ],
)
def test_what_is_lost(deliveries: list[Delivery], lost: list[int]) -> None:
    assert [event.newest.id for event in missed(deliveries, NOON - timedelta(minutes=2))] == lost


LATER = timedelta(minutes=5)
"""How long after the outage we look."""


@pytest.fixture
def deliveries(story: Story, started: Server) -> Deliveries:
    return Deliveries(App(started.world.app_id, started.key_path.read_text(), f"{started.url}/api/v3"))


def end_unheard(story: Story, runs: int) -> set[str]:
    """So many runs end while nobody listens; the GUIDs under which that was told."""
    sha = story.push("discounts", "1")
    story.github.set_hook("http://127.0.0.1:9/webhook", SECRET)
    for _ in range(runs):
        run = story.github.start_run(NAME, sha=sha, branch="discounts", event="pull_request")
        story.github.add_job(NAME, run, "test")
        story.github.finish_run(NAME, run)
    return {str(one["guid"]) for one in story.github.deliveries() if one["event"] == "workflow_run"}


def tries(story: Story, guids: set[str]) -> list[int]:
    """How often each of them was tried, once all tries have ended."""
    deadline = time.monotonic() + 20
    while any(one["status"] == "pending" for one in story.github.deliveries()) and time.monotonic() < deadline:
        time.sleep(0.02)
    tried = Counter(one["guid"] for one in story.github.deliveries())
    return sorted({tried[guid] for guid in guids})


def test_what_nobody_answers_is_asked_for_until_it_is_given_up(
    story: Story, deliveries: Deliveries, connection: redis.Redis
) -> None:
    guids = end_unheard(story, 3)
    for number in range(2, MOST_TRIES + 3):
        look(deliveries, connection, datetime.now(UTC) + LATER)
        assert tries(story, guids) == [min(number, MOST_TRIES)]


@pytest.mark.slow
def test_an_outage_over_many_runs_loses_none_of_them(
    story: Story, deliveries: Deliveries, connection: redis.Redis
) -> None:
    guids = end_unheard(story, 120)
    server = make_server("127.0.0.1", 0, create_app(Settings.from_environment(), connection), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    story.github.set_hook(f"http://127.0.0.1:{server.server_port}/webhook", SECRET)
    story.github.clear()
    look(deliveries, connection, datetime.now(UTC) + LATER)
    assert tries(story, guids) == [2]
    assert len(queue(connection).get_job_ids()) == 120
    assert len(story.github.requests("GET", "/deliveries")) <= 4
    # What arrived is not asked for again, nor looked at for ever.
    story.github.clear()
    look(deliveries, connection, datetime.now(UTC) + LATER)
    assert tries(story, guids) == [2]
    assert story.github.requests("POST", "/attempts") == []
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_rate_limit_puts_the_look_off(story: Story, deliveries: Deliveries, connection: redis.Redis) -> None:
    end_unheard(story, 1)
    story.github.fault("status", "GET", "*/deliveries", status=403, headers={"Retry-After": "90"}, message="rate limit")
    with pytest.raises(RetryLater) as caught:
        look(deliveries, connection, datetime.now(UTC) + LATER)
    assert caught.value.seconds >= 90
    assert not connection.exists(SEEN)


def test_the_job_looks_with_the_apps_own_key(story: Story) -> None:
    assert reconcile().endswith("asked for again")


def test_the_clock_has_it_looked_for_every_quarter_of_an_hour(connection: redis.Redis) -> None:
    clock = Clock(connection)
    for _ in range(3):
        clock.tick()
    clock.stop()
    (job,) = queue(connection).jobs
    assert (job.func_name, list(job.args)) == ("workers.reconcile.reconcile", [])
