"""The App, its installations, tokens and deliveries; repositories, users and the rate limit."""

from __future__ import annotations

import time

from flask import Blueprint, Response, jsonify, request

from sandbox import webhooks
from sandbox.auth import expiry, mint
from sandbox.http import Answer, app_only, bearer, body, listed, needs, number, world
from sandbox.problems import ApiError, not_found
from sandbox.shapes import common
from sandbox.shapes.common import Shape
from sandbox.state.world import Delivery, Installation, Repository

routes = Blueprint("apps", __name__)
LIMIT = 5000


@routes.get("/app")
@app_only
def show_app() -> Answer:
    """The App itself."""
    installed = len(world().installations)
    return jsonify({**common.app(world()), "installations_count": installed})


@routes.get("/repos/<owner>/<repo>/installation")
@app_only
def installation_of_repository(owner: str, repo: str) -> Answer:
    """The installation that has the repository."""
    repository = world().repository(f"{owner}/{repo}")
    installation = world().installation_of(repository) if repository else None
    if installation is None:
        raise not_found()
    return jsonify(common.installation(world(), installation))


@routes.get("/app/installations")
@app_only
def list_installations() -> Answer:
    """All installations."""
    return listed(list(world().installations.values()), lambda one: common.installation(world(), one))


@routes.get("/app/installations/<int:installation_id>")
@app_only
def show_installation(installation_id: int) -> Answer:
    """One installation."""
    return jsonify(common.installation(world(), find_installation(installation_id)))


@routes.post("/app/installations/<int:installation_id>/access_tokens")
@app_only
def create_token(installation_id: int) -> Answer:
    """A token for an installation."""
    installation = find_installation(installation_id)
    wanted = body()
    credential, token = mint(world(), installation, wanted)
    shape: Shape = {
        "token": credential,
        "expires_at": expiry(token),
        "permissions": token.permissions,
        "repository_selection": "selected",
    }
    if wanted.get("repository_ids") or wanted.get("repositories"):
        chosen = sorted(token.repositories or ())
        shape["repositories"] = [common.repository(world(), world().repositories[one]) for one in chosen]
    return jsonify(shape), 201


def find_installation(number_of_it: int) -> Installation:
    """The installation, or 404."""
    found = world().installations.get(number_of_it)
    if found is None:
        raise not_found()
    return found


@routes.get("/installation/repositories")
def list_installation_repositories() -> Answer:
    """What the token may see."""
    with world().lock:
        token = bearer().token
        if token is None:
            raise ApiError(401, "Requires authentication")
        chosen = [world().repositories[one] for one in sorted(token.repositories or ())]
        return listed(chosen, lambda one: common.repository(world(), one), "repositories")


@routes.get("/repos/<owner>/<repo>")
@needs("metadata:read")
def show_repository(repository: Repository) -> Answer:
    """A repository."""
    return jsonify(common.full_repository(world(), repository))


@routes.get("/users/<username>")
def show_user(username: str) -> Answer:
    """A user that somebody has mentioned."""
    with world().lock:
        if username not in world().users:
            raise not_found()
        return jsonify(common.public_user(world(), username))


@routes.get("/rate_limit")
def rate_limit() -> Answer:
    """Nobody runs out of requests here, unless a fault says so."""
    bucket = {"limit": LIMIT, "used": 0, "remaining": LIMIT, "reset": int(time.time()) + 3600}
    return jsonify({"resources": {"core": bucket, "search": bucket}, "rate": bucket})


@routes.get("/app/hook/deliveries")
@app_only
def list_deliveries() -> Answer:
    """What was sent, newest first; a cursor leads to the older ones."""
    newest = sorted(world().deliveries.values(), key=lambda one: -one.id)
    wanted = request.args.get("status")
    if wanted:
        newest = [one for one in newest if (wanted == "success") == (200 <= one.status_code < 400)]
    cursor = request.args.get("cursor", "")
    if cursor.isdigit():
        newest = [one for one in newest if one.id <= int(cursor)]
    size = number("per_page", 30, 100)
    response: Response = jsonify([delivery_item(one) for one in newest[:size]])
    if len(newest) > size:
        following = f"{world().api}/app/hook/deliveries?per_page={size}&cursor={newest[size].id}"
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


@routes.get("/app/hook/deliveries/<int:delivery_id>")
@app_only
def show_delivery(delivery_id: int) -> Answer:
    """A delivery with what was sent and answered."""
    record = find_delivery(delivery_id)
    return jsonify(
        {
            **delivery_item(record),
            "url": world().hook_url or "",
            "request": {"headers": record.headers, "payload": record.payload},
            "response": {"headers": {}, "payload": record.answer},
        }
    )


@routes.post("/app/hook/deliveries/<int:delivery_id>/attempts")
@app_only
def redeliver(delivery_id: int) -> Answer:
    """Send a delivery again, under the same GUID, as GitHub does."""
    webhooks.redeliver(world(), find_delivery(delivery_id))
    return jsonify({}), 202


def find_delivery(number_of_it: int) -> Delivery:
    """The delivery, or 404."""
    found = world().deliveries.get(number_of_it)
    if found is None:
        raise not_found()
    return found


def delivery_item(record: Delivery) -> Shape:
    """A delivery as it stands in the list."""
    return {
        "id": record.id,
        "guid": record.guid,
        "delivered_at": record.delivered_at,
        "redelivery": record.redelivery,
        "duration": record.duration,
        "status": record.status,
        "status_code": record.status_code,
        "event": record.event,
        "action": record.action,
        "installation_id": record.installation,
        "repository_id": record.repository,
        "throttled_at": None,
    }
