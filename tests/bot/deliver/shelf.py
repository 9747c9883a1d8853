"""A list of things as GitHub keeps them, that lags and loses answers, and a worker's Redis that can die at any step."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import redis

from bot.deliver.effect import Effect, Patience, Write
from bot.github.errors import NotFoundError, UncertainError

KEY = "thing:7:1"
LAG = 0.04
QUICK = Patience(lag=0.05, lease=10, wait=5)


class Killed(BaseException):
    """The worker is dead: what would follow an exception does not happen either."""


@dataclass
class Steps:
    """Counts what a worker does, and does something else before the one step that was picked."""

    event: Callable[[], None] = lambda: None
    at: int | None = None
    taken: int = 0

    def take(self) -> None:
        self.taken += 1
        if self.taken - 1 == self.at:
            self.event()


@dataclass
class Death(Steps):
    """The worker dies at the picked step: neither it nor any later one happens."""

    def take(self) -> None:
        if self.at is not None and self.taken >= self.at:
            raise Killed
        self.taken += 1


class StepwiseRedis(redis.Redis):
    """A connection each of whose commands is a step."""

    steps = Steps()

    def execute_command(self, *args: Any, **options: Any) -> Any:
        self.steps.take()
        return super().execute_command(*args, **options)  # type: ignore[no-untyped-call] # redis-py's own

    def pipeline(self, transaction: bool = True, shard_hint: Any = None) -> Any:
        self.steps.take()
        return super().pipeline(transaction, shard_hint)


@dataclass
class Thing:
    """Something on the shelf: words, as a comment has sections."""

    id: int
    words: list[str]
    born: float


@dataclass
class Shelf:
    """Where the things stand. Records what was asked of it; each request, and each answer, is a step."""

    lag: float = 0.0
    lose: str = ""
    """What becomes of the next write: `answer` loses its answer, `request` loses it whole."""
    refuse: Exception | None = None
    slow: float = 0.0
    """Seconds that a write takes before it happens."""
    steps: Steps = field(default_factory=Steps)
    things: dict[int, Thing] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    ids: Iterator[int] = field(default_factory=itertools.count)

    def words(self) -> list[list[str]]:
        return [thing.words for thing in self.things.values()]

    def put(self, word: str, *, age: float = 60.0) -> Thing:
        """As somebody did a while ago."""
        thing = Thing(next(self.ids), [word], time.monotonic() - age)
        self.things[thing.id] = thing
        return thing

    def effect(self, word: str, *, stood: bool = False, revision: str | None = None) -> Effect[Thing]:
        """That this word is told."""
        told = word if revision is None else revision
        return Effect(KEY, self._list, partial(self._plan, word), self._retire, "source", told, lambda: stood)

    def _list(self) -> Sequence[Thing]:
        self._ask("list")
        shown = time.monotonic() - self.lag
        return [replace(one) for one in self.things.values() if one.born <= shown]

    def _plan(self, word: str, found: Sequence[Thing]) -> Write[Thing] | str:
        told = [one for thing in found for one in thing.words]
        words = list(dict.fromkeys([*told, word]))
        if not found:
            return Write("made", lambda: self._answer("make", lambda: self.put(word, age=0)), new=True)
        if words == found[0].words:
            return "silent: it says so"
        return Write("edited", lambda: self._answer("edit", lambda: self._edit(found[0].id, words)))

    def _edit(self, number: int, words: list[str]) -> Thing:
        self.things[number].words = words
        return self.things[number]

    def _retire(self, thing: Thing) -> None:
        self._answer("retire", lambda: self._remove(thing))

    def _remove(self, thing: Thing) -> Thing:
        if thing.id not in self.things:
            raise NotFoundError(404, "Not Found")
        return self.things.pop(thing.id)

    def _answer(self, request: str, change: Callable[[], Thing]) -> Thing:
        self._ask(request)
        lost, self.lose = self.lose, ""
        if self.refuse:
            raise self.refuse
        if lost == "request":
            raise UncertainError
        time.sleep(self.slow)
        made = change()
        self.steps.take()
        if lost == "answer":
            raise UncertainError
        return made

    def _ask(self, request: str) -> None:
        self.steps.take()
        self.requests.append(request)
