"""The two servers of the sandbox: in a process of their own, or in a test's threads."""

# ruff: noqa: PLR0913 - the settings of a server are many, each given by its name

from __future__ import annotations

import threading
from pathlib import Path
from typing import Self

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from sandbox import app, logs
from sandbox.auth import generate_key
from sandbox.faults import Faults
from sandbox.middleware import Recorder
from sandbox.state.world import World


class Handler(WSGIRequestHandler):
    """Keeps connections open, as GitHub does, and sends small answers at once."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Requests are recorded, not printed."""


class Server:
    """The API with its pages on 127.0.0.1, the log host on localhost. Port 0 takes a free one."""

    def __init__(
        self,
        data: Path,
        *,
        port: int = 0,
        logs_port: int = 0,
        app_id: int = 1,
        app_slug: str = "whyred",
        webhook_secret: str = "sandbox-webhook-secret-of-32-bytes",
        hook_url: str | None = None,
        refereed: bool = False,
    ) -> None:
        data.mkdir(parents=True, exist_ok=True)
        self.key_path = data / "app.pem"
        public_key = generate_key(self.key_path)
        self.world = World("", "", app_id, app_slug, public_key, webhook_secret, hook_url)
        faults, recorder = Faults(), Recorder()
        api = app.create(self.world, faults, recorder, refereed=refereed)
        log_host = logs.create(self.world, faults, recorder)
        self.api: BaseWSGIServer = make_server("127.0.0.1", port, api, threaded=True, request_handler=Handler)
        self.logs: BaseWSGIServer = make_server(
            "127.0.0.1", logs_port, log_host, threaded=True, request_handler=Handler
        )
        self.world.url = f"http://127.0.0.1:{self.api.server_port}"
        self.world.logs_url = f"http://localhost:{self.logs.server_port}"

    @property
    def url(self) -> str:
        """The root of the pages and of the control plane."""
        return self.world.url

    def serve(self) -> None:
        """Answer until interrupted."""
        threading.Thread(target=self.logs.serve_forever, daemon=True).start()
        try:
            self.api.serve_forever()
        except KeyboardInterrupt:
            self.api.server_close()

    def __enter__(self) -> Self:
        """Answer from threads of this process."""
        for one in (self.api, self.logs):
            threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop both."""
        for one in (self.api, self.logs):
            one.shutdown()
            one.server_close()
