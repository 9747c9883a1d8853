"""How fast we may go: writes counted and pauses kept in Redis, so that all workers of an installation share them."""

from __future__ import annotations

from typing import Final, Protocol

import redis

from bot.errors import RetryLater
from bot.github.errors import RateLimited

PER_MINUTE: Final = 60
PER_HOUR: Final = 400
"""GitHub allows 80 and 500 creations; the rest is left to the people who share the installation's limits."""

LONGEST_PAUSE: Final = 3600.0
MOST_DOUBLINGS: Final = 8

_TAKE: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - 3600000)
local hour = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return hour[2] + 3600000 - now end
local minute = redis.call('ZRANGEBYSCORE', KEYS[1], now - 60000, '+inf', 'WITHSCORES')
if #minute / 2 >= tonumber(ARGV[1]) then return minute[2] + 60000 - now end
redis.call('ZADD', KEYS[1], now, time[1] .. '.' .. time[2] .. '.' .. redis.call('ZCARD', KEYS[1]))
redis.call('PEXPIRE', KEYS[1], 3600000)
return 0
"""


class Pace(Protocol):
    """What a client asks before a request, and tells after a refusal. Both methods raise RetryLater to stop it."""

    def before(self, *, write: bool) -> None:
        """Called before every request."""
        ...

    def refused(self, limit: RateLimited) -> None:
        """Called when GitHub has answered with a rate limit."""
        ...


class Unpaced:
    """For a person at a terminal: GitHub's own answer is soon enough."""

    def before(self, *, write: bool) -> None:
        """Nothing is counted."""

    def refused(self, limit: RateLimited) -> None:
        """Nothing is kept."""


class SharedPace:
    """The pace of one installation, shared by all workers."""

    def __init__(
        self, connection: redis.Redis, installation: int, *, per_minute: int = PER_MINUTE, per_hour: int = PER_HOUR
    ) -> None:
        self._redis = connection
        self._writes = f"whyred:writes:{installation}"
        self._pause = f"whyred:pause:{installation}"
        self._per_minute, self._per_hour = per_minute, per_hour

    def before(self, *, write: bool) -> None:
        """Stop while GitHub's limit lasts, and writes also when the budget of the minute or the hour is spent."""
        left = int(self._redis.pttl(self._pause))
        if left > 0:
            raise RetryLater("GitHub's rate limit lasts", left / 1000)
        if write:
            wait = float(self._redis.eval(_TAKE, 1, self._writes, self._per_minute, self._per_hour))
            if wait > 0:
                raise RetryLater("the budget for writes is spent", wait / 1000)

    def refused(self, limit: RateLimited) -> None:
        """Keep all workers away until the limit ends; each further refusal within the hour doubles the pause.

        What was under way when the limit was reached is refused together: that counts once.
        """
        least = max(int(limit.seconds * 1000), 1)
        left = int(self._redis.pttl(self._pause))
        if left > 0:
            self._redis.set(self._pause, 1, px=max(least, left))
            return
        again = int(self._redis.incr(f"{self._pause}:count"))
        self._redis.expire(f"{self._pause}:count", 3600)
        seconds = min(limit.seconds * 2 ** min(again - 1, MOST_DOUBLINGS), LONGEST_PAUSE)
        self._redis.set(self._pause, 1, px=max(int(seconds * 1000), least))
