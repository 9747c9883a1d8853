"""How often a run is told of early: once for a burst, again for what fails later, and not for ever."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import redis
from rq.registry import ScheduledJobRegistry

from workers import turns
from workers.clock import Clock
from workers.queue import EARLY, queue

RUN = (11, 31, 1)


def ask(connection: redis.Redis) -> str:
    return turns.ask(connection, 5, *RUN)


def later(connection: redis.Redis) -> Any:
    registry: Any = ScheduledJobRegistry
    return registry(queue=queue(connection))


def planned(connection: redis.Redis) -> list[str]:
    return list(later(connection).get_job_ids())


def test_a_matrix_that_fails_in_all_its_jobs_is_one_job_in_a_while(connection: redis.Redis) -> None:
    assert [ask(connection) for _ in range(256)] == ["queued"] + ["queued already"] * 255
    assert planned(connection) == ["early-11-31-1-0"]
    assert len(queue(connection)) == 0
    due = later(connection).get_scheduled_time("early-11-31-1-0")
    assert 10 < (due - datetime.now(UTC)).total_seconds() <= 15


def test_the_clock_brings_it_when_its_time_has_come(connection: redis.Redis) -> None:
    ask(connection)
    connection.zadd("rq:scheduled:whyred", {"early-11-31-1-0": 1})
    clock = Clock(connection)
    clock.start()
    clock.tick()
    clock.stop()
    # The clock also asks for work of its own.
    (job,) = [job for job in queue(connection).jobs if job.func_name == EARLY]
    assert list(job.args) == [5, 11, 31, 1, 0]
    assert (job.timeout, job.retries_left) == (180, 3)


def test_what_fails_after_a_turn_has_begun_has_a_later_one(connection: redis.Redis) -> None:
    ask(connection)
    turns.begin(connection, *RUN, 0)
    assert [ask(connection), ask(connection)] == ["queued", "queued already"]
    assert planned(connection) == ["early-11-31-1-0", "early-11-31-1-1"]


def test_the_turns_of_a_run_are_few_with_growing_pauses(connection: redis.Redis) -> None:
    for turn in range(len(turns.PAUSES)):
        assert ask(connection) == "queued"
        turns.begin(connection, *RUN, turn)
    assert ask(connection) == "ignored: told of early already"
    assert list(turns.PAUSES) == sorted(turns.PAUSES)


def test_a_turn_that_is_repeated_takes_nothing_back(connection: redis.Redis) -> None:
    for turn in (0, 1, 0):
        turns.begin(connection, *RUN, turn)
    ask(connection)
    assert planned(connection) == ["early-11-31-1-2"]


def test_where_nothing_can_be_said_no_turn_is_left(connection: redis.Redis) -> None:
    turns.end(connection, *RUN)
    assert ask(connection) == "ignored: told of early already"


def test_another_attempt_has_turns_of_its_own(connection: redis.Redis) -> None:
    turns.end(connection, *RUN)
    assert turns.ask(connection, 5, 11, 31, 2) == "queued"


def test_what_is_kept_of_a_run_is_little_and_not_for_long(connection: redis.Redis) -> None:
    turns.begin(connection, *RUN, 0)
    turns.tell(connection, *RUN, 3)
    turns.tell(connection, *RUN, 2)
    assert turns.told(connection, *RUN) == 3
    (key,) = connection.keys("whyred:early:*")
    assert 0 < connection.ttl(key) <= turns.KEPT


def test_a_redis_that_has_forgotten_begins_anew(connection: redis.Redis) -> None:
    turns.end(connection, *RUN)
    connection.flushall()
    assert turns.told(connection, *RUN) == 0
    assert ask(connection) == "queued"
