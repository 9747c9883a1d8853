"""Remembers a workflow's newest pass at an outlet, so that an older failure, diagnosed late, does not follow it."""

from __future__ import annotations

from typing import Final

import redis

from bot.deliver.marker import Age

KEPT: Final = 7 * 24 * 3600
"""Seconds; no job waits in the queue for longer."""


def note(connection: redis.Redis, outlet: str, workflow: int, age: Age) -> None:
    """This attempt has passed. To be called under the outlet's lease."""
    known = _newest(connection, outlet, workflow)
    if known is None or age > known:
        connection.set(_key(outlet, workflow), f"{age.run}.{age.attempt}", ex=KEPT)


def since(connection: redis.Redis, outlet: str, workflow: int, age: Age) -> bool:
    """Whether a newer attempt than this one has passed."""
    known = _newest(connection, outlet, workflow)
    return known is not None and known > age


def _newest(connection: redis.Redis, outlet: str, workflow: int) -> Age | None:
    value = connection.get(_key(outlet, workflow))
    if not isinstance(value, bytes):
        return None
    run, _, attempt = value.decode().partition(".")
    return Age(int(run), int(attempt))


def _key(outlet: str, workflow: int) -> str:
    return f"whyred:passed:{outlet}:{workflow}"
