"""The whole product as `whyred serve` runs it, wired to a sandbox of its own on free ports."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import requests

from sandbox.client import Sandbox

START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 20.0


@contextmanager
def product(*, refereed: bool = False, redis_url: str | None = None) -> Iterator[Sandbox]:
    """A sandbox whose webhooks reach everything that `whyred serve` starts; `refereed` judges every exchange.

    On the Redis at `redis_url`, else on one of its own.
    """
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="whyred-")))
        api, blobs, web = _free_ports(3)
        secret = secrets.token_hex(24)
        hook = f"http://127.0.0.1:{web}/webhook"
        options = ["--port", str(api), "--logs-port", str(blobs), "--data", str(data), "--app-id", "1"]
        options += ["--webhook-secret", secret, "--hook-url", hook, *(["--referee"] if refereed else [])]
        stack.enter_context(_process([*_module("sandbox"), *options]))
        sandbox = Sandbox(f"http://127.0.0.1:{api}")
        sandbox.wait_until_ready(START_SECONDS)
        settings = {
            "APP_ID": "1",
            "PRIVATE_KEY_PATH": str(data / "app.pem"),
            "WEBHOOK_SECRET": secret,
            "GITHUB_API_URL": f"{sandbox.url}/api/v3",
            "GITHUB_URL": sandbox.url,
            "LOG_HOSTS": "localhost",
            "HOST": "127.0.0.1",
            "PORT": str(web),
            "SITE_URL": f"http://127.0.0.1:{web}",
            "DATA_DIR": str(data / "bot"),
            "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
            **({"REDIS_URL": redis_url} if redis_url else {}),
        }
        process = stack.enter_context(_process([*_module("bot.cli.main"), "serve"], settings))
        _wait_until_ready(process, f"http://127.0.0.1:{web}/readyz")
        yield sandbox


def _module(name: str) -> list[str]:
    return [sys.executable, "-m", name]


@contextmanager
def _process(command: list[str], settings: Mapping[str, str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a session of its own, so that Ctrl-C reaches it through us alone and in order."""
    kept = {name: value for name, value in os.environ.items() if name not in ("REDIS_URL", "DATABASE_URL")}
    process = subprocess.Popen(command, env=kept | dict(settings or {}), start_new_session=True)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [one.getsockname()[1] for one in sockets]


def _wait_until_ready(process: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(f"whyred serve ended with status {process.returncode}")
        try:
            if requests.get(url, timeout=2).ok:
                return
        except requests.RequestException:
            pass
        time.sleep(0.1)
    raise SystemExit(f"{url} was not ready within {START_SECONDS:.0f} seconds")
