"""Issues: list ours, create, edit, label, assign, and who may be assigned; nothing is decided here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import quote

from bot.github.client import Client
from bot.github.comments import written_by_us
from bot.github.errors import GoneError, InvalidError, NotFoundError

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
    labels: tuple[str, ...] = ()
    closed_at: str = ""
    html_url: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """A label as it is made where the repository has none of its name. `colour`: six hex digits."""

    name: str
    colour: str = "ededed"
    description: str = ""


def ours(client: Client, state: Literal["open", "all"], label: str) -> tuple[Issue, ...]:
    """The newest issues that our App wrote, newest first, whatever people did to their labels.

    Listed, not searched: the index lags. Some GitHubs find nothing by an App as its creator; there the label that all
    of ours are made with finds those that still have it.
    """
    wanted = {"state": state, "sort": "created", "direction": "desc"}
    listed = client.pages("/issues", most=MOST_PAGES, creator=client.login(), **wanted)
    listed = listed or client.pages("/issues", most=MOST_PAGES, labels=label, **wanted)
    return tuple(_issue(data) for data in listed if "pull_request" not in data and written_by_us(client, data))


def show(client: Client, number: int) -> Issue | None:
    """An issue of ours; None when it is not there, or no longer."""
    try:
        data = client.get(f"/issues/{number}")
    except (GoneError, NotFoundError):
        return None
    return _issue(data) if written_by_us(client, data) else None


def create(client: Client, title: str, body: str, labels: Sequence[str], assignees: Sequence[str]) -> Issue:
    """Open an issue. Raises GoneError when issues are off, InvalidError when an assignee is refused."""
    fields = {"title": title, "body": body, "labels": list(labels), "assignees": list(assignees)}
    return _issue(client.write("POST", "/issues", fields))


def edit(client: Client, number: int, **fields: str | list[str]) -> Issue:
    """Change fields of an issue: title, body, state, state_reason, labels."""
    return _issue(client.write("PATCH", f"/issues/{number}", fields))


def assign(client: Client, number: int, login: str) -> tuple[str, ...]:
    """Add an assignee, and return who is assigned then: GitHub leaves out, without a word, who may not be."""
    return _issue(client.write("POST", f"/issues/{number}/assignees", {"assignees": [login]})).assignees


def add_labels(client: Client, number: int, labels: Sequence[str]) -> None:
    """Add labels to those that the issue has."""
    client.write("POST", f"/issues/{number}/labels", {"labels": list(labels)})


def make_label(client: Client, label: Label) -> None:
    """Make the label where the repository does not have it."""
    if client.exists(f"/labels/{quote(label.name, safe='')}"):
        return
    fields = {"name": label.name, "color": label.colour, "description": label.description}
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
        labels=tuple(item if isinstance(item, str) else item["name"] for item in data.get("labels") or []),
        closed_at=data.get("closed_at") or "",
        html_url=data.get("html_url") or "",
    )
