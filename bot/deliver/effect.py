"""One thing on GitHub that there must be exactly one of, whatever dies or is lost on the way: every outlet's write.

The marker in what was written, together with us as its author, is the truth; what Redis holds only saves requests and
waiting. A Redis that was wiped costs no comment, and a second one only where GitHub's list did not show the first yet:
that one, like a write which reached GitHub after everybody had stopped waiting for it, is merged and taken away by the
next delivery.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import redis

from bot import metrics
from bot.deliver.lease import SECONDS, WAIT, lease
from bot.errors import RetryLater
from bot.github.client import Client
from bot.github.errors import GoneError, NotFoundError, UncertainError

TOLD: Final = "silent: this was told already"

KEPT: Final = 90 * 24 * 3600
"""Seconds for which it is remembered what was written: longer than pull requests mostly stay open."""

LOST: Final = 30.0
"""Seconds until a write that GitHub lost is tried again."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited for what, in seconds."""

    lag: float = 2.0
    """Until what was written is surely in the list."""
    lease: float = SECONDS
    """For which a worker that was killed still holds its outlet; longer than its last write may take, and `lag`."""
    wait: float = WAIT
    """For another worker at the same outlet."""


PATIENCE: Final = Patience()


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

    `find` lists what is ours by marker and author, oldest first, without what was retired. `plan` looks at it and
    returns the write that is still due, or why there is none. It writes to the oldest, with what the others say, for
    they are retired then; asked again after its own write, it must find nothing due. `retire` takes one away.

    `source` and `revision` name what is told: the last that was written is not written again. Without a revision
    nothing is remembered, and `Done` always holds the thing.
    """

    key: str
    find: Callable[[], Sequence[T]]
    plan: Callable[[Sequence[T]], Write[T] | str]
    retire: Callable[[T], None]
    source: str = ""
    revision: str = ""
    stood: Callable[[], bool] = lambda: False
    """Whether it is known to have stood before: a person has taken away what is not found, and is obeyed."""
    held: str = ""
    """The lease, where more than this key must be held."""


def key(kind: str, client: Client, *names: object) -> str:
    """The key of a thing of this kind in this repository."""
    return ":".join((kind, str(client.repository.id), *map(str, names)))


def deliver(connection: redis.Redis, effect: Effect[T], patience: Patience = PATIENCE) -> Done[T]:
    """Make it stand. Raises RetryLater while another worker is at it, and where a lost write can not be seen."""
    if effect.revision and _told(connection, effect) == effect.revision:
        return Done(TOLD)
    with lease(connection, effect.held or effect.key, patience.wait, patience.lease) as hold:
        _wait_for_the_list(connection, effect.key, patience)
        try:
            return _deliver(connection, effect, hold, patience)
        except UncertainError as error:
            raise RetryLater("GitHub lost a write", LOST) from error


def listed(
    connection: redis.Redis, name: str, find: Callable[[], Sequence[T]], patience: Patience = PATIENCE
) -> Sequence[T]:
    """What is found of the things of a key, with what was made just now. Raises RetryLater while one is being made."""
    with lease(connection, name, patience.wait, patience.lease):
        _wait_for_the_list(connection, name, patience)
        return find()


def forget(connection: redis.Redis, name: str) -> None:
    """Let what was told be told again."""
    connection.delete(f"whyred:done:{name}")


def _deliver(connection: redis.Redis, effect: Effect[T], hold: Callable[[], None], patience: Patience) -> Done[T]:
    found = effect.find()
    due = effect.plan(found)
    if isinstance(due, Write) and not found and effect.stood():
        return Done("silent: somebody deleted it")
    if isinstance(due, Write):
        hold()
        found = _write(connection, effect, due, found, patience)
        metrics.WRITES.add(_outlet(effect), due.says.partition(":")[0])
    for surplus in found[1:]:
        hold()
        with suppress(NotFoundError, GoneError):
            effect.retire(surplus)
            metrics.HEALED.add(_outlet(effect))
    if isinstance(due, Write):
        _remember(connection, effect)
    return Done(due.says if isinstance(due, Write) else due, found[0] if found else None)


def _write(
    connection: redis.Redis, effect: Effect[T], due: Write[T], found: Sequence[T], patience: Patience
) -> Sequence[T]:
    """What stands after the write. One whose answer was lost is looked for, and never made a second time here."""
    if due.new:
        _intend(connection, effect.key, patience)
    try:
        return [due.act(), *found[1:]]
    except UncertainError:
        time.sleep(patience.lag)
        found = effect.find()
        if not found or isinstance(effect.plan(found), Write):
            raise
        return found
    finally:
        if due.new:
            _intend(connection, effect.key, patience)


def _outlet(effect: Effect[T]) -> str:
    """The kind of thing, as it is counted: all issues of a repository have one key."""
    return effect.key.partition(":")[0].removesuffix("s")


def _intend(connection: redis.Redis, name: str, patience: Patience) -> None:
    """Have everybody wait for the list from now on. Redis measures the time, so that our clocks need not agree."""
    connection.set(f"whyred:intent:{name}", 1, px=max(int(patience.lag * 1000), 1))


def _wait_for_the_list(connection: redis.Redis, name: str, patience: Patience) -> None:
    """Wait until what was made just now, perhaps by a worker that did not live to tell, is in the list."""
    left = int(connection.pttl(f"whyred:intent:{name}")) / 1000
    # A clock of Redis' that was set back must not make us wait for the difference.
    time.sleep(min(max(left, 0.0), patience.lag))


def _told(connection: redis.Redis, effect: Effect[T]) -> str | None:
    value = connection.hget(f"whyred:done:{effect.key}", effect.source)
    return value.decode() if isinstance(value, bytes) else None


def _remember(connection: redis.Redis, effect: Effect[T]) -> None:
    """Note what was written. What needed no write is not noted: nobody knows whether it stays.

    A write without a revision may have taken away what anybody told before.
    """
    if not effect.revision:
        forget(connection, effect.key)
        return
    with connection.pipeline() as notes:
        notes.hset(f"whyred:done:{effect.key}", effect.source, effect.revision)
        notes.expire(f"whyred:done:{effect.key}", KEPT)
        notes.execute()
