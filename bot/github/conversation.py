"""A pull request or issue as a conversation: who began it, who says what, who may write here, a reaction in answer."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import quote

from bot.github.client import Client
from bot.github.comments import written_by_us
from bot.github.errors import ForbiddenError, InvalidError, NotFoundError, UncertainError

Reaction = Literal["+1", "-1", "eyes", "confused"]

_WRITERS: Final = frozenset({"admin", "maintain", "write"})


@dataclass(frozen=True, slots=True)
class Conversation:
    """A pull request or an issue; `ours` when our App opened it. People are told by ids, which nobody can take over."""

    number: int
    author: int
    assignees: tuple[int, ...]
    pull_request: bool
    ours: bool


@dataclass(frozen=True, slots=True)
class Message:
    """A comment by a person; `author` is their id, `login` the name that they have today."""

    number: int
    author: int
    login: str
    body: str


def conversation(client: Client, number: int) -> Conversation:
    """The pull request or issue of this number."""
    data = client.get(f"/issues/{number}")
    return Conversation(
        number,
        _id(data.get("user")),
        tuple(_id(person) for person in data.get("assignees") or []),
        "pull_request" in data,
        written_by_us(client, data),
    )


def message(client: Client, comment: int) -> Message:
    """The comment as it stands now."""
    data = client.get(f"/issues/comments/{comment}")
    user = data.get("user") or {}
    number = int(str(data["issue_url"]).rpartition("/")[2])
    return Message(number, _id(user), user.get("login") or "", data.get("body") or "")


def may_write(client: Client, login: str) -> bool:
    """Whether this person may push to the repository. GitHub calls those who maintain it writers here."""
    try:
        return client.get(f"/collaborators/{quote(login, safe='')}/permission")["permission"] in _WRITERS
    except NotFoundError:
        return False


def react(client: Client, comment: int, content: Reaction) -> None:
    """Show that a comment was read. It is a courtesy: where it can not be shown, or its answer is lost, it is left."""
    with suppress(ForbiddenError, InvalidError, NotFoundError, UncertainError):
        client.write("POST", f"/issues/comments/{comment}/reactions", {"content": content})


def _id(user: dict[str, Any] | None) -> int:
    """0, which nobody has, for an account that is deleted."""
    return int(user["id"]) if user else 0
