"""Reviews of pull requests, and the comments at lines that they bring."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, jsonify

from sandbox.git import changes
from sandbox.http import Answer, body, grown, listed, needs, world
from sandbox.problems import ApiError
from sandbox.routes.issues import writer
from sandbox.routes.pulls import find
from sandbox.shapes import reviews as shapes
from sandbox.state.conversation import Pull, Review, ReviewComment
from sandbox.state.world import Repository

routes = Blueprint("reviews", __name__, url_prefix="/repos/<owner>/<repo>")
HUNK = re.compile(r"@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@")


@routes.get("/pulls/<int:pull_number>/reviews")
@needs("pull_requests:read")
def list_reviews(repository: Repository, pull_number: int) -> Answer:
    """The reviews, oldest first."""
    record, pull = find(repository, pull_number)
    return listed(grown(pull.reviews), lambda one: shapes.review(world(), repository, record, one))


@routes.post("/pulls/<int:pull_number>/reviews")
@needs("pull_requests:write")
def create_review(repository: Repository, pull_number: int) -> Answer:
    """A new review; none is made if one of its comments stands at a line that the diff does not show."""
    record, pull = find(repository, pull_number)
    wanted = body()
    comments = [made(repository, pull, one) for one in wanted.get("comments", [])]
    login, _ = writer()
    sha = wanted.get("commit_id", pull.head_sha)
    review = Review(world().next_id(), login, wanted.get("body", ""), wanted.get("event", "PENDING"), sha, comments)
    pull.reviews.append(review)
    return jsonify(shapes.review(world(), repository, record, review))


@routes.get("/pulls/<int:pull_number>/comments")
@needs("pull_requests:read")
def list_review_comments(repository: Repository, pull_number: int) -> Answer:
    """The comments at lines, of all reviews."""
    record, pull = find(repository, pull_number)
    pairs = [(review, one) for review in pull.reviews for one in review.comments]
    return listed(pairs, lambda pair: shapes.review_comment(world(), repository, record, *pair))


def made(repository: Repository, pull: Pull, wanted: dict[str, Any]) -> ReviewComment:
    """A comment, if its lines are in one hunk of the diff."""
    line = wanted["line"]
    start = wanted.get("start_line", line)
    if not any(first <= start <= line <= last for first, last in shown(repository, pull, wanted["path"])):
        raise ApiError(422, "Unprocessable Entity: Pull request review thread line must be part of the diff")
    if start == line and "start_line" in wanted:
        raise ApiError(422, "Unprocessable Entity: start_line must precede the end line.")
    return ReviewComment(world().next_id(), wanted["path"], wanted["body"], line, wanted.get("start_line"))


def shown(repository: Repository, pull: Pull, path: str) -> list[tuple[int, int]]:
    """The lines of the new side that the diff of a file shows, hunk by hunk."""
    changed = changes(repository.commits[pull.base_sha].files, repository.commits[pull.head_sha].files)
    patch = next((one.patch for one in changed if one.path == path), None) or ""
    return [(int(first), int(first) + int(count or 1) - 1) for first, count in HUNK.findall(patch)]
