"""Comments on a pull request: list, create, edit, delete; nothing is decided here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.github.client import Client


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment; `ours` when our App wrote it, which its text alone can never prove."""

    id: int
    body: str
    ours: bool
    html_url: str = ""


def comments(client: Client, number: int) -> tuple[Comment, ...]:
    """The comments on a pull request or issue, oldest first."""
    return tuple(_comment(client, data) for data in client.pages(f"/issues/{number}/comments"))


def create(client: Client, number: int, body: str) -> Comment:
    """Write a comment."""
    return _comment(client, client.write("POST", f"/issues/{number}/comments", {"body": body}))


def edit(client: Client, comment: int, body: str) -> None:
    """Replace the text of a comment of ours."""
    client.write("PATCH", f"/issues/comments/{comment}", {"body": body})


def delete(client: Client, comment: int) -> None:
    """Delete a comment of ours."""
    client.write("DELETE", f"/issues/comments/{comment}")


def written_by_us(client: Client, data: dict[str, Any]) -> bool:
    """Whether our App, and not a person through it, wrote the comment or issue.

    GitHub does not name the App with everything that Apps write; its login, which no person can have, tells then.
    """
    user, via = data.get("user") or {}, data.get("performed_via_github_app")
    if client.app_id is None or user.get("type") != "Bot":
        return False
    return bool(via["id"] == client.app_id if via else user.get("login") == client.login())


def _comment(client: Client, data: dict[str, Any]) -> Comment:
    return Comment(data["id"], data.get("body") or "", written_by_us(client, data), data.get("html_url") or "")
