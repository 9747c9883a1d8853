"""What the local GitHub knows: plain records, one lock, no knowledge of HTTP."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from sandbox.git import Commit

FULL_PERMISSIONS = {
    "actions": "read",
    "checks": "write",
    "contents": "read",
    "issues": "write",
    "metadata": "read",
    "pull_requests": "write",
}
EVENTS = ["check_run", "issue_comment", "pull_request", "workflow_run"]
"""What the App is told of; not workflow_job, which GitHub's description leaves out of an App's events."""
LogState = Literal["available", "expired", "absent", "no-blob"]
"""How a job's log answers: 302 and text; 410; 404; 302 and then the blob store's own 404."""


def now() -> str:
    """The present in GitHub's notation, whole seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(slots=True)
class User:
    """A person, an organisation or a bot."""

    id: int
    login: str
    type: Literal["User", "Organization", "Bot"] = "User"


@dataclass(slots=True)
class Label:
    """A label of a repository."""

    id: int
    name: str
    color: str = "ededed"
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Reaction:
    """What somebody thinks of a comment."""

    id: int
    author: str
    content: str
    created_at: str = field(default_factory=now)


@dataclass(slots=True)
class Comment:
    """A comment on an issue or a pull request; `by_app` when the App wrote it."""

    id: int
    author: str
    body: str
    by_app: bool
    reactions: list[Reaction] = field(default_factory=list)
    created_at: str = field(default_factory=now)
    updated_at: str = field(default_factory=now)
    born: float = field(default_factory=time.monotonic)


@dataclass(slots=True)
class ReviewComment:
    """A comment at lines of a diff's new side."""

    id: int
    path: str
    body: str
    line: int
    start_line: int | None = None
    minimized: str | None = None


@dataclass(slots=True)
class Review:
    """A review of a pull request."""

    id: int
    author: str
    body: str
    event: str
    commit_id: str
    comments: list[ReviewComment] = field(default_factory=list)
    submitted_at: str = field(default_factory=now)
    born: float = field(default_factory=time.monotonic)


@dataclass(slots=True)
class Pull:
    """What makes an issue a pull request."""

    base: str
    head: str
    head_repository: int | None
    head_sha: str
    base_sha: str
    draft: bool = False
    merged_at: str | None = None
    reviews: list[Review] = field(default_factory=list)


@dataclass(slots=True)
class Issue:
    """An issue; a pull request when `pull` is set, as on GitHub."""

    id: int
    number: int
    title: str
    body: str | None
    author: str
    by_app: bool = False
    state: Literal["open", "closed"] = "open"
    state_reason: str | None = None
    labels: list[str] = field(default_factory=list)
    assignees: list[str] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    pull: Pull | None = None
    created_at: str = field(default_factory=now)
    updated_at: str = field(default_factory=now)
    closed_at: str | None = None
    born: float = field(default_factory=time.monotonic)


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


@dataclass(slots=True)
class Repository:
    """A repository with all that belongs to it.

    `required_checks` are the default branch's by its rules, `protected_checks` those by its classic protection.
    """

    id: int
    owner: str
    name: str
    private: bool
    default_branch: str
    parent: int | None = None
    issues_enabled: bool = True
    assignable: set[str] = field(default_factory=set)
    roles: dict[str, str] = field(default_factory=dict)
    """By login: admin, maintain, write, triage, read. The owner is an admin."""
    commits: dict[str, Commit] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    workflows: dict[int, Workflow] = field(default_factory=dict)
    runs: dict[int, Run] = field(default_factory=dict)
    check_runs: dict[int, CheckRun] = field(default_factory=dict)
    required_checks: list[str] = field(default_factory=list)
    protected_checks: list[str] = field(default_factory=list)
    created_at: str = field(default_factory=now)

    @property
    def full_name(self) -> str:
        """`owner/name`."""
        return f"{self.owner}/{self.name}"

    def next_number(self) -> int:
        """The number of the next issue or pull request; both count on."""
        return max(self.issues, default=0) + 1

    def commit(self, ref: str) -> Commit | None:
        """The commit that a branch, a full name or a prefix of at least seven digits names."""
        ref = ref.removeprefix("refs/heads/").removeprefix("heads/")
        sha = self.branches.get(ref, ref)
        if sha in self.commits:
            return self.commits[sha]
        matches = [found for known, found in self.commits.items() if len(ref) >= 7 and known.startswith(ref)]
        return matches[0] if len(matches) == 1 else None


@dataclass(slots=True)
class Installation:
    """The App on an account. `repositories` are ids."""

    id: int
    account: str
    permissions: dict[str, str]
    repositories: set[int] = field(default_factory=set)
    suspended_at: str | None = None
    created_at: str = field(default_factory=now)


@dataclass(frozen=True, slots=True)
class Token:
    """What a bearer may do, on which repositories (None: on all), until when (seconds since 1970)."""

    login: str
    permissions: dict[str, str]
    repositories: frozenset[int] | None
    expires: float
    installation: int | None = None


@dataclass(slots=True)
class Delivery:
    """A webhook that was sent; `status_code` 0 when nobody answered, `foreign` when a test wrote the payload."""

    id: int
    guid: str
    event: str
    action: str | None
    payload: dict[str, object]
    headers: dict[str, str]
    installation: int | None
    repository: int | None
    redelivery: bool
    foreign: bool = False
    status: str = "pending"
    status_code: int = 0
    answer: str = ""
    duration: float = 0.0
    delivered_at: str = field(default_factory=now)


@dataclass(slots=True)
class World:
    """Everything. Whoever reads or writes it holds `lock`."""

    url: str
    logs_url: str
    app_id: int
    app_slug: str
    public_key: str
    webhook_secret: str
    hook_url: str | None
    users: dict[str, User] = field(default_factory=dict)
    repositories: dict[int, Repository] = field(default_factory=dict)
    installations: dict[int, Installation] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    deliveries: dict[int, Delivery] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    ids: Iterable[int] = field(default_factory=lambda: itertools.count(1001))

    @property
    def api(self) -> str:
        """The root of the API's addresses."""
        return f"{self.url}/api/v3"

    @property
    def app_login(self) -> str:
        """The name under which the App writes."""
        return f"{self.app_slug}[bot]"

    def forget(self) -> None:
        """Everything but the App itself."""
        for kept in (self.users, self.repositories, self.installations, self.tokens, self.deliveries):
            kept.clear()

    def next_id(self) -> int:
        """An id that no other record of any kind has."""
        return next(iter(self.ids))

    def user(self, login: str) -> User:
        """The user of that name, made when first heard of."""
        if login not in self.users:
            kind: Literal["User", "Bot"] = "Bot" if login.endswith("[bot]") else "User"
            self.users[login] = User(self.next_id(), login, kind)
        return self.users[login]

    def repository(self, full_name: str) -> Repository | None:
        """The repository of that name; case does not matter, as on GitHub."""
        wanted = full_name.lower()
        return next((one for one in self.repositories.values() if one.full_name.lower() == wanted), None)

    def installation_of(self, repository: Repository) -> Installation | None:
        """The installation that has the repository."""
        return next((one for one in self.installations.values() if repository.id in one.repositories), None)
