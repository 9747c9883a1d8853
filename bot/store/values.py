"""What goes into the store and what comes out of it, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.case import Repository, Run


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """A diagnosed run as the history tells it. `signature` is the best finding's id, None for an unknown failure."""

    repository: str
    run_id: int
    attempt: int
    workflow: str
    conclusion: str
    outcome: str
    signature: str | None
    delivered: str
    seconds: float
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Post:
    """What an outlet did for a run. `thing` is the number of the issue or pull request in which it says so."""

    repository: Repository
    run: Run
    outlet: str
    says: str
    thing: int | None = None
    url: str = ""
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Complaint:
    """Somebody says that a diagnosis is wrong: in which conversation, by which comment, in which words."""

    repository: Repository
    number: int
    comment: int
    who: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Feedback:
    """A reported case as it is kept: the words, and what was said of the log (redacted) at that time.

    `number` is the conversation's. `excerpt` is the stretch of the log around the most telling line, which is `line`
    of the whole log; `excerpt_line` is the number of its first line.
    """

    id: int
    repository: str
    number: int
    who: str
    words: str
    recorded_at: datetime
    run_id: int
    attempt: int
    workflow: str
    head_sha: str
    job: str
    signature: str | None
    title: str
    evidence: str
    line: int
    excerpt: str
    excerpt_line: int
