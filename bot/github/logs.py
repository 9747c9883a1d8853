"""The log of a job, or why there is none: expired, never written, or not yet."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import requests

from bot.case import Job
from bot.errors import RetryLater
from bot.github import download, remarks
from bot.github.client import Client
from bot.github.download import Limits, Log
from bot.github.errors import ForbiddenError, GoneError, NotFoundError

WAITS: Final = (5.0, 15.0, 45.0, 120.0)
"""Seconds between two looks for a log that a job which has just ended has not handed in yet."""

EXPIRED: Final = "its log has expired"
NEVER: Final = "its log was never written; the runner was probably lost"
CANCELLED: Final = "it was cancelled before its log was written"
FORBIDDEN: Final = "reading its log is not permitted to this App"
REFUSED: Final = "the link to its log leads to a host that logs may not come from"
UNREACHABLE: Final = "the host of its log does not answer"

_A_DAY: Final = 24 * 3600.0


class UnreadError(Exception):
    """There is no log to be had; the text says why, as the end of a sentence about the job."""


def read(
    client: Client,
    job: Job,
    trusted: Collection[str] = (),
    limits: Limits | None = None,
    now: datetime | None = None,
) -> Log:
    """The job's log, with what GitHub remarks about the job where none of its steps tells of a failure.

    Raises UnreadError with the reason when it can not be had, RetryLater when it is not written yet. How long to wait
    follows from how long ago the job ended, so that nobody has to remember how often it was tried.
    """
    try:
        log = _read(client, job, trusted, limits, _age(job, now or datetime.now(UTC)))
    except (UnreadError, RetryLater) as error:
        # What never came to a runner, or was lost with it, has no log and will have none.
        told = remarks.of(client, job) if not job.steps or error.args == (NEVER,) else ()
        if not told:
            raise
        return Log(remarks.added(b"", told))
    if job.failed and not any(step.conclusion == "failure" for step in job.steps):
        return replace(log, data=remarks.added(log.data, remarks.of(client, job)))
    return log


def _read(client: Client, job: Job, trusted: Collection[str], limits: Limits | None, age: float) -> Log:
    try:
        return _fetched(client, job, trusted, limits)
    except GoneError as error:
        raise UnreadError(EXPIRED) from error
    except ForbiddenError as error:
        raise UnreadError(FORBIDDEN) from error
    except NotFoundError as error:
        raise _missing(job, age, written=True) from error
    except download.MissingError as error:
        raise _missing(job, age, written=error.written) from error
    except download.RefusedError as error:
        raise UnreadError(REFUSED) from error
    except requests.RequestException as error:
        raise (RetryLater(UNREACHABLE, 30) if age < sum(WAITS) else UnreadError(UNREACHABLE)) from error


def _fetched(client: Client, job: Job, trusted: Collection[str], limits: Limits | None) -> Log:
    """Through a second link where the host breaks off at the first: one log of fifty would put off the whole run."""
    try:
        return download.fetch(_link(client, job), trusted, limits)
    except requests.Timeout:
        raise
    except requests.RequestException:
        return download.fetch(_link(client, job), trusted, limits)


def _link(client: Client, job: Job) -> str:
    place = client.location(f"/actions/jobs/{job.id}/logs")
    if place is None:
        raise UnreadError(NEVER)
    return place


def _missing(job: Job, age: float, *, written: bool) -> Exception:
    if job.conclusion in ("cancelled", "skipped"):
        return UnreadError(CANCELLED)
    if job.status != "completed":
        return RetryLater("a job's log is not written yet", WAITS[1])
    waited = 0.0
    for wait in WAITS:
        waited += wait
        if age < waited:
            return RetryLater("a job's log is not written yet", wait)
    return UnreadError(EXPIRED if written and age > _A_DAY else NEVER)


def _age(job: Job, now: datetime) -> float:
    """Seconds since the job ended; a job without that time counts as old."""
    if not job.completed_at:
        return _A_DAY
    ended = datetime.fromisoformat(job.completed_at.replace("Z", "+00:00"))
    return (now - ended).total_seconds()
