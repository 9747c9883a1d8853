"""Our answer to a command that asks for words: one comment a conversation and command, edited for the next one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import redis

from bot.command import Word
from bot.deliver import effect, marker
from bot.deliver.effect import Effect, Write
from bot.github import comments
from bot.github.client import Client
from bot.github.comments import Comment

_MARK: Final = re.compile(r"<!-- whyred:reply word=(?P<word>[a-z]+) comment=(?P<comment>\d{1,20}) -->")


@dataclass(frozen=True, slots=True)
class Question:
    """The command that is answered, and the comment in which it stands."""

    comment: int
    word: Word


def reply(client: Client, connection: redis.Redis, number: int, asked: Question, text: str) -> str:
    """Answer this comment. Returns what was done, in a word or two. An older command's answer replaces no newer one."""
    word = asked.word
    body = f"<!-- whyred:reply word={word} comment={asked.comment} -->\n{marker.disarm(text)}"

    def plan(found: Sequence[Comment]) -> Write[Comment] | str:
        if any(_answers(one, word) >= asked.comment for one in found):
            return "silent: it was answered already"
        if found:
            return Write("answered", partial(_edit, client, found[0], body))
        return Write("answered", partial(comments.create, client, number, body), new=True)

    told = Effect(
        key=effect.key("reply", client, number, word),
        find=lambda: [one for one in comments.comments(client, number) if one.ours and _answers(one, word)],
        plan=plan,
        retire=lambda one: comments.delete(client, one.id),
    )
    return effect.deliver(connection, told).says


def _edit(client: Client, standing: Comment, body: str) -> Comment:
    comments.edit(client, standing.id, body)
    return replace(standing, body=body)


def _answers(comment: Comment, word: Word) -> int:
    """The id of the comment with this command that this one answers; 0 when it is no such answer."""
    match = _MARK.fullmatch(marker.lines(comment.body)[0])
    return int(match["comment"]) if match and match["word"] == word else 0
