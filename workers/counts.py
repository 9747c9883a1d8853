"""What is counted of a run: how it ended for those who wait for it, what it was, and what it cost."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

import redis

from bot import metrics
from bot.case import Case, Job, Run
from diagnosis.report import Finding, Report
from workers.office import Office

COUNTED: Final = 7 * 24 * 3600
"""Seconds for which an attempt that is told once more is not counted again."""

UNKNOWN: Final = "unknown"
LOCAL: Final = "local/"

_REASONS: Final[Mapping[str, tuple[str, ...]]] = {
    "refused": ("refused", "was refused", "not permitted", "issues are off"),
    "superseded": ("superseded", "a newer ", "has passed since", "its pull request is closed", "the run has ended"),
    "unclear": ("more than one pull request", "pull request was not found"),
    "nothing to settle": ("no issue to close", "red to settle", "red check to settle", "could be settled"),
    "nothing failed": ("no job ", "cancelled", "skipped", "neutral", "action_required", "stale", "no conclusion"),
    "nothing new": ("already", "still red", "still goes on", "nothing to suggest", "told early", "to take back"),
    "not wanted": ("ignored by", "not watched", "not wanted", "wished for", "was asked for"),
    "taken away": ("somebody ", "was deleted"),
    "owner not allowed": ("owner not allowed",),
}
"""The kinds of silence, each with words of its reasons; the first kind that fits."""


def run(done: str) -> None:
    """A job about an attempt has ended."""
    metrics.RUNS.add(end(done))


def end(done: str) -> str:
    """How it ended: `told`, `shadow`, or the kind of reason for which nothing was said."""
    if not done.startswith("silent"):
        return "shadow" if done.startswith("shadow") else "told"
    # A refusal quotes GitHub in brackets.
    reason = done.partition(" (")[0]
    return next((kind for kind, words in _REASONS.items() if any(word in reason for word in words)), metrics.OTHER)


def diagnosed(report: Report, seconds: float, *, going: bool) -> None:
    """A failed run was diagnosed, in so many seconds."""
    metrics.DIAGNOSES.add(report.outcome, "early" if going else "end")
    metrics.DIAGNOSIS_SECONDS.observe(seconds=seconds)


def failed(office: Office, case: Case, done: str) -> None:
    """What an ended attempt failed with, for how long its jobs ran in vain, and how soon that was told; once."""
    if not _is_first(office.connection, case):
        return
    best = case.report.best
    metrics.FINDINGS.add(_signature(best), best.category if best else UNKNOWN)
    for job in case.jobs:
        if job.failed:
            metrics.FAILED_JOB_SECONDS.add(_category(case.report, job), by=job.seconds)
    if end(done) == "told" and case.run.updated_at:
        metrics.TOLD_SECONDS.observe(seconds=_since(case.run))


def _is_first(connection: redis.Redis, case: Case) -> bool:
    name = f"whyred:counted:{case.repository.id}:{case.run.id}:{case.run.attempt}"
    # It has been told: a Redis that fails now must not have it told again.
    with suppress(redis.RedisError):
        return bool(connection.set(name, 1, nx=True, ex=COUNTED))
    return True


def _signature(best: Finding | None) -> str:
    """Its id; repositories' own are counted together, for they are theirs to name, and as many as they like."""
    if best is None or best.signature is None:
        return UNKNOWN
    return LOCAL.rstrip("/") if best.signature.startswith(LOCAL) else best.signature


def _category(report: Report, job: Job) -> str:
    """That of what explains this job best, else of what explains the run."""
    errors = [item for item in report.findings if item.severity == "error"]
    found = next((item for item in errors if item.job == job.name), report.best)
    return found.category if found else UNKNOWN


def _since(run: Run) -> float:
    """Seconds since the run ended, by our clock and GitHub's."""
    return max((datetime.now(UTC) - datetime.fromisoformat(run.updated_at)).total_seconds(), 0.0)
