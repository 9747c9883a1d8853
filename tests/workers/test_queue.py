"""The queue: one entry an attempt, a list of the dead, and no work taken that there is no room for."""

from __future__ import annotations

import pytest
import redis
from rq.job import JobStatus

from workers import queue
from workers.redis_check import concerns


def enqueue(connection: redis.Redis, attempt: int = 1) -> bool:
    return queue.enqueue_run(connection, 5, 11, 31, attempt)


def test_an_attempt_is_one_job_of_ids(connection: redis.Redis) -> None:
    assert enqueue(connection)
    (job,) = queue.queue(connection).jobs
    assert (job.id, job.func_name, list(job.args)) == ("run-11-31-1", "workers.tasks.diagnose_run", [5, 11, 31, 1])
    assert (job.timeout, job.retries_left, job.retry_intervals) == (180, 3, [10, 60, 300])
    assert job.data == b'["workers.tasks.diagnose_run", null, [5, 11, 31, 1], {}]'


def test_a_second_delivery_is_as_good_as_the_first(connection: redis.Redis) -> None:
    assert [enqueue(connection), enqueue(connection), enqueue(connection, attempt=2)] == [True, False, True]
    assert len(queue.queue(connection)) == 2


def fail_for_good(connection: redis.Redis) -> None:
    enqueue(connection)
    waiting = queue.queue(connection)
    (job,) = waiting.jobs
    waiting.remove(job)
    job.set_status(JobStatus.FAILED)
    waiting.failed_job_registry.add(job, exc_string="ValueError: a reason")


def test_what_has_failed_for_good_is_listed_and_may_come_again(connection: redis.Redis) -> None:
    fail_for_good(connection)
    assert not enqueue(connection)
    assert queue.bury(connection) == 1
    assert [entry["job"] for entry in queue.dead(connection)] == ["run-11-31-1"]
    assert queue.bury(connection) == 0
    assert enqueue(connection)


def test_a_failed_job_that_is_gone_does_not_stop_the_burial(connection: redis.Redis) -> None:
    connection.zadd("rq:failed:whyred", {"run-1-2-3": 9e12})
    queue.bury(connection)
    assert connection.zcard("rq:failed:whyred") == 0


def test_the_list_of_the_dead_has_an_end(connection: redis.Redis) -> None:
    connection.lpush(queue.DEAD, *["{}"] * (queue.MOST_DEAD + 5))
    fail_for_good(connection)
    queue.bury(connection)
    assert connection.llen(queue.DEAD) == queue.MOST_DEAD


def test_a_full_redis_is_told_apart_from_a_dead_one(connection: redis.Redis) -> None:
    connection.config_set("maxmemory", "1mb")
    try:
        with pytest.raises(queue.QueueFullError):
            enqueue(connection)
    finally:
        connection.config_set("maxmemory", "256mb")
    assert enqueue(connection)


def test_the_private_server_is_set_up_as_it_should_be(connection: redis.Redis) -> None:
    assert concerns(connection) == []


def test_settings_that_lose_work_are_named_in_one_line_each(connection: redis.Redis) -> None:
    connection.config_set("maxmemory-policy", "allkeys-lru")
    connection.config_set("appendonly", "no")
    try:
        assert concerns(connection) == [
            "Redis has maxmemory-policy allkeys-lru instead of noeviction: queued jobs may vanish when memory is short",
            "Redis has appendonly no instead of yes: queued jobs are lost when the server dies",
        ]
    finally:
        connection.config_set("maxmemory-policy", "noeviction")
        connection.config_set("appendonly", "yes")
