"""What each event leads to: work in the queue, or nothing."""

from __future__ import annotations

import pytest
import redis

from bot.events import Event, Installation, Ping, WorkflowRun
from bot.handlers import Desk
from bot.router import route
from workers.queue import queue


def run(conclusion: str | None = "failure", *, action: str = "completed", owner: str = "shop") -> WorkflowRun:
    return WorkflowRun(action, installation=5, repository=11, owner=owner, run=31, attempt=2, conclusion=conclusion)


@pytest.mark.parametrize("conclusion", ["failure", "startup_failure", "timed_out", "success"])
def test_red_is_to_be_diagnosed_and_green_may_settle_it(conclusion: str, connection: redis.Redis) -> None:
    assert route(run(conclusion), Desk(connection)) == "queued"
    (job,) = queue(connection).jobs
    assert (job.id, job.func_name, list(job.args)) == ("run-11-31-2", "workers.tasks.diagnose_run", [5, 11, 31, 2])


@pytest.mark.parametrize(
    ("event", "done"),
    [
        (run("cancelled"), "ignored: cancelled"),
        (run("skipped"), "ignored: skipped"),
        (run("neutral"), "ignored: neutral"),
        (run("stale"), "ignored: stale"),
        (run("action_required"), "ignored: action_required"),
        (run("something new"), "ignored: something new"),
        (run(None, action="requested"), "ignored: requested"),
        (run(None, action="in_progress"), "ignored: in_progress"),
        (run(owner="stranger"), "ignored: owner not allowed"),
        (Installation("created", 5, "Shop"), "noted"),
        (Installation("created", 5, "stranger"), "ignored: owner not allowed"),
        (Ping(3), "pong"),
    ],
)
def test_nothing_is_queued_for_anything_else(event: Event, done: str, connection: redis.Redis) -> None:
    assert route(event, Desk(connection, allowed_owners=("shop",))) == done
    assert connection.keys("rq:*") == []


def test_without_allowed_owners_everybody_is_served(connection: redis.Redis) -> None:
    assert route(run(owner="Anyone"), Desk(connection)) == "queued"


def test_owners_are_compared_without_case(connection: redis.Redis) -> None:
    assert route(run(owner="SHOP"), Desk(connection, allowed_owners=("shop",))) == "queued"


def test_the_same_attempt_twice_is_one_job(connection: redis.Redis) -> None:
    assert [route(run(), Desk(connection)) for _ in range(3)] == ["queued", "queued already", "queued already"]
    assert len(queue(connection)) == 1
