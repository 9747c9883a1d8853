"""The values that travel between the rooms: a run and what surrounds it, as far as a reader must be told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from bot.config import DEFAULTS, Config
from diagnosis.report import Report
from diagnosis.steps import FailedStep

Conclusion = str
"""As GitHub spells it: success, failure, cancelled, timed_out, startup_failure, action_required, neutral, ..."""

QUEUE: Final = re.compile(r"(?P<line>gh-readonly-queue/(?P<base>.+))/pr-(?P<number>\d{1,9})-[0-9a-f]{7,64}")
"""How GitHub names the branch on which a merge queue tests a group."""

FAILED: frozenset[str] = frozenset({"failure", "timed_out", "startup_failure"})


@dataclass(frozen=True, slots=True)
class Repository:
    """`id` survives renames and transfers; `name` is `owner/name`."""

    id: int
    name: str
    default_branch: str
    installation: int
    private: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Age:
    """Which of two attempts of a workflow is the newer one; ids of runs grow."""

    run: int
    attempt: int

    def __str__(self) -> str:
        return f"{self.run}.{self.attempt}"


@dataclass(frozen=True, slots=True)
class Run:
    """One attempt of one workflow run. `head_repository` is `owner/name`: for forks not the repository itself."""

    id: int
    attempt: int
    workflow_id: int
    workflow_name: str
    workflow_path: str
    event: str
    status: str
    conclusion: Conclusion | None
    head_sha: str
    head_branch: str
    head_repository: str
    author: str | None
    actor: str
    html_url: str
    title: str = ""
    commit_title: str = ""
    commit_author: str = ""
    pull_requests: tuple[int, ...] = ()
    updated_at: str = ""
    created_at: str = ""

    @property
    def age(self) -> Age:
        """Which attempt this is."""
        return Age(self.id, self.attempt)

    @property
    def line(self) -> str:
        """The branch whose runs follow one another: the groups of a merge queue, a branch each, count as one."""
        queue = self._queue()
        return queue["line"] if queue else self.head_branch

    @property
    def target(self) -> str:
        """The branch that the run is for where it has no pull request: a merge queue's, else its own."""
        queue = self._queue()
        return queue["base"] if queue else self.head_branch

    @property
    def queued(self) -> bool:
        """Whether it tests what a merge queue has put together."""
        return self._queue() is not None

    def _queue(self) -> re.Match[str] | None:
        return QUEUE.fullmatch(self.head_branch) if self.event in ("merge_group", "push") else None


@dataclass(frozen=True, slots=True)
class Step:
    """A step as the jobs API tells it; times are ISO 8601 or None."""

    number: int
    name: str
    status: str
    conclusion: Conclusion | None
    started_at: str | None = None
    completed_at: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A job of the attempt."""

    id: int
    name: str
    status: str
    conclusion: Conclusion | None
    html_url: str
    steps: tuple[Step, ...] = ()
    started_at: str | None = None
    completed_at: str | None = None

    @property
    def family(self) -> str:
        """The name that it shares with the other jobs of its matrix."""
        return self.name.partition(" (")[0]

    @property
    def seconds(self) -> float:
        """For how long it ran, as far as GitHub tells."""
        if not (self.started_at and self.completed_at):
            return 0.0
        ran = datetime.fromisoformat(self.completed_at) - datetime.fromisoformat(self.started_at)
        return max(ran.total_seconds(), 0.0)

    @property
    def failed(self) -> bool:
        """Whether this job's own conclusion is a failure."""
        return self.conclusion in FAILED

    @property
    def failed_steps(self) -> tuple[FailedStep, ...]:
        """The steps that failed and whose times are known; one that may fail (`continue-on-error`) succeeds here."""
        ran = [step for step in self.steps if step.conclusion != "skipped"]
        return tuple(
            FailedStep(step.name, step.started_at, step.completed_at, step.number, before)
            for before, step in zip([None, *(step.completed_at for step in ran)], ran, strict=False)
            if step.conclusion == "failure" and step.started_at and step.completed_at
        )


@dataclass(frozen=True, slots=True)
class PullRequest:
    """The pull request that a run belongs to."""

    number: int
    author: str
    head_sha: str
    base_branch: str
    state: Literal["open", "closed"]
    draft: bool
    html_url: str


@dataclass(frozen=True, slots=True)
class Base:
    """What the run is compared with: the branch that it is to go into, and the workflow's newest end there.

    `red_since` is the first of the runs that have failed there one after the other, None where the newest passed.
    `shown` are the failures (fingerprints) that the newest was seen to have; None where that can not be told. `green`
    is the newest run that passed, where there is one.
    """

    branch: str
    newest: Run
    red_since: Run | None = None
    shown: frozenset[str] | None = None
    green: Run | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt of an earlier run, as the history knows it."""

    run: int
    attempt: int
    head_sha: str
    conclusion: Conclusion
    html_url: str


@dataclass(frozen=True, slots=True)
class Flake:
    """The proof that a failure comes and goes by itself: on one commit a job failed with it, and passed.

    `times` is on how many commits that was seen; `failed` and `passed` are of the latest of them.
    """

    failed: Attempt
    passed: Attempt
    times: int = 1


@dataclass(frozen=True, slots=True)
class IssueLink:
    """The issue that a pull request's failure is followed up in."""

    number: int
    html_url: str


@dataclass(frozen=True, slots=True)
class Case:
    """A report with everything around it that a reader must be told."""

    repository: Repository
    run: Run
    jobs: tuple[Job, ...]
    report: Report
    pull_request: PullRequest | None = None
    unread: dict[str, str] = field(default_factory=dict)
    """Name of a failed job -> why its log could not be read."""
    site: str | None = None
    """Where the pages of the signatures are, without a slash at its end; None when nobody can reach them."""
    base: Base | None = None
    changed: tuple[str, ...] = ()
    """The files that the pull request changes, as far as it was asked."""
    present: frozenset[str] = frozenset()
    """Of the paths that the findings name, those that are surely files of the commit."""
    config: Config = DEFAULTS
    """What the repository has asked for."""
    ignored: bool = False
    """Whether everything that was found is what it has asked not to hear of."""
    unwanted: int = 0
    """How much of what was found that is, though it is no less broken."""
    going: bool = False
    """Whether the run still goes on: what is said is not its end."""
    flakes: Mapping[str, Flake] = field(default_factory=dict)
    """By fingerprint, the failures that are known to come and go."""
    blocking: tuple[str, ...] = ()
    """The required checks that this run's failed jobs are, and that keep the pull request from being merged."""
    can_rerun: bool = False
    """Whether the installation lets us run jobs again."""
    remarks: tuple[str, ...] = ()
    """What is to be said once besides, such as that the configuration can not be read. Markdown."""
    lacks: tuple[str, ...] = ()
    """Which permissions are missing, for whoever can grant them: mostly nobody who reads the comment. Markdown."""
    issue: IssueLink | None = None
    """Where the failure is followed up as well."""
