"""Around every request of the API and of the log host: it is recorded, and the ordered faults happen."""

from __future__ import annotations

import json
import socket
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Literal

from flask import Flask, Response, g, request

from sandbox.faults import Fault, Faults
from sandbox.problems import ApiError

API = "/api/v3"
GRAPHQL = "/api/graphql"
Host = Literal["api", "logs"]


@dataclass(slots=True)
class Recorded:
    """A request as it came, and the status of its answer (0: the connection was closed)."""

    host: Host
    method: str
    path: str
    query: dict[str, str]
    body: Any
    headers: dict[str, str]
    authorized: bool
    at: float
    status: int = 0


@dataclass(slots=True)
class Recorder:
    """All requests since the start, or since they were cleared."""

    requests: list[Recorded] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, one: Recorded) -> None:
        """Keep a request."""
        with self.lock:
            self.requests.append(one)

    def clear(self) -> None:
        """Forget them."""
        with self.lock:
            self.requests.clear()


def install(app: Flask, faults: Faults, recorder: Recorder, *, host: Host) -> None:
    """Record and disturb what the application answers below its root."""

    @app.before_request
    def begin() -> Response | None:
        path = below_root(host)
        if path is None:
            return None
        g.recorded = recorded(host, path)
        recorder.add(g.recorded)
        g.faults = faults.take(request.method, path)
        return disturb(g.faults)

    @app.after_request
    def end(response: Response) -> Response:
        if "recorded" not in g:
            return response
        g.recorded.status = response.status_code
        for fault in g.faults:
            if fault.kind == "drop":
                g.recorded.status = 0
                hang_up()
            elif fault.kind == "drop-502":
                g.recorded.status = 502
                return answer(502, fault.message, fault.headers)
        return response


def below_root(host: Host) -> str | None:
    """The path that a request is known by; None for what is no part of the API."""
    if host == "logs":
        return request.path
    if request.path == GRAPHQL:
        return "/graphql"
    return request.path.removeprefix(API) if request.path.startswith(f"{API}/") else None


def recorded(host: Host, path: str) -> Recorded:
    """The request that is being handled."""
    return Recorded(
        host,
        request.method,
        path,
        request.args.to_dict(),
        request.get_json(silent=True) if request.is_json else request.get_data(as_text=True) or None,
        dict(request.headers),
        "Authorization" in request.headers,
        time.time(),
    )


def disturb(hitting: list[Fault]) -> Response | None:
    """What happens before the effect; an answer replaces it."""
    for fault in hitting:
        if fault.kind in ("delay", "lag"):
            if fault.kind == "delay":
                time.sleep(fault.seconds)
            else:
                g.lag = fault.seconds
        elif fault.kind == "status":
            return answer(fault.status, fault.message, fault.headers)
        elif fault.kind == "redirect":
            status = fault.status if 300 <= fault.status < 400 else 302
            return Response(status=status, headers={**fault.headers, "Location": fault.location})
    return None


def answer(status: int, message: str, headers: dict[str, str]) -> Response:
    """A refusal that a fault orders."""
    text = json.dumps(ApiError(status, message).body())
    return Response(text, status, headers, content_type="application/json; charset=utf-8")


def hang_up() -> None:
    """Close the connection under the answer; the effect stands."""
    connection = request.environ.get("werkzeug.socket")
    if isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)
