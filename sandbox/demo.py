"""`python -m sandbox.demo`: the whole product against the local GitHub, with four failing runs to look at."""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import requests

from sandbox.client import Sandbox
from sandbox.scenes import REPOSITORY, SCENES, Scene, Staged

START_SECONDS: Final = 60.0
ANSWER_SECONDS: Final = 60.0
STOP_SECONDS: Final = 20.0


def main() -> int:
    """Stage the runs, print what the bot said, stay until interrupted. Returns 1 when anything is missing."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="exit when the comments and issues are there")
    once = parser.parse_args().once
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with _product() as sandbox:
            missing = [scene for scene in SCENES if not _play(sandbox, scene)]
            print(f"\nLook at them: {sandbox.url}/ {'' if once else '(Ctrl-C ends)'}", flush=True)
            while not once:
                time.sleep(3600)
    except KeyboardInterrupt:
        return 0
    return 1 if missing else 0


@contextmanager
def _product() -> Iterator[Sandbox]:
    """The sandbox and everything that `whyred serve` starts, wired to each other on free ports."""
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="whyred-")))
        api, blobs, web = _free_ports(3)
        secret = secrets.token_hex(24)
        hook = f"http://127.0.0.1:{web}/webhook"
        options = ["--port", str(api), "--logs-port", str(blobs), "--data", str(data), "--app-id", "1"]
        stack.enter_context(_process([*_module("sandbox"), *options, "--webhook-secret", secret, "--hook-url", hook]))
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
            "DATA_DIR": str(data / "bot"),
            "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
        }
        process = stack.enter_context(_process([*_module("bot.cli.main"), "serve"], settings))
        _wait_until_ready(process, f"http://127.0.0.1:{web}/readyz")
        sandbox.create_repository(REPOSITORY, assignable=["mona"])
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


def _play(sandbox: Sandbox, scene: Scene) -> bool:
    """Stage a scene and print what came of it; whether the right cause was named."""
    print(f"\n{'=' * 100}\n{scene.says.capitalize()}", flush=True)
    began = time.monotonic()
    staged = scene.stage(sandbox)
    answer = _await_answer(sandbox, staged)
    seconds = time.monotonic() - began
    if answer is None:
        print(f"  MISSING: nothing was said within {ANSWER_SECONDS:.0f} seconds; the webhook: {staged.delivery}")
        return False
    print(f"  {answer['html_url']}  (after {seconds:.1f} s)\n{'-' * 100}")
    if "title" in answer:
        assigned = ", ".join(person["login"] for person in answer["assignees"]) or "nobody"
        print(f"Issue: {answer['title']}\nAssigned to: {assigned}\n")
    print("\n".join(line for line in answer["body"].split("\n") if not line.startswith("<!-- whyred")))
    if f"`{scene.signature}`" in answer["body"]:
        return True
    print(f"  WRONG: {scene.signature} was expected")
    return False


def _await_answer(sandbox: Sandbox, staged: Staged) -> dict[str, Any] | None:
    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline:
        if staged.number is None:
            found = sandbox.issues(staged.repository)
        else:
            found = sandbox.comments(staged.repository, staged.number)
        if found:
            return found[0]
        time.sleep(0.1)
    return None


if __name__ == "__main__":
    sys.exit(main())
