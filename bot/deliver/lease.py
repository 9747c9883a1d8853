"""Holds one outlet (a pull request's comment, a fingerprint's issue) for one worker at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

import redis
from redis.exceptions import LockError

from bot.errors import RetryLater

SECONDS: Final = 120.0
"""Longer than all requests of one write may take together."""

WAIT: Final = 10.0


@contextmanager
def lease(
    connection: redis.Redis, outlet: str, wait: float = WAIT, seconds: float = SECONDS
) -> Iterator[Callable[[], None]]:
    """Nobody else delivers there meanwhile. Raises RetryLater when somebody does and is not soon done.

    Yields what is to be called before each write: it makes the lease last from then on, and raises RetryLater where it
    has run out (the process was stopped for so long) or was wiped, since somebody else may be writing by now.
    """
    lock = connection.lock(f"whyred:lease:{outlet}", timeout=seconds, blocking_timeout=wait, sleep=0.05)
    if not lock.acquire():
        raise RetryLater("another worker writes there", 5)

    def hold() -> None:
        try:
            lock.reacquire()
        except LockError as error:
            raise RetryLater("the lease has run out", 5) from error

    try:
        yield hold
    finally:
        # It may have run out after the last write.
        with suppress(LockError):
            lock.release()
