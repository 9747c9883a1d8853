"""GraphQL: comments at lines are minimised."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, jsonify

from sandbox.auth import grants
from sandbox.graphql import Call, parse
from sandbox.http import Answer, bearer, body, world
from sandbox.problems import ApiError
from sandbox.shapes.common import Shape, node_id
from sandbox.state.conversation import ReviewComment

routes = Blueprint("graphql", __name__)


@routes.post("/graphql")
def graphql() -> Answer:
    """Do what the document says; what cannot be done is an error of its own, in an answer of 200."""
    with world().lock:
        if bearer().token is None:
            raise ApiError(401, "This endpoint requires you to be authenticated.")
        wanted = body()
        calls = parse(str(wanted.get("query", "")), wanted.get("variables", {}))
        done = {call.alias: minimise(call) for call in calls if call.name == "minimizeComment"}
        failed = [{"type": "NOT_FOUND", "path": [alias]} for alias, shape in done.items() if shape is None]
        return jsonify({"data": done, **({"errors": failed} if failed else {})})


def minimise(call: Call) -> Shape | None:
    """Hide a comment, if the token may."""
    found = next(
        (one for one in comments() if node_id("PullRequestReviewComment", one.id) == call.given["subjectId"]), None
    )
    if found is None:
        return None
    found.minimized = str(call.given["classifier"]).lower()
    return {call.field: {"isMinimized": True}}


def comments() -> Iterator[ReviewComment]:
    """Those at lines, wherever the token may write to pull requests."""
    token = bearer().token
    for repository in world().repositories.values():
        if token and grants(token.permissions, "pull_requests:write") and repository.id in (token.repositories or ()):
            for issue in repository.issues.values():
                for review in issue.pull.reviews if issue.pull else ():
                    yield from review.comments
