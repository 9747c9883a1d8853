"""A recording HTTP server that answers as it is told: GitHub, or a log's host, in the tests of bot/github."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Seen:
    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: Any


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    stream: Callable[[Any], None] | None = None


Handler = Callable[[Seen], Answer]


class FakeHub:
    """`on(method, pattern, answer)`: the newest matching answer wins; what was asked stands in `seen`."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.seen: list[Seen] = []
        self._routes: list[tuple[str, re.Pattern[str], Handler]] = []
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/v3"

    def on(self, method: str, pattern: str, answer: Answer | Handler) -> None:
        handler = answer if callable(answer) else lambda _: answer
        self._routes.insert(0, (method, re.compile(rf"(?:/api/v3)?{pattern}"), handler))

    def asked(self, method: str, part: str = "") -> list[Seen]:
        return [seen for seen in self.seen if seen.method == method and part in seen.path]

    def answer(self, seen: Seen) -> Answer:
        with self._lock:
            self.seen.append(seen)
        for method, pattern, handler in self._routes:
            if method == seen.method and pattern.fullmatch(seen.path):
                return handler(seen)
        return Answer(404, {"message": "Not Found"})


@contextmanager
def serve() -> Iterator[FakeHub]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.hub = FakeHub(server.server_address[1])  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.hub  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    def _handle(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = json.loads(raw) if raw else None
        hub: FakeHub = self.server.hub  # type: ignore[attr-defined]
        answer = hub.answer(Seen(self.command, parts.path, parse_qs(parts.query), headers, body))
        if answer.status == 0:
            self.close_connection = True
            return
        data = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        if answer.body is None:
            data = b""
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.stream is None:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if answer.stream is None:
            self.wfile.write(data)
            return
        self.close_connection = True
        try:
            answer.stream(self.wfile)
        except OSError:
            return

    do_GET = do_POST = do_PATCH = do_DELETE = _handle

    def log_message(self, format: str, *args: Any) -> None:
        """Silence: the requests are recorded."""
