"""The one sticky comment on a pull request: found by its mark and by us as its author, then edited in place."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import redis

from bot.deliver import effect, marker, passed, sticky
from bot.deliver.effect import PATIENCE, Effect, Patience, Write
from bot.deliver.sticky import Mark, Sticky, Told
from bot.deliver.sticky_marks import is_comment, read
from bot.deliver.sticky_text import write
from bot.github import comments
from bot.github.client import Client
from bot.github.comments import Comment
from bot.github.errors import ForbiddenError, GoneError, InvalidError, NotFoundError
from bot.told import SUM, Cause, Telling

SAME = "silent: the comment says so already"


@dataclass(frozen=True, slots=True)
class Outlet:
    """The comment of one pull request.

    `stood` tells whether there has been one: then none is made again, for somebody has deleted it.
    """

    client: Client
    connection: redis.Redis
    number: int
    stood: Callable[[], bool] = lambda: False
    patience: Patience = PATIENCE

    @property
    def key(self) -> str:
        """What it is known by in Redis."""
        return effect.key("comment", self.client, self.number)


def publish(outlet: Outlet, told: Told) -> str:
    """Say in the pull request's comment what became of an attempt. Returns what was done, in a word or two."""
    connection, key, mark = outlet.connection, outlet.key, told.mark
    told = harmless(told)
    if mark.state == "green":
        passed.note(connection, key, mark.workflow, mark.age)

    def change(standing: Sticky) -> Sticky | str:
        if mark.state != "green" and passed.since(connection, key, mark.workflow, mark.age):
            return passed.LATE
        return sticky.merge(standing, told)

    revision = hashlib.sha256(repr(told).encode()).hexdigest()
    return _deliver(outlet, replace(_effect(outlet, change), source=str(mark.workflow), revision=revision))


def stop(outlet: Outlet, mark: Mark) -> str:
    """Say no longer that a run goes on that was stopped. What was told early of it is all that will be known."""
    return _deliver(outlet, _effect(outlet, lambda standing: sticky.stop(standing, mark)))


def hush(outlet: Outlet, line: str, runs: str) -> str:
    """Put one line of Markdown in the place of all that the comment says; nothing where there is no comment.

    `runs` is the address of the repository's runs.
    """

    def change(standing: Sticky) -> Sticky | str:
        return sticky.hush(standing, _line(line), runs) if standing.marks else "silent: no comment to take back"

    return _deliver(outlet, _effect(outlet, change))


def forget(outlet: Outlet) -> None:
    """Let what was told be told again."""
    effect.forget(outlet.connection, outlet.key)


def _effect(outlet: Outlet, change: Callable[[Sticky], Sticky | str]) -> Effect[Comment]:
    client, number = outlet.client, outlet.number

    def plan(found: Sequence[Comment]) -> Write[Comment] | str:
        merged = change(sticky.union([read(comment.body) for comment in found]))
        if isinstance(merged, str):
            return merged
        body = write(merged)
        if not found:
            return Write("commented", lambda: comments.create(client, number, body), new=True)
        if marker.lines(found[0].body) == marker.lines(body):
            return SAME
        return Write("edited", lambda: _edit(client, found[0], body))

    return Effect(
        key=outlet.key,
        find=lambda: _ours(client, number),
        plan=plan,
        retire=lambda comment: comments.delete(client, comment.id),
        stood=outlet.stood,
    )


def _deliver(outlet: Outlet, wanted: Effect[Comment]) -> str:
    try:
        return effect.deliver(outlet.connection, wanted, outlet.patience).says
    except (ForbiddenError, GoneError, NotFoundError, InvalidError) as error:
        return f"silent: the comment was refused ({error.status})"


def _ours(client: Client, number: int) -> tuple[Comment, ...]:
    return tuple(item for item in comments.comments(client, number) if item.ours and is_comment(item.body))


def _edit(client: Client, comment: Comment, body: str) -> Comment:
    comments.edit(client, comment.id, body)
    return replace(comment, body=body)


def harmless(told: Told) -> Told:
    """The same with nothing in it that could be read back as a mark."""
    telling = Telling(tuple(map(_unmarked, told.telling.causes)), _line(told.telling.note))
    return replace(told, telling=telling, fixed=_line(told.fixed), passed=_line(told.passed))


def _unmarked(cause: Cause) -> Cause:
    seen = tuple(replace(each, where=SUM.join(map(_line, each.where.split(SUM, 1)))) for each in cause.seen)
    text = marker.disarm(cause.text)
    return replace(cause, title=_line(cause.title), text=text, signed=_line(cause.signed), seen=seen)


def _line(text: str) -> str:
    return marker.disarm(" ".join(text.splitlines()))
