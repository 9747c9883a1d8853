"""Looks at how the Redis server is set up, and says what would lose work."""

from __future__ import annotations

from typing import Final, cast

import redis

OLDEST: Final = (6, 2)
"""The first version with LMOVE, without which a job that was just taken is lost when its worker dies."""

_WANTED: Final = {
    "maxmemory-policy": ("noeviction", "queued jobs may vanish when memory is short"),
    "appendonly": ("yes", "queued jobs are lost when the server dies"),
}


def concerns(connection: redis.Redis) -> list[str]:
    """One line for each setting that is not as it should be. A server that does not tell its settings is trusted."""
    found = []
    version = str(cast(dict[str, object], connection.info("server"))["redis_version"])
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST:
        found.append(f"Redis is {version}, older than 6.2: a job is lost when its worker is killed while taking it")
    for name, (wanted, otherwise) in _WANTED.items():
        try:
            told = cast(dict[str, str], connection.config_get(name)).get(name)
        except redis.ResponseError:
            # Managed servers refuse CONFIG.
            continue
        if told is not None and told != wanted:
            found.append(f"Redis has {name} {told} instead of {wanted}: {otherwise}")
    return found
