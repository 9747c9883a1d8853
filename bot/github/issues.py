"""Issues: list ours, create, edit, label, assign, and who may be assigned; nothing is decided here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import quote

from bot.github.client import Client
from bot.github.comments import written_by_us
from bot.github.errors import InvalidError, NotFoundError

LABEL: Final = "whyred"
_COLOUR: Final = "b60205"
_LOGIN: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})(?:_[A-Za-z0-9]+)?")
"""A person's login, managed users' suffix included; an App's ends in `[bot]`."""

MOST_PAGES: Final = 10
"""A thousand of our issues: what failed before all of these is told anew, and the lease lasts for ten requests."""

State = Literal["open", "closed"]


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue that our App wrote."""

    number: int
    state: State
    reason: str | None
    title: str
    body: str
    assignees: tuple[str, ...] = ()
    html_url: str = ""


def ours(client: Client, state: Literal["open", "all"]) -> tuple[Issue, ...]:
    """The newest issues with our label that our App wrote, newest first. Listed, not searched: the index lags."""
    wanted = {"labels": LABEL, "creator": client.login(), "state": state, "sort": "created", "direction": "desc"}
    listed = client.pages("/issues", most=MOST_PAGES, **wanted)
    return tuple(_issue(data) for data in listed if "pull_request" not in data and written_by_us(client, data))


def create(client: Client, title: str, body: str, assignees: Sequence[str]) -> Issue:
    """Open an issue with our label. Raises GoneError when issues are off, InvalidError when an assignee is refused."""
    fields = {"title": title, "body": body, "labels": [LABEL], "assignees": list(assignees)}
    return _issue(client.write("POST", "/issues", fields))


def edit(client: Client, number: int, **fields: str) -> None:
    """Change fields of an issue: title, body, state, state_reason."""
    client.write("PATCH", f"/issues/{number}", fields)


def assign(client: Client, number: int, login: str) -> tuple[str, ...]:
    """Add an assignee, and return who is assigned then: GitHub leaves out, without a word, who may not be."""
    return _issue(client.write("POST", f"/issues/{number}/assignees", {"assignees": [login]})).assignees


def ensure_label(client: Client) -> None:
    """Make our label where the repository does not have it."""
    if client.exists(f"/labels/{LABEL}"):
        return
    fields = {"name": LABEL, "color": _COLOUR, "description": "A failed workflow run, explained"}
    try:
        client.write("POST", "/labels", fields)
    except InvalidError:
        # Another worker was faster; that the label exists is all that was wanted.
        return


def assignable(client: Client, login: str) -> bool:
    """Whether this person may be assigned; GitHub refuses the whole issue otherwise. Apps never may."""
    if not _LOGIN.fullmatch(login):
        return False
    try:
        client.get(f"/assignees/{quote(login)}")
    except NotFoundError:
        return False
    return True


def _issue(data: dict[str, Any]) -> Issue:
    return Issue(
        number=data["number"],
        state="open" if data["state"] == "open" else "closed",
        reason=data.get("state_reason"),
        title=data.get("title") or "",
        body=data.get("body") or "",
        assignees=tuple(item["login"] for item in data.get("assignees") or []),
        html_url=data.get("html_url") or "",
    )
