"""Makes rows of what is known: every text that may come from a log is redacted and bounded here, before it is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import fields
from typing import Final

from bot.case import Case, Job
from bot.store.retention import now
from bot.store.tables import FeedbackRow, FindingRow, RunRow
from bot.store.values import Complaint, Feedback, RecordedRun
from diagnosis.clean import strip_controls
from diagnosis.redact import redact
from diagnosis.report import Finding
from diagnosis.tell import blank_numbers

MOST_FINDINGS: Final = 100
MOST_LINES: Final = 60
MOST_LINE: Final = 500
"""Characters of a line of a log."""

MOST_WORDS: Final = 2000
_NAMES: Final = ("failing", "erroring")
"""The facts that name the tests a finding is about."""


def line(text: str, most: int) -> str:
    """A text in one line as it may be kept; no database takes half a surrogate pair."""
    plain = strip_controls(" ".join(text.split())).encode("utf-8", "replace").decode()
    return redact(plain)[:most]


def lines(text: Iterable[str], most: int = MOST_LINES) -> str:
    """Lines of a log as they may be kept: redacted as a whole first, for a secret may reach over several."""
    kept = "\n".join(strip_controls(one) for one in text).encode("utf-8", "replace").decode()
    return "\n".join(one[:MOST_LINE] for one in redact(kept).split("\n")[:most])


def subject(finding: Finding) -> str:
    """What the finding is about, as a digest: the failing tests, else the captures with their numbers blanked.

    Many a fingerprint stands for its signature alone (`3 tests failed`): two failures are the same only if this is
    the same as well.
    """
    names = [name for fact in _NAMES if isinstance(told := finding.facts.get(fact), list) for name in told]
    told = sorted(names) or [f"{name}={blank_numbers(value)}" for name, value in sorted(finding.captures.items())]
    return hashlib.sha256("\0".join(told).encode("utf-8", "replace")).hexdigest()[:16]


def run(case: Case, delivered: str, seconds: float) -> RunRow:
    """The row of an ended attempt, with its findings."""
    told, report, excerpt = case.run, case.report, case.report.excerpt
    return RunRow(
        installation=case.repository.installation,
        repository_id=case.repository.id,
        repository=case.repository.name,
        run_id=told.id,
        attempt=told.attempt,
        workflow_id=told.workflow_id,
        workflow=line(told.workflow_name, 300),
        event=told.event[:60],
        branch=line(told.head_branch, 300),
        base=line(case.base.branch, 300) if case.base else None,
        pull_request=case.pull_request.number if case.pull_request else None,
        head_sha=told.head_sha,
        html_url=told.html_url[:500],
        conclusion=told.conclusion or "",
        outcome=report.outcome,
        delivered=line(delivered, 300),
        seconds=seconds,
        spent=_spent(case.jobs),
        unread=len(case.unread),
        excerpt_line=excerpt.lines[0] if excerpt else 0,
        excerpt=lines(excerpt.text) if excerpt else "",
        recorded_at=now(),
        findings=[_finding(rank, item) for rank, item in enumerate(report.findings[:MOST_FINDINGS])],
    )


def recorded(row: RunRow) -> RecordedRun:
    """The run as the history tells it."""
    return RecordedRun(
        repository=row.repository,
        run_id=row.run_id,
        attempt=row.attempt,
        workflow=row.workflow,
        conclusion=row.conclusion,
        outcome=row.outcome,
        signature=row.findings[0].signature if row.findings else None,
        delivered=row.delivered,
        seconds=row.seconds,
        recorded_at=row.recorded_at,
    )


def feedback(complaint: Complaint, told: RunRow) -> FeedbackRow:
    """The row of a reported case: the complaint, with what the run's row says of the log."""
    best = next((finding for finding in told.findings if finding.kind != "note"), None)
    return FeedbackRow(
        installation=complaint.repository.installation,
        repository_id=complaint.repository.id,
        repository=complaint.repository.name,
        recorded_at=now(),
        number=complaint.number,
        comment=complaint.comment,
        who=complaint.who[:100],
        words=lines(complaint.words.split("\n"))[:MOST_WORDS],
        run_id=told.run_id,
        attempt=told.attempt,
        workflow=told.workflow,
        head_sha=told.head_sha,
        job=(best and best.job) or "",
        signature=best and best.signature,
        title=best.title if best else "",
        evidence=best.evidence if best else "",
        line=best.line if best else 0,
        excerpt=told.excerpt,
        excerpt_line=told.excerpt_line,
    )


def reported(row: FeedbackRow) -> Feedback:
    """The reported case as the maintainers see it."""
    return Feedback(**{item.name: getattr(row, item.name) for item in fields(Feedback)})


def _finding(rank: int, finding: Finding) -> FindingRow:
    return FindingRow(
        rank=rank,
        signature=finding.signature,
        category=finding.category,
        kind=finding.kind,
        confidence=finding.confidence,
        fingerprint=finding.fingerprint,
        subject=subject(finding),
        job=line(finding.job, 300) if finding.job else None,
        title=line(finding.title, 500),
        line=finding.lines[0] if finding.lines else 0,
        evidence=lines(finding.evidence),
    )


def _spent(jobs: Iterable[Job]) -> float:
    """Seconds for which the failed jobs ran, as far as GitHub tells."""
    return sum(job.seconds for job in jobs if job.failed)
