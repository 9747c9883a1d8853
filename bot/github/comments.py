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
    return tuple(_comment(data, client.app_id) for data in client.pages(f"/issues/{number}/comments"))


def create(client: Client, number: int, body: str) -> Comment:
    """Write a comment."""
    return _comment(client.write("POST", f"/issues/{number}/comments", {"body": body}), client.app_id)


def edit(client: Client, comment: int, body: str) -> None:
    """Replace the text of a comment of ours."""
    client.write("PATCH", f"/issues/comments/{comment}", {"body": body})


def delete(client: Client, comment: int) -> None:
    """Delete a comment of ours."""
    client.write("DELETE", f"/issues/comments/{comment}")


def written_by(data: dict[str, Any], app: int | None) -> bool:
    """Whether this App, and not a person through it, wrote the comment or issue."""
    via = data.get("performed_via_github_app") or {}
    bot = (data.get("user") or {}).get("type") == "Bot"
    return app is not None and bot and via.get("id") == app


def _comment(data: dict[str, Any], app: int | None) -> Comment:
    return Comment(data["id"], data.get("body") or "", written_by(data, app), data.get("html_url") or "")
