"""How often a run that goes on is told of early: soon after its first failed job, then with growing pauses, then not.

A turn waits a while before it looks, and what fails meanwhile is seen by it. What fails once it has begun asks for the
next turn. A Redis that forgets this begins anew, which costs requests to GitHub, and no second comment.
"""

from __future__ import annotations

from typing import Final

import redis

from workers.queue import EARLY, enqueue

PAUSES: Final = (15, 60, 240, 900)
"""Seconds between a failed job and the turn that it asks for; a run gets as many turns as there are pauses."""

NOW: Final = -1
"""In the place of a turn: somebody has asked, and no turn is spent."""

KEPT: Final = 24 * 3600


def ask(connection: redis.Redis, installation: int, repository: int, run: int, attempt: int) -> str:
    """Ask for the next turn of this attempt. Returns what was decided, in a word or two.

    Raises QueueFullError, and redis.RedisError when the queue can not be reached.
    """
    turn = _noted(connection, _key(repository, run, attempt), "next")
    if turn >= len(PAUSES):
        return "ignored: told of early already"
    about = (installation, repository, run, attempt, turn)
    new = enqueue(connection, EARLY, about, f"early-{repository}-{run}-{attempt}-{turn}", PAUSES[turn])
    return "queued" if new else "queued already"


def begin(connection: redis.Redis, repository: int, run: int, attempt: int, turn: int) -> None:
    """This turn is about to look: what fails from now on has the next one. A repeated turn takes nothing back."""
    _note(connection, _key(repository, run, attempt), "next", turn + 1)


def end(connection: redis.Redis, repository: int, run: int, attempt: int) -> None:
    """No further turn could say anything."""
    _note(connection, _key(repository, run, attempt), "next", len(PAUSES))


def told(connection: redis.Redis, repository: int, run: int, attempt: int) -> int:
    """How many failed jobs were told of so far."""
    return _noted(connection, _key(repository, run, attempt), "told")


def place(connection: redis.Redis, repository: int, run: int, attempt: int) -> int:
    """The pull request on which they were told of; 0 where none was."""
    return _noted(connection, _key(repository, run, attempt), "place")


def tell(connection: redis.Redis, repository: int, run: int, attempt: int, jobs: int) -> None:
    """So many failed jobs have been told of."""
    _note(connection, _key(repository, run, attempt), "told", jobs)


def tell_on(connection: redis.Redis, repository: int, run: int, attempt: int, number: int) -> None:
    """They are told of on this pull request."""
    _note(connection, _key(repository, run, attempt), "place", number)


def _noted(connection: redis.Redis, key: str, name: str) -> int:
    return int(connection.zscore(key, name) or 0)


def _note(connection: redis.Redis, key: str, name: str, number: int) -> None:
    """Keep the largest number that was noted, whoever comes first."""
    connection.zadd(key, {name: number}, gt=True)
    connection.expire(key, KEPT)


def _key(repository: int, run: int, attempt: int) -> str:
    return f"whyred:early:{repository}:{run}:{attempt}"
