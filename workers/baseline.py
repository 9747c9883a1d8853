"""Whose failure it is: the same workflow on the branch that the run is to go into, red too or green."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import takewhile
from typing import Final

from bot.case import FAILED, Base, Job, Run
from bot.github import pulls, runs
from bot.github.client import Client
from bot.github.errors import ForbiddenError, NotFoundError
from diagnosis.engine import JobLog
from diagnosis.report import Report

MOST_PASSING: Final = 8 << 20
"""Bytes at the end of a passing log, whose lines are no news."""

Read = Callable[[Job], JobLog | None]
"""The log of a job; None where there is none to be had."""


def find(client: Client, run: Run, branch: str) -> Base | None:
    """The workflow's newest end on the branch, other runs of the same commit apart; None where it never ran there."""
    if run.head_repository == client.repository.name and run.head_branch == branch:
        return None
    try:
        ended = [one for one in runs.recent(client, run.workflow_id, branch) if one.id != run.id]
    except (ForbiddenError, NotFoundError):
        return None
    told = [one for one in ended if one.conclusion == "success" or one.conclusion in FAILED]
    if not told:
        return None
    red = list(takewhile(lambda one: one.conclusion in FAILED, told))
    green = next((one for one in told if one.conclusion == "success"), None)
    return Base(branch, told[0], red[-1] if red else None, green=green)


def remembered(base: Base, report: Report, failures: frozenset[str] | None) -> Base | None:
    """The base with the failures (fingerprints) that the history knows of its newest run.

    None where they do not tell of the best finding: of an unknown failure the most telling line depends on what it was
    compared with.
    """
    best = report.best
    if failures is None or best is None or (best.kind == "excerpt" and best.fingerprint not in failures):
        return None
    return replace(base, shown=failures)


def compare(client: Client, base: Base, report: Report, read: Read, diagnose: Callable[[JobLog], Report]) -> Base:
    """The base with the failures that it shows in the log of the best finding's job."""
    best = report.best
    if base.red_since is None or best is None:
        return base
    job = _job(client, base.newest, best.job)
    if job is None:
        return base
    if not job.failed:
        return replace(base, shown=frozenset())
    log = read(job)
    if log is None:
        return base
    return replace(base, shown=frozenset(finding.fingerprint for finding in diagnose(log).findings))


def passing(client: Client, base: Base | None, report: Report, read: Read) -> bytes:
    """The log of the same job where it last passed; empty where there is none to be had."""
    best = report.best
    if base is None or base.green is None or best is None:
        return b""
    job = _job(client, base.green, best.job)
    log = read(job) if job else None
    return log.source.read(max(log.source.size - MOST_PASSING, 0), log.source.size) if log else b""


def changed(client: Client, pull_request: int, report: Report) -> tuple[str, ...]:
    """The files of the pull request, where the best finding points at files."""
    best = report.best
    if best is None or not best.places:
        return ()
    try:
        return pulls.files(client, pull_request)
    except (ForbiddenError, NotFoundError):
        return ()


def _job(client: Client, run: Run, name: str | None) -> Job | None:
    return next((job for job in runs.jobs(client, run) if job.name == name), None)
