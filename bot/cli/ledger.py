"""What would have been posted for runs, in the order of time: comments and edits, issues opened, counted, closed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.case import Run
from diagnosis.report import Finding, Report

REOPENS: Final = timedelta(days=10)
"""How long after its closing a failure that is back reopens its issue."""

FLIPS: Final = 2
"""Returns after which an issue stays open, for its failure comes and goes."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A failed run as it is found now: its report, the pull request that it is told on, or why nothing is said."""

    run: Run
    report: Report
    headline: str
    pull_request: int | None = None
    silence: str = ""
    unread: tuple[str, ...] = ()
    """Why the logs of some jobs could not be read."""

    @property
    def best(self) -> Finding | None:
        """The finding that explains it."""
        return self.report.best

    @property
    def fingerprint(self) -> str:
        """What its issue is found by."""
        told = f"unexplained {self.run.workflow_id}".encode()
        return self.best.fingerprint if self.best else hashlib.sha256(told).hexdigest()[:16]


@dataclass(slots=True)
class Comment:
    """The one comment on a pull request."""

    pull_request: int
    edits: int = 0
    red: dict[int, str] = field(default_factory=dict)
    """Workflow -> branch, of those that are red in it."""
    headline: str = ""


@dataclass(slots=True)
class Issue:
    """The issue of a fingerprint: `red` are the workflows on branches that are red in it."""

    fingerprint: str
    headline: str
    seen: int = 0
    closings: int = 0
    returns: int = 0
    closed_at: str = ""
    red: set[tuple[int, str]] = field(default_factory=set)

    @property
    def open(self) -> bool:
        """Whether it stands open in the end."""
        return not self.closed_at


@dataclass(frozen=True, slots=True)
class Told:
    """A failed run and what would have been done for it."""

    failed: Failed
    done: str


@dataclass(slots=True)
class Ledger:
    """All of it, run by run. `notifications` counts what GitHub would have sent mail for: edits are not among it."""

    told: list[Told] = field(default_factory=list)
    comments: dict[int, Comment] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    notifications: int = 0
    turned_green: int = 0
    """Edits that turned a comment green."""

    def red(self, failed: Failed) -> None:
        """A run that failed."""
        if failed.silence:
            done = f"silent: {failed.silence}"
        elif failed.pull_request is not None:
            done = self._comment(failed, failed.pull_request)
        else:
            done = self._issue(failed)
        self.told.append(Told(failed, done))

    def green(self, run: Run) -> None:
        """A run that passed: it turns its workflow's part of a comment green, and closes issues."""
        for comment in self.comments.values():
            if comment.red.get(run.workflow_id) == f"{run.head_repository}:{run.head_branch}":
                del comment.red[run.workflow_id]
                comment.edits += 1
                self.turned_green += 1
        for issue in self.issues:
            if issue.open and (run.workflow_id, run.line) in issue.red:
                issue.red.discard((run.workflow_id, run.line))
                if not issue.red and issue.returns < FLIPS:
                    issue.closed_at, issue.closings = run.updated_at, issue.closings + 1
                    self.notifications += 1

    def _comment(self, failed: Failed, number: int) -> str:
        run, comment = failed.run, self.comments.get(number)
        if comment is None:
            comment = self.comments[number] = Comment(number)
            self.notifications += 1
            done = f"comment on #{number}"
        else:
            comment.edits += 1
            done = f"edit on #{number}"
        comment.red[run.workflow_id] = f"{run.head_repository}:{run.head_branch}"
        comment.headline = failed.headline
        return done

    def _issue(self, failed: Failed) -> str:
        run = failed.run
        issue = next((one for one in self.issues if one.fingerprint == failed.fingerprint and _usable(one, run)), None)
        if issue is None:
            issue = Issue(failed.fingerprint, failed.headline)
            self.issues.append(issue)
            done = "issue opened"
            self.notifications += 1
        elif issue.open:
            done = "issue counted"
        else:
            issue.closed_at, issue.returns = "", issue.returns + 1
            done = "issue reopened"
            self.notifications += 1
        issue.seen += 1
        issue.red.add((run.workflow_id, run.line))
        return done


def kept(timeline: Iterable[Run], failed: dict[int, Failed]) -> Ledger:
    """The ledger of runs in the order in which they ended; `failed` by the id of the run."""
    ledger = Ledger()
    for run in timeline:
        if run.id in failed:
            ledger.red(failed[run.id])
        elif run.conclusion == "success":
            ledger.green(run)
    return ledger


def _usable(issue: Issue, run: Run) -> bool:
    return issue.open or _time(run.updated_at) - _time(issue.closed_at) <= REOPENS


def _time(told: str) -> datetime:
    return datetime.fromisoformat(told)
