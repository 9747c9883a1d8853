"""Issues and pull requests with what is said on them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Literal

from sandbox.state.times import now


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
