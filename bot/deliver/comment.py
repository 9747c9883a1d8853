"""The one sticky comment on a pull request: found by its marker and by us as its author, then edited in place."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import redis

from bot.deliver import marker, passed, sections
from bot.deliver.lease import lease
from bot.deliver.marker import SectionMark
from bot.deliver.sections import Section
from bot.errors import RetryLater
from bot.github import comments
from bot.github.client import Client
from bot.github.comments import Comment
from bot.github.errors import ForbiddenError, GoneError, InvalidError, NotFoundError, UncertainError

LIST_LAG: Final = 2.0
"""Seconds after which a comment that was written is surely in the list."""


def publish(client: Client, connection: redis.Redis, number: int, mark: SectionMark, text: str) -> str:
    """Say in the pull request's comment what is wrong with this workflow. Returns what was done, in a word or two."""
    return _deliver(client, connection, number, mark, lambda _: text)


def settle(client: Client, connection: redis.Redis, number: int, mark: SectionMark, text: Callable[[str], str]) -> str:
    """Turn this workflow's red section green; nothing where it has none. `text` is given the red section's title."""
    return _deliver(client, connection, number, mark, lambda old: text(old.title if old else ""))


def _deliver(
    client: Client, connection: redis.Redis, number: int, mark: SectionMark, text: Callable[[Section | None], str]
) -> str:
    outlet = f"comment:{client.repository.id}:{number}"
    with lease(connection, outlet):
        if mark.state == "green":
            passed.note(connection, outlet, mark.workflow, mark.age)
        elif passed.since(connection, outlet, mark.workflow, mark.age):
            return "silent: it has passed since"
        try:
            return _merge_once(client, number, mark, text)
        except (ForbiddenError, GoneError, NotFoundError, InvalidError) as error:
            return f"silent: the comment was refused ({error.status})"


def _merge_once(client: Client, number: int, mark: SectionMark, text: Callable[[Section | None], str]) -> str:
    """Merge; when the answer to the write was lost, look whether it happened. It is never made a second time here."""
    try:
        return _merge(client, number, mark, text, may_write=True)
    except UncertainError:
        time.sleep(LIST_LAG)
        return _merge(client, number, mark, text, may_write=False)


def _merge(
    client: Client,
    number: int,
    mark: SectionMark,
    text: Callable[[Section | None], str],
    *,
    may_write: bool,
) -> str:
    ours = _ours(client, number)
    standing = sections.union(comment.body for comment in ours)
    old = sections.standing(standing, mark.workflow)
    merged = sections.merge(standing, Section(mark, text(old)))
    if merged is None:
        return "silent: nothing red to settle" if mark.state == "green" else "silent: a newer attempt stands"
    body = sections.write(merged)
    if ours and marker.lines(ours[0].body) == marker.lines(body):
        done = "silent: the comment says so already" if may_write else "commented"
    elif not may_write:
        raise RetryLater("GitHub lost a comment", 30)
    elif ours:
        comments.edit(client, ours[0].id, body)
        done = "edited"
    else:
        comments.create(client, number, body)
        done = "commented"
    for surplus in ours[1:]:
        with suppress(NotFoundError):
            comments.delete(client, surplus.id)
    return done


def _ours(client: Client, number: int) -> tuple[Comment, ...]:
    return tuple(item for item in comments.comments(client, number) if item.ours and sections.is_comment(item.body))
