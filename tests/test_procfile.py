"""The three processes are started in the same way wherever they are started."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import redis
from ruamel.yaml import YAML

from bot.supervise import COMMANDS
from workers import queue, worker

ROOT = Path(__file__).parents[1]
PROCFILE = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
COMPOSE: dict[str, Any] = YAML(typ="safe").load(ROOT / "deploy" / "compose.yaml")


def words(command: str) -> list[str]:
    """The command without what is set before it, and without its interpreter."""
    told = shlex.split(command)
    return told[told.index("python") + 1 :]


def queues_named(command: str) -> int:
    """How many queues an `rq worker` command takes from."""
    _before, _worker, after = command.partition("rq worker")
    return len([word for word in shlex.split(after) if not word.startswith("-")])


def test_there_are_three_processes() -> None:
    assert sorted(PROCFILE) == ["clock", "web", "worker"]


@pytest.mark.parametrize("name", sorted(PROCFILE))
def test_serve_starts_the_same_processes(name: str) -> None:
    started = [list(command[1:]) for known, command in COMMANDS.items() if known.partition("-")[0] == name]
    assert started
    assert all(command == words(PROCFILE[name]) for command in started)


@pytest.mark.parametrize("name", ["worker", "clock"])
def test_compose_starts_the_same_processes(name: str) -> None:
    assert COMPOSE["services"][name]["command"] == ["python", *words(PROCFILE[name])]


def test_the_image_starts_the_same_web() -> None:
    last = (ROOT / "deploy" / "Dockerfile").read_text().splitlines()[-1]
    assert YAML(typ="safe").load(last.removeprefix("CMD ")) == ["python", *words(PROCFILE["web"])]


def test_a_worker_takes_from_one_queue_only(connection: redis.Redis) -> None:
    assert [taken.name for taken in worker.build(connection).queues] == [queue.NAME]
    assert all(queues_named(command) == 0 for command in PROCFILE.values())


def test_a_second_queue_would_be_seen() -> None:
    assert queues_named("rq worker --url redis:// high low") > 1


def test_the_redis_of_compose_loses_nothing() -> None:
    command = COMPOSE["services"]["redis"]["command"]
    told = dict(zip(command[1::2], command[2::2], strict=True))
    assert (told["--appendonly"], told["--maxmemory-policy"]) == ("yes", "noeviction")


@pytest.mark.parametrize("name", sorted(PROCFILE))
def test_each_process_says_what_it_lacks(name: str) -> None:
    environ = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    ended = subprocess.run(
        PROCFILE[name], shell=True, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=30, check=False
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("whyred: ")
    lacks = {"REDIS_URL"} if name == "clock" else {"APP_ID", "PRIVATE_KEY_PATH", "WEBHOOK_SECRET", "REDIS_URL"}
    assert {variable for variable in lacks if ended.stderr.count(variable) != 1} == set()
    assert ended.stderr.count("\n") == (1 if len(lacks) == 1 else 1 + len(lacks))
