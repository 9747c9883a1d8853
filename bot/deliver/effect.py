"""One thing on GitHub that there must be exactly one of, whatever dies or is lost on the way: every outlet's write.

The marker in what was written, together with us as its author, is the truth; what Redis holds only saves requests and
waiting, so that a Redis that was wiped costs neither a second comment nor a missing one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import redis

from bot.deliver.lease import lease
from bot.errors import RetryLater
from bot.github.client import Client
from bot.github.errors import GoneError, NotFoundError, UncertainError

LIST_LAG: Final = 2.0
"""Seconds after which what was written is surely in the list."""

KEPT: Final = 90 * 24 * 3600
"""Seconds for which it is remembered what was written: longer than pull requests mostly stay open."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """What was done, in a word or two, and the thing that stands now, where one does."""

    says: str
    thing: T | None = None


@dataclass(frozen=True, slots=True)
class Write(Generic[T]):
    """A write that is to be made. `act` makes it, once; `new` where it makes a thing that was not there."""

    says: str
    act: Callable[[], T]
    new: bool = False


@dataclass(frozen=True, slots=True)
class Effect(Generic[T]):
    """What is to stand. None of these functions writes, but for `retire` and a Write's `act`.

    `find` lists what is ours by marker and author, oldest first. `plan` looks at the one that stands and returns the
    write that is still due, or why there is none: asked again after its own write, it must find nothing due. `retire`
    takes a surplus one away. `source` and `revision` name what is told: the same is not told again.
    """

    key: str
    find: Callable[[], Sequence[T]]
    plan: Callable[[T | None], Write[T] | str]
    retire: Callable[[T], None]
    source: str = ""
    revision: str = ""
    stays_deleted: bool = False
    """Whether a person who takes it away is obeyed."""
    held: str = ""
    """The lease, where more than this key must be held."""


def key(kind: str, client: Client, *names: object) -> str:
    """The key of a thing of this kind in this repository."""
    return ":".join((kind, str(client.repository.id), *map(str, names)))


def deliver(connection: redis.Redis, effect: Effect[T]) -> Done[T]:
    """Make it stand. Raises RetryLater while another worker is at it, and where a lost write can not be seen."""
    if effect.revision and _done(connection, effect) == effect.revision:
        return Done("silent: this was told already")
    with lease(connection, effect.held or effect.key):
        _wait_for_the_list(connection, effect.key)
        done = _deliver(connection, effect)
        if effect.revision:
            name = f"whyred:done:{effect.key}"
            connection.hset(name, effect.source, effect.revision)
            connection.expire(name, KEPT)
        return done


def forget(connection: redis.Redis, name: str) -> None:
    """Let a thing that a person took away be made again."""
    connection.delete(f"whyred:made:{name}", f"whyred:done:{name}")


def _deliver(connection: redis.Redis, effect: Effect[T]) -> Done[T]:
    stands = _heal(effect)
    if stands is None and effect.stays_deleted and connection.exists(f"whyred:made:{effect.key}"):
        return Done("silent: somebody deleted it")
    due = effect.plan(stands)
    if isinstance(due, str):
        return Done(due, stands)
    if due.new:
        connection.set(f"whyred:intent:{effect.key}", repr(time.time()), ex=KEPT)
    try:
        made = due.act()
    except UncertainError as error:
        made = _seen(effect, error)
    if effect.stays_deleted:
        connection.set(f"whyred:made:{effect.key}", 1, ex=KEPT)
    return Done(due.says, made)


def _seen(effect: Effect[T], error: UncertainError) -> T:
    """What stands after a write whose answer was lost. The write is not made a second time here."""
    time.sleep(LIST_LAG)
    stands = _heal(effect)
    if stands is None or not isinstance(effect.plan(stands), str):
        raise RetryLater("GitHub lost a write", 30) from error
    return stands


def _heal(effect: Effect[T]) -> T | None:
    """The oldest of what is found. More than one were made when a write came later than anybody could wait for it."""
    found = effect.find()
    for surplus in found[1:]:
        with suppress(NotFoundError, GoneError):
            effect.retire(surplus)
    return found[0] if found else None


def _wait_for_the_list(connection: redis.Redis, name: str) -> None:
    """Wait until what an earlier try may have made, and not lived to tell, is in the list."""
    tried = connection.get(f"whyred:intent:{name}")
    if isinstance(tried, bytes):
        # A clock that was set back must not make us wait for the difference.
        time.sleep(min(max(LIST_LAG - (time.time() - float(tried)), 0.0), LIST_LAG))


def _done(connection: redis.Redis, effect: Effect[T]) -> str | None:
    value = connection.hget(f"whyred:done:{effect.key}", effect.source)
    return value.decode() if isinstance(value, bytes) else None
