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

_BY_GITHUB: Final = re.compile(
    r"exceeded the maximum execution time|lost communication with the server|received a shutdown signal"
    r"|encountered an internal error|was not acquired by Runner"
)
_BY_SOMEBODY: Final = re.compile(r"The run was canceled by @|Canceling since a higher priority")
"""Whole runs, so that no other job of them needs to be asked about."""
_BY_THE_MATRIX: Final = re.compile(r"The strategy configuration was canceled because")
"""All jobs of it, once one has failed."""

_SAYS_NOTHING: Final = re.compile(r"Process completed with exit code -?\d+\.?|The operation was canceled\.")
_STOPPED: Final = b"##[error]The operation was canceled."


def of(client: Client, job: Job) -> tuple[str, ...]:
    """The errors that are remarked at the job's check run, which has the job's id, without those that name no reason.

    Empty where they may not be read.
    """
    if not client.may("checks", "read"):
        return ()
    try:
        listed = client.get(f"/check-runs/{job.id}/annotations", per_page=50)
    except (ForbiddenError, NotFoundError):
        return ()
    errors = [one.get("message") or "" for one in listed if one["annotation_level"] == "failure"]
    return tuple(text for text in errors if text and not _SAYS_NOTHING.fullmatch(text))


def with_stopped(client: Client, jobs: Sequence[Job]) -> tuple[Job, ...]:
    """The jobs, those told as failed that GitHub itself stopped: it calls them cancelled, whoever stopped them.

    The longest are asked about first, as what took too long is among them.
    """
    cancelled = [job for job in jobs if job.conclusion == "cancelled"]
    stopped, settled = set[int](), set[str]()
    for job in sorted(cancelled, key=lambda job: job.seconds, reverse=True)[:MOST_ASKED]:
        if job.family in settled:
            continue
        said = "\n".join(of(client, job))
        # First who wished for it: a runner that is told to stop may be remarked upon as well.
        if _BY_SOMEBODY.search(said):
            break
        if _BY_GITHUB.search(said):
            stopped.add(job.id)
        elif _BY_THE_MATRIX.search(said):
            settled.add(job.family)
    return tuple(replace(job, conclusion="failure") if job.id in stopped else job for job in jobs)


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
