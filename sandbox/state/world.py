"""The whole: people, repositories, the App with its installations and tokens, and what it was told."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from sandbox.git import Commit
from sandbox.state.actions import CheckRun, Run, Workflow
from sandbox.state.conversation import Issue, Label
from sandbox.state.times import now

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


@dataclass(slots=True)
class User:
    """A person, an organisation or a bot."""

    id: int
    login: str
    type: Literal["User", "Organization", "Bot"] = "User"


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
