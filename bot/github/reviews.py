"""Reviews of a pull request: list, create; nothing is decided here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
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


def comments_of(client: Client, number: int, reviews: Collection[int]) -> tuple[str, ...]:
    """The comments at lines that these reviews brought, by the ids that GraphQL knows them by."""
    listed = client.pages(f"/pulls/{number}/comments")
    return tuple(data["node_id"] for data in listed if data["pull_request_review_id"] in reviews)


def minimise(client: Client, comments: Sequence[str]) -> None:
    """Hide comments as outdated."""
    names = [f"m{number}" for number in range(len(comments))]
    declared = ", ".join(f"${name}: MinimizeCommentInput!" for name in names)
    calls = " ".join(
        f"{name}: minimizeComment(input: ${name}) {{ minimizedComment {{ isMinimized }} }}" for name in names
    )
    inputs = {name: {"subjectId": one, "classifier": "OUTDATED"} for name, one in zip(names, comments, strict=True)}
    client.mutate(f"mutation({declared}) {{ {calls} }}", inputs)


def _comment(one: Suggestion) -> dict[str, Any]:
    spot = {"path": one.path, "line": one.line, "side": "RIGHT", "body": one.body}
    return spot if one.start == one.line else {**spot, "start_line": one.start, "start_side": "RIGHT"}


def _review(data: dict[str, Any]) -> Review:
    return Review(data["id"], data.get("body") or "")
