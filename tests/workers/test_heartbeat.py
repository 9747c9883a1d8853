"""A worker is counted among the workers for as long as it works."""

from __future__ import annotations

import redis

from bot.ui.health import WORKERS_KEY
from workers import worker


def test_a_worker_is_counted_again_after_redis_has_lost_everything(connection: redis.Redis) -> None:
    working = worker.build(connection)
    working.heartbeat()
    connection.flushall()
    working.heartbeat()
    assert connection.scard(WORKERS_KEY) == 1
