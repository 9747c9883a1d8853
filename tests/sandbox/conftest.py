"""What the sandbox's tests share: who receives its webhooks, and callers with credentials."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests

from sandbox.client import Sandbox
from sandbox.server import Server

SECRET = "a-secret-of-more-than-thirty-two-bytes"
SHOP = "octo/shop"
FILES = {
    "README.md": "# Shop\n",
    "shop/price.py": "PRICE = 1\n",
    ".github/workflows/ci.yml": "on: push\njobs: {}\n",
}


@dataclass(frozen=True)
class Heard:
    """A webhook as it arrived."""

    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> str:
        return self.headers["X-GitHub-Event"]

    @property
    def payload(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.body)
        return content


@dataclass
class Hook:
    """An HTTP server that keeps what it is sent and answers 202."""

    url: str = ""
    heard: list[Heard] = field(default_factory=list)

    def wait_for(self, event: str, action: str) -> Heard:
        """The first webhook of that event and action; some are sent in the background."""
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            for one in self.heard:
                if one.event == event and one.payload["action"] == action:
                    return one
            time.sleep(0.01)
        raise AssertionError(f"no {event} {action} among {[one.event for one in self.heard]}")


class Api:
    """The API with a bearer's credential; nothing is followed or retried."""

    def __init__(self, url: str, credential: str | None) -> None:
        self.url = f"{url}/api/v3"
        self.headers = {"Authorization": f"Bearer {credential}"} if credential else {}

    def call(self, method: str, path: str, body: Any = None, **query: Any) -> requests.Response:
        return requests.request(
            method, self.url + path, json=body, params=query, headers=self.headers, timeout=5, allow_redirects=False
        )

    def get(self, path: str, **query: Any) -> Any:
        """The answer's content; it must be a success."""
        answer = self.call("GET", path, **query)
        assert answer.ok, answer.text
        return answer.json()


@pytest.fixture
def hook() -> Iterator[Hook]:
    told = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.heard.append(Heard(dict(self.headers), body))
            self.send_response(202)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{server.server_port}/webhook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield told
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def server(started: Server, hook: Hook) -> Server:
    """The server, new: it knows nothing but its App and where webhooks go."""
    sandbox = Sandbox(started.url)
    sandbox.reset()
    sandbox.set_hook(hook.url, SECRET)
    return started


@pytest.fixture
def unjudged(server: Server) -> Sandbox:
    """A sandbox with a repository, where a test may break GitHub's rules."""
    sandbox = Sandbox(server.url)
    sandbox.create_repository(SHOP, FILES, assignable=["mona"])
    return sandbox


@pytest.fixture
def sandbox(unjudged: Sandbox) -> Iterator[Sandbox]:
    """The same; after the test, every exchange and every webhook must have been as GitHub describes it."""
    yield unjudged
    assert unjudged.violations() == []


def app_jwt(key: Path, **claims: Any) -> str:
    """What the App proves itself with; claims as told, else right."""
    now = int(time.time())
    return jwt.encode({"iat": now - 60, "exp": now + 540, "iss": "1", **claims}, key.read_text(), "RS256")


@pytest.fixture
def app(server: Server) -> Api:
    return Api(server.url, app_jwt(server.key_path))


def installation_token(app: Api, repository: str = SHOP, permissions: Mapping[str, str] | None = None) -> str:
    installation = app.get(f"/repos/{repository}/installation")["id"]
    wanted = {"repositories": [repository.split("/")[1]], "permissions": permissions or None}
    wanted = {name: value for name, value in wanted.items() if value}
    answer = app.call("POST", f"/app/installations/{installation}/access_tokens", wanted)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["token"])


@pytest.fixture
def bot(unjudged: Sandbox, app: Api) -> Api:
    """The API as the bot sees it, with a token for the repository."""
    return Api(unjudged.url, installation_token(app))
