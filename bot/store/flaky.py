"""The proof that a failure comes and goes by itself: on one commit a workflow failed with it, and then passed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from bot.case import FAILED, Attempt, Flake, Repository, Run
from bot.store import rows
from bot.store.tables import FindingRow, RunRow
from diagnosis.report import Finding

KINDS: Final = ("cause", "symptom")
"""What names a failure. A wrapper only says that something failed, an excerpt is a guess: neither can be recognised."""

MENDED_ELSEWHERE: Final = frozenset({"auth", "config", "policy", "secrets", "security"})
"""Categories that people repair without a commit: a secret that was set between two attempts proves no flake."""

OF_ONE_COMMIT: Final = ("push", "schedule")
"""Events of which two runs of a commit on a branch test the same: for others a base or an input may have changed."""

MOST: Final = 500
"""Pairs of runs that are looked at, the latest first."""

_Red = aliased(RunRow)
_Green = aliased(RunRow)


def flakes(session: Session, repository: Repository, findings: Iterable[Finding]) -> dict[str, Flake]:
    """By fingerprint, which of these findings are known to come and go."""
    wanted = {item.fingerprint: rows.subject(item) for item in findings if _may_flake(item.kind, item.category)}
    if not wanted:
        return {}
    found = _pairs().where(_Red.repository_id == repository.id, FindingRow.fingerprint.in_(wanted))
    return _gathered(session, found, wanted)


def proven(session: Session, repository: Repository, green: Run) -> dict[str, Flake]:
    """By fingerprint, the failures of its own commit that this green run proves to come and go."""
    of_run = (_Green.repository_id == repository.id, _Green.run_id == green.id, _Green.attempt == green.attempt)
    return _gathered(session, _pairs().where(*of_run), None)


def has_failed(session: Session, repository: Repository, green: Run) -> bool:
    """Whether the green run's workflow is known to have failed before on the same commit."""
    found = select(RunRow.id).where(
        RunRow.repository_id == repository.id,
        RunRow.head_sha == green.head_sha,
        RunRow.workflow_id == green.workflow_id,
        RunRow.conclusion.in_(FAILED),
    )
    return session.scalar(found.limit(1)) is not None


def _pairs() -> Select[FindingRow, RunRow, RunRow]:
    """Findings with the red run that they are of and a green run that disproves them, the latest first."""
    return (
        select(FindingRow, _Red, _Green)
        .join(_Red, FindingRow.run == _Red.id)
        .join(_Green, _passed_after())
        .where(
            _Red.conclusion.in_(FAILED),
            _Green.conclusion == "success",
            FindingRow.kind.in_(KINDS),
            FindingRow.category.not_in(MENDED_ELSEWHERE),
        )
        .order_by(_Red.recorded_at.desc(), _Red.id.desc(), _Green.id)
        .limit(MOST)
    )


def _passed_after() -> ColumnElement[bool]:
    attempts = and_(_Green.run_id == _Red.run_id, _Green.attempt > _Red.attempt)
    runs = and_(
        _Green.run_id > _Red.run_id,
        _Green.event == _Red.event,
        _Green.branch == _Red.branch,
        _Red.event.in_(OF_ONE_COMMIT),
    )
    return and_(
        _Green.repository_id == _Red.repository_id,
        _Green.head_sha == _Red.head_sha,
        _Green.workflow_id == _Red.workflow_id,
        or_(attempts, runs),
    )


def _gathered(
    session: Session, pairs: Select[FindingRow, RunRow, RunRow], wanted: Mapping[str, str] | None
) -> dict[str, Flake]:
    told: dict[str, Flake] = {}
    commits: dict[str, set[str]] = {}
    for finding, red, green in session.execute(pairs):
        if wanted is not None and wanted[finding.fingerprint] != finding.subject:
            continue
        commits.setdefault(finding.fingerprint, set()).add(red.head_sha)
        told.setdefault(finding.fingerprint, Flake(_seen(red), _seen(green)))
    return {name: Flake(flake.failed, flake.passed, len(commits[name])) for name, flake in told.items()}


def _may_flake(kind: str, category: str) -> bool:
    return kind in KINDS and category not in MENDED_ELSEWHERE


def _seen(row: RunRow) -> Attempt:
    return Attempt(row.run_id, row.attempt, row.head_sha, row.conclusion, row.html_url)
