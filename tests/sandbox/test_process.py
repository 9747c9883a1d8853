"""`python -m sandbox` starts, serves what the usage example does, and ends when told."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

import sandbox.client
from sandbox.client import Sandbox
from tests.sandbox.conftest import Api, Hook, app_jwt


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


@pytest.mark.parametrize("ended_by", [signal.SIGINT, signal.SIGTERM])
def test_a_process_serves_the_usage_example(tmp_path: Path, hook: Hook, ended_by: signal.Signals) -> None:
    port, logs_port = free_port(), free_port()
    options = ["--port", str(port), "--logs-port", str(logs_port), "--data", str(tmp_path), "--hook-url", hook.url]
    process = subprocess.Popen([sys.executable, "-m", "sandbox", "--referee", *options])
    try:
        running = Sandbox(f"http://127.0.0.1:{port}")
        running.wait_until_ready(60)
        example = re.findall(r"^    (.+)$", sandbox.client.__doc__ or "", re.MULTILINE)
        assert len(example) > 8
        exec("\n".join(example).replace(":8080", f":{port}"), {"Sandbox": Sandbox})
        assert hook.wait_for("workflow_run", "completed").payload["workflow_run"]["conclusion"] == "failure"
        assert requests.get(f"http://127.0.0.1:{port}/octo/shop/pull/1", timeout=5).ok
        app = Api(running.url, app_jwt(tmp_path / "app.pem"))
        assert app.get("/repos/octo/shop/installation")["account"]["login"] == "octo"
        assert running.violations() == []
    finally:
        process.send_signal(ended_by)
        status = process.wait(60)
    assert status in (0, -signal.SIGTERM)
