"""The time that passes between two events of a story, without waiting for it."""

from __future__ import annotations

import redis


def some_time_passes(connection: redis.Redis) -> None:
    """Nobody waits any more for what was written to appear in GitHub's lists."""
    for name in connection.scan_iter("whyred:intent:*"):
        connection.delete(name)
