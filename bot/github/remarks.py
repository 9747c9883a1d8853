"""What GitHub remarks about a job beside its log: why it never started, was lost on the way, or took too long."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from bot.case import Job
from bot.github.client import Client
from bot.github.errors import ForbiddenError, NotFoundError

MOST_ASKED: Final = 8
"""Cancelled jobs of a run that are asked about; a newer push cancels a whole matrix at once."""

LEAST_SECONDS: Final = 60.0
"""A time limit is told in minutes: what was cancelled earlier has not reached one."""

_TOO_LONG: Final = "exceeded the maximum execution time"
_SAYS_NOTHING: Final = re.compile(r"Process completed with exit code -?\d+\.?|The operation was canceled\.")
_STOPPED: Final = b"##[error]The operation was canceled."


def of(client: Client, job: Job) -> tuple[str, ...]:
    """The errors that are remarked at the job's check run, which has the job's id, without those that name no reason.

    Empty where they may not be read.
    """
    try:
        listed = client.get(f"/check-runs/{job.id}/annotations", per_page=50)
    except (ForbiddenError, NotFoundError):
        return ()
    errors = [one.get("message") or "" for one in listed if one["annotation_level"] == "failure"]
    return tuple(text for text in errors if text and not _SAYS_NOTHING.fullmatch(text))


def with_timeouts(client: Client, jobs: Sequence[Job]) -> tuple[Job, ...]:
    """The jobs, those told as timed out that GitHub stopped for taking too long: it calls them cancelled."""
    stopped = [job for job in jobs if job.conclusion == "cancelled" and job.seconds >= LEAST_SECONDS]
    asked = sorted(stopped, key=lambda job: job.seconds, reverse=True)[:MOST_ASKED]
    late = {job.id for job in asked if any(_TOO_LONG in text for text in of(client, job))}
    return tuple(replace(job, conclusion="timed_out") if job.id in late else job for job in jobs)


def added(log: bytes, remarks: Iterable[str]) -> bytes:
    """The log with the remarks that it lacks as errors, where they keep the number of each line that tells something.

    That is above the line which says that the job was stopped, with that line's time, or else at the end.
    """
    errors = [b"##[error]" + text.encode("utf-8", "replace") for text in remarks]
    lacking = [error for error in errors if error not in log]
    if not lacking:
        return log
    stopped = log.rfind(_STOPPED)
    if stopped < 0:
        whole = log if log.endswith(b"\n") or not log else log + b"\n"
        return whole + b"".join(error + b"\n" for error in lacking)
    start = log.rfind(b"\n", 0, stopped) + 1
    time = log[start:stopped]
    return log[:start] + b"".join(time + error + b"\n" for error in lacking) + log[start:]
