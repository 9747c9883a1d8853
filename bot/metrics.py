"""What the App counts about itself: where something happens it is noted, and once a job all of it goes to Redis.

A job is worked on in a process of its own that ends with it, so that only what all processes share can hold the sums:
one hash, with a field for each series. What is noted here never holds a text of others': a label's values are listed,
or are ids of ours, and any other value counts as `other`.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import redis
import structlog

KEY: Final = "whyred:metrics"
OTHER: Final = "other"
_ID: Final = re.compile(r"[a-z0-9][a-z0-9_./+-]{0,99}")
"""What a label's value must be where its values are not listed."""

log = structlog.get_logger()


class _Noted:
    """What was noted in this process since it was last taken to Redis. Several threads may note."""

    def __init__(self) -> None:
        self._sums: dict[str, float] = {}
        self._lock = threading.Lock()
        self.taken_at = 0.0

    def add(self, field: str, by: float) -> None:
        with self._lock:
            self._sums[field] = self._sums.get(field, 0) + by

    def take(self) -> dict[str, float]:
        """All of it, which is then noted no longer."""
        with self._lock:
            taken, self._sums, self.taken_at = self._sums, {}, time.monotonic()
        return taken


_NOTED: Final = _Noted()


def flush(connection: redis.Redis, *, every: float = 0.0) -> None:
    """Take what was noted to Redis; what Redis does not take is lost. `every`: not again within so many seconds."""
    if time.monotonic() - _NOTED.taken_at < every:
        return
    noted = _NOTED.take()
    if not noted:
        return
    try:
        with connection.pipeline(transaction=False) as pipeline:
            for field, by in noted.items():
                pipeline.hincrbyfloat(KEY, field, by)
            pipeline.execute()
    except redis.RedisError as error:
        # Nobody's work may wait for figures about it, nor be done twice for them.
        log.warning("metrics lost", error=type(error).__name__)


@dataclass(frozen=True, slots=True)
class _Metric:
    """A metric by its name in the exposition. A label has its values listed; None: ids of ours."""

    name: str
    help: str
    labels: Mapping[str, frozenset[str] | None]

    def field(self, values: tuple[str, ...], part: str = "") -> str:
        """Where the hash holds a series, or a part of it."""
        told = zip(values, self.labels.values(), strict=True)
        return "\t".join((self.name, *(_bounded(value, listed) for value, listed in told), part))


class Counter(_Metric):
    """Something that only grows."""

    def add(self, *values: str, by: float = 1) -> None:
        """Note it, with a value for each label."""
        if by:
            _NOTED.add(self.field(values), by)


@dataclass(frozen=True, slots=True)
class Histogram(_Metric):
    """How long something took: how often up to so many seconds."""

    bounds: tuple[float, ...] = ()

    def observe(self, *values: str, seconds: float) -> None:
        """Note one duration, with a value for each label."""
        bound = next((str(bound) for bound in self.bounds if seconds <= bound), "+Inf")
        _NOTED.add(self.field(values, bound), 1)
        _NOTED.add(self.field(values, "sum"), seconds)


def _bounded(value: str, listed: frozenset[str] | None) -> str:
    known = _ID.fullmatch(value) if listed is None else value in listed
    return value if known else OTHER


def _words(*words: str) -> frozenset[str]:
    return frozenset(words) | {OTHER}


_JOBS: Final = _words(
    *("diagnose_run", "diagnose_early", "obey", "press", "tell", "reconcile"),
    *("forget_repositories", "forget_installation"),
)
_EVENTS: Final = _words(
    *("workflow_run", "workflow_job", "issue_comment", "check_run", "pull_request"),
    *("installation", "installation_repositories", "ping"),
)
_ANSWERS: Final = _words(
    *("queued", "queued already", "noted", "pong", "ignored", "refused", "malformed", "unavailable")
)
_ENDS: Final = _words(
    *("told", "shadow", "nothing new", "nothing to settle", "nothing failed", "superseded", "not wanted"),
    *("taken away", "unclear", "refused", "owner not allowed"),
)
_OUTLETS: Final = _words("comment", "issue", "check", "review", "reply", "rerun", "chat")
_DEEDS: Final = _words(
    *("commented", "edited", "opened", "counted", "reopened", "closed", "kept open", "checked", "checked anew"),
    *("check settled", "suggested", "answered", "run again", "silent", "told", "not told"),
)

WEBHOOKS: Final = Counter(
    "whyred_webhooks_total",
    "Webhooks received, by event and by what they were answered.",
    {"event": _EVENTS, "answer": _ANSWERS},
)
ASKED_AGAIN: Final = Counter(
    "whyred_webhooks_asked_again_total",
    "Webhooks that did not arrive and that GitHub was asked to deliver once more, by event.",
    {"event": _EVENTS},
)
JOB_SECONDS: Final = Histogram(
    "whyred_job_seconds",
    "Seconds for which a job of the queue was worked on, whatever became of it.",
    {"job": _JOBS},
    (0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 180.0),
)
JOBS_FAILED: Final = Counter(
    "whyred_jobs_failed_total", "Jobs that ended with an error; most are tried again.", {"job": _JOBS}
)
JOBS_PUT_OFF: Final = Counter(
    "whyred_jobs_put_off_total",
    "Jobs that asked for another time, by why: GitHub's rate limit, or something else.",
    {"job": _JOBS, "why": _words("rate limit")},
)
JOBS_DEAD: Final = Counter(
    "whyred_jobs_dead_total",
    "Jobs given up, by how they ended: with an error, killed, or abandoned by a worker that died.",
    {"why": _words("error", "killed", "abandoned")},
)
RUNS: Final = Counter(
    "whyred_runs_total", "Attempts of workflow runs worked on: told, or the kind of reason why not.", {"end": _ENDS}
)
DIAGNOSES: Final = Counter(
    "whyred_diagnoses_total",
    "Diagnoses of failed runs, by outcome and by whether the run had ended or still went on (early).",
    {"outcome": _words("diagnosed", "unrecognised", "no-failure"), "when": _words("end", "early")},
)
DIAGNOSIS_SECONDS: Final = Histogram(
    "whyred_diagnosis_seconds",
    "Seconds until a failed run was diagnosed: its logs read, the repository and the base branch asked.",
    {},
    (0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0, 60.0, 90.0, 120.0, 180.0),
)
FINDINGS: Final = Counter(
    "whyred_findings_total",
    "Failed attempts by what explains them best; `unknown` where nothing does, `local` for repositories' own.",
    {"signature": None, "category": None},
)
FAILED_JOB_SECONDS: Final = Counter(
    "whyred_failed_job_seconds_total",
    "Seconds for which the failed jobs of workflow runs ran, by the category of their failure.",
    {"category": None},
)
TOLD_SECONDS: Final = Histogram(
    "whyred_told_seconds",
    "Seconds from the end of a failed run until it was told, waiting in the queue and for GitHub included.",
    {},
    (5.0, 10.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 300.0, 600.0, 1800.0, 3600.0),
)
WRITES: Final = Counter(
    "whyred_writes_total", "What was written, by where and by what was done.", {"outlet": _OUTLETS, "done": _DEEDS}
)
HEALED: Final = Counter(
    "whyred_duplicates_healed_total", "Surplus things of ours that were merged and taken away.", {"outlet": _OUTLETS}
)
FLAKES: Final = Counter("whyred_flakes_proven_total", "Failures that a green run of the same commit disproved.", {})
RERUNS: Final = Counter(
    "whyred_reruns_total",
    "Runs whose failed jobs were run again, by who wanted it: the repository's policy, or a person.",
    {"by": _words("policy", "person")},
)
COMMANDS: Final = Counter(
    "whyred_commands_total",
    "Commands in comments, and buttons of check runs, by word and by how they were answered.",
    {
        "word": _words("explain", "rerun", "wrong", "quiet", "resume", "help", "unknown", "rerequested"),
        "answer": _words("+1", "-1", "eyes", "confused", "silent", "pressed"),
    },
)
FEEDBACK: Final = Counter("whyred_feedback_total", "Cases kept because somebody called a diagnosis wrong.", {})
REQUESTS: Final = Counter(
    "whyred_github_requests_total",
    "Requests to GitHub's API, reading or writing.",
    {"method": _words("read", "write")},
)
REQUEST_ERRORS: Final = Counter(
    "whyred_github_errors_total",
    "Requests to GitHub's API that failed, by status; `none` where no answer came.",
    {"status": None},
)

METRICS: Final[tuple[Counter | Histogram, ...]] = (
    *(WEBHOOKS, ASKED_AGAIN, JOB_SECONDS, JOBS_FAILED, JOBS_PUT_OFF, JOBS_DEAD),
    *(RUNS, DIAGNOSES, DIAGNOSIS_SECONDS, FINDINGS),
    *(FAILED_JOB_SECONDS, TOLD_SECONDS, WRITES, HEALED, FLAKES, RERUNS, COMMANDS, FEEDBACK, REQUESTS, REQUEST_ERRORS),
)
"""All that are kept in the hash."""
