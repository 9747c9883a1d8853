"""A repository on the local GitHub, its people and its runs, for the stories of what the worker does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis

from bot.store.database import sqlite_url
from bot.store.store import open_store
from bot.store.values import RecordedRun
from sandbox.client import Sandbox
from tests.later import some_time_passes
from workers import tasks

NAME = "octo/shop"
FAILING = [("Set up job", "success"), ("Run pytest", "failure")]
GROUP = "##[group]Run {0}\n{0}\n##[endgroup]\n"

COVERAGE = GROUP.format("pytest --cov --cov-fail-under=80") + (
    "2 passed in 0.10s\nFAIL Required test coverage of 80% not reached. Total coverage: 35.33%\n"
    "##[error]Process completed with exit code 1.\n"
)
MODULE = GROUP.format("python -m shop") + (
    "Traceback (most recent call last):\n"
    '  File "/home/runner/work/shop/shop/main.py", line 1, in <module>\n'
    "    import discounts\n"
    "ModuleNotFoundError: No module named 'discounts'\n"
    "##[error]Process completed with exit code 1.\n"
)
OUTAGE = GROUP.format("sudo apt-get update") + (
    "E: Failed to fetch http://mirror.example/dists/noble/InRelease  503  Service Unavailable [IP: 192.0.2.1 80]\n"
    "##[error]Process completed with exit code 100.\n"
)
UNKNOWN = GROUP.format("./tools/frobnicate.sh") + (
    "frobnicating the left gizmo\nfrobnicating the right gizmo\nthe gizmo has come loose\n"
    "##[error]Process completed with exit code 3.\n"
)


@dataclass
class Story:
    """A repository, its people and its runs; `tell` is what the worker does with a run."""

    github: Sandbox
    data: Path
    id: int
    installation: int
    connection: redis.Redis

    def push(self, branch: str, text: str, *, author: str = "mona", name: str = NAME) -> str:
        return self.github.push(name, branch, {"shop.py": text}, author=author)

    def run(
        self,
        sha: str,
        branch: str,
        log: str | None,
        *,
        event: str = "pull_request",
        fork: str | None = None,
        log_state: str = "available",
        workflow: str = "CI",
        conclusion: str | None = None,
        actor: str | None = None,
        job: str = "test",
    ) -> int:
        """A finished run of one job: red with this log, green without one."""
        path = f".github/workflows/{workflow.lower()}.yml"
        number = self.github.start_run(
            NAME,
            sha=sha,
            branch=branch,
            event=event,
            head_repository=fork,
            workflow_name=workflow,
            workflow_path=path,
            actor=actor,
        )
        self.job(number, log, log_state=log_state, conclusion=conclusion, name=job)
        return number

    def job(
        self,
        run: int,
        log: str | None,
        *,
        log_state: str = "available",
        conclusion: str | None = None,
        name: str = "test",
    ) -> None:
        if log is None:
            ended, steps = conclusion or "success", [("Run pytest", "success")]
        else:
            ended, steps = conclusion or "failure", FAILING
        self.github.add_job(
            NAME, run, name, conclusion=ended, log=log or "all well\n", steps=steps, log_state=log_state
        )
        self.github.finish_run(NAME, run, conclusion, deliver=False)

    def tell(self, run: int, attempt: int = 1) -> str:
        """What the worker does with a run, some time after whatever was told before."""
        some_time_passes(self.connection)
        return tasks.diagnose_run(self.installation, self.id, run, attempt)

    def comments(self, number: int) -> list[str]:
        return [str(one["body"]) for one in self.github.comments(NAME, number)]

    def delete_ours(self, number: int) -> None:
        """As a person does who does not want to read it."""
        token = self.github.user_token("octo")
        for one in self.github.comments(NAME, number):
            if one["user"]["type"] == "Bot":
                self.github.session.delete(
                    f"{self.github.url}/api/v3/repos/{NAME}/issues/comments/{one['id']}",
                    headers={"Authorization": f"Bearer {token}"},
                ).raise_for_status()

    def issues(self) -> list[dict[str, Any]]:
        return [one for one in self.github.state(NAME)["issues"] if "pull_request" not in one]

    def writes(self) -> list[tuple[str, str]]:
        """What was changed on GitHub; tokens are no change."""
        return [
            (one["method"], one["path"])
            for one in self.github.requests()
            if one["method"] != "GET" and "access_tokens" not in one["path"]
        ]

    @contextmanager
    def silence(self) -> Iterator[None]:
        before = self.writes()
        yield
        assert self.writes() == before

    def history(self) -> list[RecordedRun]:
        store = open_store(sqlite_url(self.data))
        try:
            return store.recent(10)
        finally:
            store.close()
