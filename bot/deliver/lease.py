"""Holds one outlet (a pull request's comment, a fingerprint's issue) for one worker at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

import redis
from redis.exceptions import LockError

from bot.errors import RetryLater

SECONDS: Final = 120.0
"""Longer than all requests of one delivery may take together."""

WAIT: Final = 10.0


@contextmanager
def lease(connection: redis.Redis, outlet: str, wait: float = WAIT) -> Iterator[None]:
    """Nobody else delivers there meanwhile. Raises RetryLater when somebody does and is not soon done."""
    lock = connection.lock(f"whyred:lease:{outlet}", timeout=SECONDS, blocking_timeout=wait, sleep=0.05)
    if not lock.acquire():
        raise RetryLater("another worker writes there", 5)
    try:
        yield
    finally:
        # It may have run out meanwhile. The marker is what prevents a second comment; the lease only makes that rare.
        with suppress(LockError):
            lock.release()
