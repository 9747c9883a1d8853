"""The clock process: brings back what was put off when its time has come, and buries what has failed for good."""

from __future__ import annotations

import os
import signal
import time
from typing import Any, Final

import redis
import structlog
from rq.scheduler import RQScheduler
from rq.serializers import JSONSerializer

from bot import log as logs
from bot.errors import UserError
from bot.settings import log_level, redis_url
from workers import queue

TICK: Final = 1.0
PAUSE: Final = 5.0
"""Seconds until the next try when Redis does not answer."""

log = structlog.get_logger()


class Clock:
    """One of possibly several: a lock in Redis sees to it that only one of them puts jobs back."""

    def __init__(self, connection: redis.Redis) -> None:
        self._redis = connection
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


def main() -> None:
    """Tick until told to stop."""
    try:
        url, level = redis_url(os.environ), log_level(os.environ)
    except UserError as error:
        raise SystemExit(f"whyred: {error}") from None
    logs.configure(level)
    with redis.Redis.from_url(url, socket_timeout=10, socket_connect_timeout=5) as connection:
        try:
            Clock(connection).run()
        except redis.RedisError as error:
            raise SystemExit(f"whyred: Redis does not answer: {type(error).__name__}") from None


if __name__ == "__main__":
    main()
