"""Reviews of a pull request: list, create; nothing is decided here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.github.client import Client
from bot.github.comments import written_by_us
from bot.review import ReviewText, Suggestion


@dataclass(frozen=True, slots=True)
class Review:
    """A review that our App submitted."""

    id: int
    body: str


def ours(client: Client, number: int) -> tuple[Review, ...]:
    """The reviews of a pull request that our App submitted, oldest first."""
    listed = client.pages(f"/pulls/{number}/reviews")
    return tuple(_review(data) for data in listed if written_by_us(client, data))


def create(client: Client, number: int, sha: str, text: ReviewText) -> Review:
    """Submit a review that neither approves nor refuses. Raises InvalidError where a line is not in the diff."""
    comments = [_comment(one) for one in text.suggestions]
    fields = {"commit_id": sha, "event": "COMMENT", "body": text.body, "comments": comments}
    return _review(client.write("POST", f"/pulls/{number}/reviews", fields))


def _comment(one: Suggestion) -> dict[str, Any]:
    spot = {"path": one.path, "line": one.line, "side": "RIGHT", "body": one.body}
    return spot if one.start == one.line else {**spot, "start_line": one.start, "start_side": "RIGHT"}


def _review(data: dict[str, Any]) -> Review:
    return Review(data["id"], data.get("body") or "")
