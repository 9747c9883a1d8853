"""A chat service on this machine: keeps what it is told, and answers as it is asked to."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any


class Receiver:
    """Takes messages as long as it is open: `url` is its address, `status` what it answers, after `pause` seconds."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.status, self.pause = 200, 0.0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                told = self.rfile.read(int(self.headers["Content-Length"]))
                time.sleep(receiver.pause)
                receiver.messages.append(json.loads(told))
                self.send_response(receiver.status)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self.url = f"json://user:SECRET@127.0.0.1:{self.port}/SECRET"

    @property
    def texts(self) -> list[str]:
        return [str(one["message"]) for one in self.messages]

    def __enter__(self) -> Receiver:
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
