"""The one queue between the receiver and the workers: what is put in, what is refused, what is given up."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

import redis
from rq import Queue, Retry
from rq.exceptions import DuplicateJobError, NoSuchJobError
from rq.job import Job
from rq.registry import FailedJobRegistry, ScheduledJobRegistry
from rq.serializers import JSONSerializer

from bot import metrics

NAME: Final = "whyred"
"""One queue for each worker process: RQ takes from several at once in a way that loses a job when the worker dies."""

DIAGNOSE: Final = "workers.tasks.diagnose_run"
EARLY: Final = "workers.early.diagnose_early"
COMMAND: Final = "workers.commands.obey"
PRESSED: Final = "workers.commands.press"
READY: Final = "workers.ready.tell"
RECONCILE: Final = "workers.reconcile.reconcile"
FORGET: Final = "workers.forget.forget_repositories"
FORGET_INSTALLATION: Final = "workers.forget.forget_installation"
FUNCTIONS: Final = frozenset({DIAGNOSE, EARLY, COMMAND, PRESSED, READY, RECONCILE, FORGET, FORGET_INSTALLATION})
"""What a job may call; whoever can write to Redis could name any other function of Python's."""

JOB_SECONDS: Final = 180
RETRIES: Final = Retry(max=3, interval=[10, 60, 300])
REMEMBERED: Final = 600
"""Seconds for which a finished run's second delivery is still recognised without doing its work again."""

MOST_DELAYS: Final = 12
"""How often a job may ask for another time: about an hour, with the pauses growing."""

DEAD: Final = "whyred:dead"
MOST_DEAD: Final = 1000
FULL: Final = 0.8
"""Share of Redis' memory from which on nothing new is taken: at the whole of it the workers could not take jobs out."""


class QueueFullError(Exception):
    """There is no room for another job."""


def receiver_connection(url: str) -> redis.Redis:
    """A connection that gives up after a second: GitHub waits ten, and redis-py by itself nearly sixty."""
    return redis.Redis.from_url(url, retry=None, socket_timeout=1, socket_connect_timeout=1)


def queue(connection: redis.Redis, job_class: type[Job] = Job) -> Queue:
    """The queue as RQ knows it."""
    return Queue(NAME, connection=connection, serializer=JSONSerializer, job_class=job_class)


def enqueue_run(connection: redis.Redis, installation: int, repository: int, run: int, attempt: int) -> bool:
    """Ask for a diagnosis of this attempt; False when it is asked for already, which is as good.

    Raises QueueFullError, and redis.RedisError when the queue can not be reached.
    """
    about = (installation, repository, run, attempt)
    return enqueue(connection, DIAGNOSE, about, f"run-{repository}-{run}-{attempt}")


def enqueue(connection: redis.Redis, function: str, about: tuple[int | str, ...], job_id: str, delay: int = 0) -> bool:
    """Put a job of ours into the queue; False when one with this id is there already, which is as good.

    The id begins with what it does and the repository's id: `run-11-...`. `delay` is in seconds, after which the clock
    brings it. Raises QueueFullError, and redis.RedisError when the queue can not be reached.
    """
    if _is_full(connection):
        raise QueueFullError("Redis has no room for more work")
    waiting = queue(connection)
    job = waiting.create_job(
        function,
        args=about,
        job_id=job_id,
        timeout=JOB_SECONDS,
        result_ttl=REMEMBERED,
        retry=RETRIES,
        description=job_id,
    )
    try:
        if delay:
            waiting.schedule_job(job, datetime.now(UTC) + timedelta(seconds=delay), unique=True)
        else:
            waiting.enqueue_job(job, unique=True)
    except DuplicateJobError:
        return False
    return True


def drop(connection: redis.Redis, repositories: frozenset[int]) -> int:
    """Take out what still waits about these repositories; returns how many jobs that were."""
    waiting = queue(connection)
    # RQ leaves this class without annotations.
    later: Any = ScheduledJobRegistry
    ids = (*waiting.get_job_ids(), *later(queue=waiting).get_job_ids(cleanup=False))
    about = [job_id for job_id in ids if _repository(job_id) in repositories]
    for job_id in about:
        # Just taken by a worker: there it finds out by itself.
        with suppress(NoSuchJobError):
            Job.fetch(job_id, connection=connection, serializer=JSONSerializer).delete()
    return len(about)


def bury(connection: redis.Redis) -> int:
    """Move what failed for good to the list of the dead; returns how many. A redelivery may use the ids again."""
    registry = FailedJobRegistry(NAME, connection=connection, serializer=JSONSerializer)
    dead = registry.get_job_ids(cleanup=False)
    for job_id in dead:
        try:
            job = Job.fetch(job_id, connection=connection, serializer=JSONSerializer)
        except NoSuchJobError:
            registry.remove(job_id)
            continue
        obituary = _obituary(job)
        # Noted first: killed in between, it is noted twice rather than never.
        connection.lpush(DEAD, json.dumps(obituary))
        connection.ltrim(DEAD, 0, MOST_DEAD - 1)
        job.delete()
        metrics.JOBS_DEAD.add(_manner(obituary["why"]))
    return len(dead)


def dead(connection: redis.Redis) -> list[dict[str, Any]]:
    """What was given up, newest first: `job`, `why`, `at`."""
    return [json.loads(entry) for entry in cast(list[bytes], connection.lrange(DEAD, 0, -1))]


def _repository(job_id: str) -> int | None:
    """The one repository that a job is about."""
    kind, number, *_ = job_id.split("-")
    return None if kind == "forget" else int(number)


def _obituary(job: Job) -> dict[str, str]:
    result = job.latest_result()
    why = (result.exc_string or "") if result else ""
    return {"job": job.id, "why": why[:500], "at": datetime.now(UTC).isoformat(timespec="seconds")}


def _manner(why: str) -> str:
    """How a job that was given up had ended the last time; the words are RQ's."""
    if "AbandonedJobError" in why:
        return "abandoned"
    return "killed" if "Work-horse terminated unexpectedly" in why else "error"


def _is_full(connection: redis.Redis) -> bool:
    memory = cast(dict[str, int], connection.info("memory"))
    most = memory.get("maxmemory", 0)
    return most > 0 and memory["used_memory"] >= FULL * most
