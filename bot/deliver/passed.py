"""Remembers a workflow's newest pass at an outlet, so that an older failure, diagnosed late, does not follow it."""

from __future__ import annotations

from typing import Final, cast

import redis

from bot.case import Age

LATE: Final = "silent: it has passed since"
"""What an outlet answers then."""

KEPT: Final = 7 * 24 * 3600
"""Seconds; no job waits in the queue for longer."""


def note(connection: redis.Redis, outlet: str, workflow: int, age: Age) -> None:
    """This attempt has passed. To be called before the outlet is settled.

    Whoever then tells of an older failure has either asked before, and is settled, or asks later, and is silent.
    """
    name = _key(outlet, workflow)
    with connection.pipeline() as notes:
        # Sorted by run, and among the attempts of one run by text: all are kept at the same width.
        notes.zadd(name, {f"{age.attempt:09d}": age.run}, gt=True)
        notes.zremrangebyrank(name, 0, -2)
        notes.expire(name, KEPT)
        notes.execute()


def since(connection: redis.Redis, outlet: str, workflow: int, age: Age) -> bool:
    """Whether a newer attempt than this one has passed."""
    newest = cast(list[tuple[bytes, float]], connection.zrange(_key(outlet, workflow), -1, -1, withscores=True))
    return any(Age(int(run), int(attempt)) > age for attempt, run in newest)


def _key(outlet: str, workflow: int) -> str:
    return f"whyred:passed:{outlet}:{workflow}"
