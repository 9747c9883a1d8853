"""The clock process: brings back what was put off, buries what failed, deletes what is old, has lost events sought."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

import redis
import structlog
from rq.scheduler import RQScheduler
from rq.serializers import JSONSerializer
from sqlalchemy.exc import SQLAlchemyError

from bot import log as logs
from bot import metrics
from bot.errors import UserError
from bot.settings import data_dir, database_url, log_level, redis_url, retention_days
from bot.store.database import connect, location
from bot.store.retention import purge
from workers import queue

TICK: Final = 1.0
PAUSE: Final = 5.0
"""Seconds until the next try when Redis does not answer."""

DONE_TODAY: Final = "whyred:daily"
LOOKED: Final = "whyred:looked"
LOOK: Final = 15 * 60
"""Seconds between two looks for deliveries that did not arrive."""
A_DAY: Final = 24 * 3600

log = structlog.get_logger()


class Clock:
    """One of possibly several: a lock in Redis sees to it that only one of them puts jobs back."""

    def __init__(self, connection: redis.Redis, daily: Callable[[], None] = lambda: None) -> None:
        self._redis = connection
        self._daily = daily
        # RQ leaves its methods without annotations.
        self._scheduler: Any = RQScheduler(
            [queue.NAME], connection, interval=int(TICK), logging_level="WARNING", serializer=JSONSerializer
        )
        self._stopped = False

    def start(self) -> None:
        """Make ourselves known."""
        self._scheduler.register_birth()

    def tick(self) -> None:
        """What is to be done every second. Raises redis.RedisError."""
        if not self._scheduler.acquired_locks:
            # RQ itself would look again after ten minutes only, when the clock that held the lock has died.
            self._scheduler.acquire_locks()
        self._scheduler.heartbeat()
        if self._scheduler.acquired_locks:
            self._scheduler.enqueue_scheduled_jobs()
            buried = queue.bury(self._redis)
            if buried:
                log.error("jobs given up", count=buried)
                metrics.flush(self._redis)
            if self._redis.set(DONE_TODAY, 1, nx=True, ex=A_DAY):
                self._daily()
            if self._redis.set(LOOKED, 1, nx=True, ex=LOOK):
                self._look()

    def _look(self) -> None:
        """Have a worker look for what did not arrive; where the queue is full there is enough to do."""
        try:
            queue.enqueue(self._redis, queue.RECONCILE, (), f"reconcile-{int(time.time()) // LOOK}")
        except queue.QueueFullError:
            log.warning("no look for lost deliveries: the queue is full")

    def stop(self) -> None:
        """Let the next clock take over at once."""
        self._scheduler.stop()

    def run(self) -> None:
        """Tick until told to stop by SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask_to_stop)
        self.start()
        while not self._stopped:
            try:
                self.tick()
                time.sleep(TICK)
            except redis.RedisError as error:
                log.error("Redis does not answer", error=type(error).__name__)
                time.sleep(PAUSE)
        self.stop()

    def _ask_to_stop(self, _number: int, _frame: object) -> None:
        self._stopped = True


def delete_old(told: str | None, folder: Path, days: int) -> None:
    """Delete what the history holds from before so many days. A history that fails stops no clock."""
    try:
        engine = connect(location(told, folder))
        deleted = purge(engine, days)
        engine.dispose()
    except (SQLAlchemyError, OSError) as error:
        log.error("the history does not answer", error=type(error).__name__)
    else:
        log.info("old history deleted", rows=deleted, days=days)


def main() -> None:
    """Tick until told to stop."""
    try:
        url, level = redis_url(os.environ), log_level(os.environ)
        daily = partial(delete_old, database_url(os.environ), data_dir(os.environ), retention_days(os.environ))
    except UserError as error:
        raise SystemExit(f"whyred: {error}") from None
    logs.configure(level)
    with redis.Redis.from_url(url, socket_timeout=10, socket_connect_timeout=5) as connection:
        try:
            Clock(connection, daily).run()
        except redis.RedisError as error:
            raise SystemExit(f"whyred: Redis does not answer: {type(error).__name__}") from None


if __name__ == "__main__":
    main()
