"""Workflows, their runs with attempts and jobs, and check runs."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Literal

from sandbox.state.times import now

LogState = Literal["available", "expired", "absent", "no-blob"]
"""How a job's log answers: 302 and text; 410; 404; 302 and then the blob store's own 404."""


@dataclass(slots=True)
class Workflow:
    """A workflow file that GitHub has seen."""

    id: int
    name: str
    path: str


@dataclass(slots=True)
class Step:
    """A step of a job; its lines in the log, from 0, and its own times where the log tells them."""

    name: str
    number: int
    status: str = "completed"
    conclusion: str | None = "success"
    lines: range = range(0)
    started_at: str | None = None
    completed_at: str | None = None


@dataclass(slots=True)
class Annotation:
    """A remark of a check run at a place in the files."""

    path: str
    start_line: int
    message: str
    level: str = "failure"
    end_line: int | None = None
    title: str | None = None
    raw_details: str | None = None


@dataclass(slots=True)
class Job:
    """A job of an attempt; its check run has the same id, as on GitHub."""

    id: int
    name: str
    status: str
    conclusion: str | None
    steps: list[Step]
    log: bytes
    log_state: LogState
    annotations: list[Annotation]
    started_at: str = field(default_factory=now)
    completed_at: str | None = None


@dataclass(slots=True)
class Attempt:
    """One execution of a run."""

    number: int
    actor: str
    status: str = "queued"
    conclusion: str | None = None
    jobs: list[Job] = field(default_factory=list)
    started_at: str = field(default_factory=now)
    updated_at: str = field(default_factory=now)


@dataclass(frozen=True, slots=True)
class Artifact:
    """Files that a run has handed in, by their path in the archive."""

    id: int
    name: str
    files: dict[str, bytes]
    expired: bool = False
    created_at: str = field(default_factory=now)


@dataclass(slots=True)
class Run:
    """A workflow run with its attempts, oldest first. `linked` tells whether GitHub names its pull requests."""

    id: int
    number: int
    workflow: Workflow
    event: str
    head_sha: str
    head_branch: str
    head_repository: int
    title: str
    actor: str
    linked: bool
    name: str
    attempts: list[Attempt]
    artifacts: list[Artifact] = field(default_factory=list)
    created_at: str = field(default_factory=now)

    @property
    def latest(self) -> Attempt:
        """The attempt that the run's own address shows."""
        return self.attempts[-1]

    def attempt_of(self, job: Job) -> Attempt:
        """The attempt that the job belongs to."""
        return next(one for one in self.attempts if job in one.jobs)


@dataclass(slots=True)
class CheckRun:
    """A check run that the App made."""

    id: int
    name: str
    head_sha: str
    status: str = "queued"
    conclusion: str | None = None
    details_url: str | None = None
    external_id: str | None = None
    title: str | None = None
    summary: str | None = None
    text: str | None = None
    annotations: list[Annotation] = field(default_factory=list)
    actions: list[dict[str, str]] = field(default_factory=list)
    started_at: str | None = field(default_factory=now)
    completed_at: str | None = None
    suite_queued: bool = False
    """Whether somebody asked to run it again, so that its suite waits for the App to change it."""
    born: float = field(default_factory=time.monotonic)
