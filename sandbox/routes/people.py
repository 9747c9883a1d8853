"""Reactions to comments, and what people may do in a repository."""

from __future__ import annotations

from flask import Blueprint, jsonify

from sandbox.http import Answer, body, needs, world
from sandbox.problems import invalid, not_found
from sandbox.routes.issues import WRITE, find, writer
from sandbox.shapes import people as shapes
from sandbox.shapes.issues import REACTIONS
from sandbox.state.conversation import Reaction
from sandbox.state.world import Repository

routes = Blueprint("people", __name__, url_prefix="/repos/<owner>/<repo>")


@routes.post("/issues/comments/<int:comment_id>/reactions")
@needs(*WRITE)
def react(repository: Repository, comment_id: int) -> Answer:
    """A reaction: 201, or 200 where it stands already."""
    comment = next(
        (
            each
            for parent in repository.issues.values()
            for each in find(repository, parent.number).comments
            if each.id == comment_id
        ),
        None,
    )
    if comment is None:
        raise not_found()
    login, _ = writer()
    content = body().get("content")
    if content not in REACTIONS:
        raise invalid("Reaction", "content", "invalid")
    known = next((one for one in comment.reactions if (one.author, one.content) == (login, content)), None)
    if known is None:
        comment.reactions.append(Reaction(world().next_id(), login, content))
    return jsonify(shapes.reaction(world(), known or comment.reactions[-1])), 200 if known else 201


@routes.get("/collaborators/<username>/permission")
@needs("metadata:read")
def show_permission(repository: Repository, username: str) -> Answer:
    """What somebody may do; 404 for a name that nobody has."""
    if username not in world().users:
        raise not_found()
    return jsonify(shapes.permission(world(), repository, username))
