"""The failing runs of the demonstration: a small repository each, and the log that its real tool printed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sandbox.client import Sandbox

FOLDER: Final = Path(__file__).parent
REPOSITORY: Final = "octo/shop"


@dataclass(frozen=True, slots=True)
class Staged:
    """A failed run that was delivered: where its explanation is awaited. `number` is None for an issue."""

    repository: str
    number: int | None
    delivery: dict[str, object]


@dataclass(frozen=True, slots=True)
class Scene:
    """A failing run: what happens, and the signature that the bot must name."""

    says: str
    signature: str
    stage: Callable[[Sandbox], Staged]


def _files(name: str) -> dict[str, str | bytes | None]:
    root = FOLDER / name
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def _log(name: str) -> bytes:
    return (FOLDER / f"{name}.log").read_bytes()


def _steps(failing: str) -> list[tuple[str, str]]:
    return [("Set up job", "success"), ("Run actions/checkout@v5", "success"), (failing, "failure")]


def _coverage(sandbox: Sandbox) -> Staged:
    sha = sandbox.push(REPOSITORY, "discounts", _files("coverage"), message="Add discounts", author="mona")
    number = sandbox.open_pull(REPOSITORY, "discounts", title="Add discounts", author="mona")
    run = sandbox.start_run(REPOSITORY, sha=sha, branch="discounts", event="pull_request")
    for name in ("lint", "types", "docs", "build", "audit"):
        sandbox.add_job(REPOSITORY, run, name, steps=[("Set up job", "success")])
    command = "Run pytest --cov=shop --cov-report=term-missing --cov-fail-under=80"
    sandbox.add_job(REPOSITORY, run, "test", conclusion="failure", log=_log("coverage"), steps=_steps(command))
    return Staged(REPOSITORY, number, sandbox.finish_run(REPOSITORY, run))


def _module(sandbox: Sandbox) -> Staged:
    fork = sandbox.fork(REPOSITORY, "hubert")
    sha = sandbox.push(fork, "payments", _files("module"), message="Configure payments", author="hubert")
    number = sandbox.open_pull(
        REPOSITORY, "payments", title="Configure payments", author="hubert", head_repository=fork
    )
    run = sandbox.start_run(REPOSITORY, sha=sha, branch="payments", event="pull_request", head_repository=fork)
    sandbox.add_job(REPOSITORY, run, "test", conclusion="failure", log=_log("module"), steps=_steps("Run pytest"))
    return Staged(REPOSITORY, number, sandbox.finish_run(REPOSITORY, run))


def _database(sandbox: Sandbox) -> Staged:
    name = "octo/orders"
    sandbox.create_repository(name, assignable=["mona"])
    sha = sandbox.push(name, "main", _files("database"), message="Test the orders", author="mona")
    run = sandbox.start_run(name, sha=sha, branch="main")
    sandbox.add_job(name, run, "integration", conclusion="failure", log=_log("database"), steps=_steps("Run pytest"))
    return Staged(name, None, sandbox.finish_run(name, run))


def _workflow(sandbox: Sandbox) -> Staged:
    sha = sandbox.push(REPOSITORY, "title", _files("workflow"), message="Name the shop", author="mona")
    number = sandbox.open_pull(REPOSITORY, "title", title="Name the shop", author="mona")
    run = sandbox.start_run(REPOSITORY, sha=sha, branch="title", event="push", workflow_name=".github/workflows/ci.yml")
    return Staged(REPOSITORY, number, sandbox.finish_run(REPOSITORY, run, "failure"))


SCENES: Final = (
    Scene("a pull request whose tests pass below the coverage gate", "coverage/below-threshold", _coverage),
    Scene("a fork's pull request that lacks one of the project's own modules", "python/module-not-found", _module),
    Scene("a push to main whose tests log in with the wrong database user", "postgresql/password-failed", _database),
    Scene("a run without jobs, because its workflow file is no YAML", "workflow/yaml-syntax", _workflow),
)
