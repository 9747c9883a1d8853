"""The worker process: takes one job after another from the queue, and knows what to do when one does not go well."""

from __future__ import annotations

import math
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import Any, Final

import redis
import structlog
from redis.client import Pipeline
from rq import Queue, Retry
from rq import Worker as RQWorker
from rq.exceptions import DeserializationError
from rq.job import Job as RQJob
from rq.serializers import JSONSerializer
from rq.worker_registration import register

from bot import log as logs
from bot import metrics
from bot.errors import RetryLater, UserError
from bot.leash import end_with_parent
from bot.preflight import WISHES
from bot.settings import Settings
from diagnosis.clean import strip_controls
from diagnosis.redact import redact
from workers import history, investigate, queue
from workers.redis_check import concerns

LONGEST_PAUSE: Final = 600
MOST_WORDS: Final = 300
"""Characters of an error's text that are logged and kept."""

log = structlog.get_logger()


class UnknownFunctionError(Exception):
    """A job names a function that is none of ours."""


class Job(RQJob):
    """A job that may call our own functions only, and that can ask for another time."""

    def restore(self, raw_data: Any) -> None:
        """Read from Redis, but for what would have the worker import and call something else, or talk to someone."""
        super().restore(raw_data)
        self._success_callback_name = self._failure_callback_name = self._stopped_callback_name = None
        self.webhooks = []

    @property
    def func(self) -> Callable[..., Any] | None:
        """The function. Raises UnknownFunctionError instead of importing one that is not on the list."""
        if self.func_name not in queue.FUNCTIONS or self.instance is not None:
            raise UnknownFunctionError("the job names a function that is none of ours")
        function: Callable[..., Any] | None = super().func
        return function

    def _execute(self) -> Any:
        try:
            return super()._execute()
        except RetryLater as wish:
            pause = pause_before(wish.seconds, self.number_of_retries or 0)
            metrics.JOBS_PUT_OFF.add(kind(self), "rate limit" if "rate limit" in wish.reason else metrics.OTHER)
            log.info("put off", job=self.id, reason=said(wish.reason), seconds=pause)
            return Retry(max=queue.MOST_DELAYS, interval=pause)


class Worker(RQWorker):
    """RQ's worker, but that neither its log nor Redis gets to see what an error quotes."""

    job_class = Job

    def heartbeat(self, timeout: int | None = None, pipeline: Pipeline | None = None) -> None:
        """Say also that it is one of the workers: a Redis that was wiped would count none, though it works."""
        super().heartbeat(timeout, pipeline)
        register(self, pipeline)

    def handle_exception(self, job: RQJob, *exc_info: Any) -> None:
        """One line instead of a traceback that would show the log text in an error's message."""
        again = job.retries_left or 0
        log.error("job failed", job=job.id, error=explained(exc_info[1]), retries_left=again)

    def handle_job_failure(
        self, job: RQJob, queue: Queue, started_job_registry: Any = None, exc_string: str = ""
    ) -> None:
        """Keep the same line with the job, for whoever looks through the dead."""
        error = sys.exc_info()[1]
        exc_string = explained(error) if error else said(exc_string)
        super().handle_job_failure(job, queue, started_job_registry, exc_string)
        metrics.JOBS_FAILED.add(kind(job))
        # Here as well: of a job that was killed, the worker itself tells.
        metrics.flush(self.connection)

    def perform_job(self, job: RQJob, queue: Queue) -> bool:
        """In the process of this job: do it, but not without the worker, since another one will take the job over."""
        end_with_parent(self.pid or 0, signal.SIGKILL)
        started = time.monotonic()
        done = super().perform_job(job, queue)
        metrics.JOB_SECONDS.observe(kind(job), seconds=time.monotonic() - started)
        metrics.flush(self.connection)
        return done


def kind(job: RQJob) -> str:
    """Which of our functions a job calls, as it is counted; a job that can not be read calls none."""
    with suppress(DeserializationError):
        return (job.func_name or "").rpartition(".")[2]
    return metrics.OTHER


def pause_before(seconds: float, tries: int) -> int:
    """At least what was asked for, and longer the more often it was asked."""
    return max(math.ceil(seconds), 1, min(5 * 2**tries, LONGEST_PAUSE) if tries else 0)


def explained(error: BaseException | None) -> str:
    """An error in one line: what, what it says without secrets, and where in our code it was raised."""
    if error is None:
        return "unknown"
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {'/'.join(frames[-1].filename.rsplit('/', 2)[-2:])}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}: {said(str(error))}{place}"


def said(text: str) -> str:
    """A text as it may be logged and kept."""
    return redact(strip_controls(" ".join(text.split())))[:MOST_WORDS]


def build(connection: redis.Redis) -> Worker:
    """A worker on our queue. The figures let an idle one notice within a minute that another one has died."""
    return Worker(
        [queue.queue(connection, Job)],
        name=f"{socket.gethostname()}-{os.getpid()}-{os.urandom(4).hex()}",
        connection=connection,
        serializer=JSONSerializer,
        job_class=Job,
        worker_ttl=30,
        maintenance_interval=15,
        job_monitoring_interval=10,
        log_job_description=False,
    )


def main() -> None:
    """Work until told to stop."""
    try:
        settings = Settings.from_environment(os.environ, *WISHES)
    except UserError as error:
        raise SystemExit(f"whyred: {error}") from None
    logs.configure(settings.log_level)
    # Once here instead of in the process of each job, with all that a job imports.
    for function in sorted(queue.FUNCTIONS):
        import_module(function.rpartition(".")[0])
    investigate.prepare()
    with redis.Redis.from_url(settings.redis_url) as connection:
        try:
            for line in concerns(connection):
                log.warning(line)
        except redis.RedisError as error:
            raise SystemExit(f"whyred: Redis does not answer: {type(error).__name__}") from None
        history.prepare(settings)
        build(connection).work(logging_level="DEBUG" if settings.log_level == "DEBUG" else "WARNING")


if __name__ == "__main__":
    main()
