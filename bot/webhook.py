"""POST /webhook: proves who sent it before anything is parsed, hands it on, and answers within milliseconds."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from typing import Final

import redis
import structlog
from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from bot import metrics
from bot.events import MalformedEventError, parse
from bot.handlers import Desk
from bot.router import route
from workers.queue import QueueFullError

MOST_BYTES: Final = 25 << 20
"""GitHub's own limit for a payload."""

RETRY_AFTER: Final = "30"

REFUSALS_EVERY: Final = 5.0
"""Seconds in which the refused ones are counted together."""

_SIGNATURE: Final = re.compile(r"sha256=([0-9a-f]{64})\Z", re.ASCII)

log = structlog.get_logger()


def is_signed(body: bytes, signature: str, secrets: Sequence[bytes]) -> bool:
    """Whether one of the secrets has signed exactly these bytes. `signature` is the header X-Hub-Signature-256."""
    told = _SIGNATURE.match(signature)
    if told is None:
        return False
    given = told[1].encode()
    # All of them are tried, so that the time tells nothing about which one it was.
    return (
        sum(hmac.compare_digest(hmac.digest(secret, body, hashlib.sha256).hex().encode(), given) for secret in secrets)
        > 0
    )


def blueprint(secrets: Sequence[bytes], desk: Desk) -> Blueprint:
    """The route, for these secrets and this queue."""
    pages = Blueprint("webhook", __name__)

    @pages.post("/webhook")
    def receive() -> Response:
        name = request.headers.get("X-GitHub-Event", "")
        answer = _refusal(secrets) or _accept(name, request.get_data(cache=True), desk)
        _count(name, answer, desk.connection)
        return answer

    return pages


def _refusal(secrets: Sequence[bytes]) -> Response | None:
    """The answer to what did not come from GitHub or is not in its form; None to go on."""
    signature = request.headers.get("X-Hub-Signature-256", "")
    if not _SIGNATURE.match(signature):
        # Nobody without a signature gets us to read a body.
        return _answer(401, "X-Hub-Signature-256 is missing or malformed")
    try:
        body = request.get_data(cache=True)
    except HTTPException as error:
        return _answer(error.code or 400, "the body is too long or did not arrive whole")
    if len(body) > MOST_BYTES:
        return _answer(413, "the body is too long")
    if not is_signed(body, signature, secrets):
        return _answer(401, "the signature does not fit")
    if request.mimetype != "application/json":
        return _answer(415, "set the webhook's content type to application/json")
    return None


def _accept(name: str, body: bytes, desk: Desk) -> Response:
    """Decide about a genuine delivery. Accepted only once Redis holds the work: a failed one can be redelivered."""
    delivery = request.headers.get("X-GitHub-Delivery", "")[:64]
    if not name:
        return _answer(400, "X-GitHub-Event is missing")
    try:
        event = parse(name, json.loads(body))
        done = route(event, desk) if event else "ignored: nobody asked for this event"
    except MalformedEventError as error:
        return _answer(400, str(error))
    except (ValueError, RecursionError):
        return _answer(400, "the payload is no JSON")
    except (redis.RedisError, QueueFullError) as error:
        log.error("webhook refused", delivery=delivery, reason=type(error).__name__)
        response = _answer(503, "the queue can not take work now")
        response.headers["Retry-After"] = RETRY_AFTER
        return response
    # Of each job GitHub tells three times, and most of what it tells asks for nothing: that is counted, not said.
    say = log.debug if done.startswith("ignored") else log.info
    say("webhook", name=name[:40], delivery=delivery, done=done)
    return _answer(202, done)


def _count(name: str, answer: Response, connection: redis.Redis) -> None:
    """Note what became of a delivery. Only a genuine one gets us to speak to Redis at once, and where that answers."""
    status = answer.status_code
    if status == 202:
        metrics.WEBHOOKS.add(name, str(answer.get_json()["message"]).partition(":")[0])
        metrics.flush(connection)
        return
    metrics.WEBHOOKS.add(name, {401: "refused", 503: "unavailable"}.get(status, "malformed"))
    if status != 503:
        metrics.flush(connection, every=REFUSALS_EVERY)


def _answer(status: int, says: str) -> Response:
    response = jsonify({"message": says})
    response.status_code = status
    return response
