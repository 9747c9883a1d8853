"""How often something may be done, counted by what it is done for, so that a repetition counts once."""

from __future__ import annotations

from typing import Final

import redis

HOUR: Final = 3600

_TAKE: Final = """
if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 1 end
local taken = redis.call('SCARD', KEYS[1])
if taken >= tonumber(ARGV[2]) then return 0 end
redis.call('SADD', KEYS[1], ARGV[1])
if taken == 0 then redis.call('EXPIRE', KEYS[1], ARGV[3]) end
return 1
"""


def take(connection: redis.Redis, what: str, which: int, most: int) -> bool:
    """Whether this one is among the first `most` since the hour began with its first."""
    return bool(connection.eval(_TAKE, 1, f"whyred:cap:{what}", which, most, HOUR))


def is_first(connection: redis.Redis, key: str, which: str, seconds: int) -> bool:
    """Whether this is the first to come within so many seconds; asked again, it still is."""
    connection.set(key, which, nx=True, ex=seconds)
    return connection.get(key) == which.encode()
