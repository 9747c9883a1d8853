"""GET /healthz: the process lives; GET /readyz: it can take webhooks, and what stands behind it is seen."""

from __future__ import annotations

from typing import Final

import redis
from flask import Blueprint, Response, jsonify

from workers.queue import DEAD, NAME

WORKERS_KEY: Final = f"rq:workers:{NAME}"
CLOCK_KEY: Final = f"rq:scheduler-lock:{NAME}"


def blueprint(connection: redis.Redis) -> Blueprint:
    """The two routes."""
    pages = Blueprint("health", __name__)

    @pages.get("/healthz")
    def alive() -> Response:
        return jsonify({"status": "alive"})

    @pages.get("/readyz")
    def ready() -> Response:
        try:
            seen = _look(connection)
        except redis.RedisError as error:
            response = jsonify({"status": "not ready", "redis": type(error).__name__})
            response.status_code = 503
            return response
        return jsonify({"status": "ready", **seen})

    return pages


def _look(connection: redis.Redis) -> dict[str, int | bool]:
    """Without workers or clock we are still ready: webhooks must not be turned away because the work waits."""
    with connection.pipeline(transaction=False) as pipeline:
        pipeline.llen(f"rq:queue:{NAME}")
        pipeline.scard(WORKERS_KEY)
        pipeline.exists(CLOCK_KEY)
        pipeline.llen(DEAD)
        queued, workers, clock, dead = pipeline.execute()
    return {"queued": queued, "workers": workers, "clock": bool(clock), "dead": dead}
