"""Makes the case of a failed run: its logs read and diagnosed, the repository and the base branch asked."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

import structlog

from bot import known
from bot.case import Base, Case, Job, PullRequest, Run
from bot.config import Config
from bot.errors import RetryLater
from bot.github import artifacts, logs, runs
from bot.github.download import TAIL, Limits
from bot.github.logs import UnreadError
from bot.github.view import GitHubView
from diagnosis import engine, structured, workflow_file
from diagnosis.catalogue import Catalogue
from diagnosis.engine import JobLog
from diagnosis.prober import Surroundings
from diagnosis.repo import Unknown
from diagnosis.report import NOTHING, Finding, Report
from diagnosis.structured import Structured
from workers import baseline, counts, grants, history, own, required, wishes
from workers.office import Office
from workers.wishes import Note

MOST_LOGS: Final = 50
"""Failed jobs whose logs are read; a matrix fails in all its jobs for few causes."""

AT_ONCE: Final = 4
"""Logs that are downloaded at the same time."""

LEAST_TAIL: Final = 2 << 20
LOG_SECONDS: Final = 90.0
"""For the logs of all jobs together: the queue stops a job after 180."""

MOST_ARTIFACTS: Final = 4
_TOLD: Final = {"test": "failing", "coverage": "least_covered"}
"""By category, the fact that a log mostly tells; where it does not, the run's artifacts are asked."""

_CACHE: Final = known.cache_folder()
"""Where what is costly to compile is kept, so that a worker is ready at once when it is started anew."""

log = structlog.get_logger()


def prepare() -> None:
    """Do once what every run needs: a worker does so before it forks for each job."""
    engine.prepare(_known(), _CACHE)


@cache
def _known() -> Catalogue:
    return known.built_in(_CACHE)


def case(office: Office, run: Run, jobs: tuple[Job, ...], pull_request: PullRequest | None) -> Case:
    """The case of a run that failed. Raises RetryLater where a log or GitHub asks for another time."""
    started = time.monotonic()
    client, settings = office.client, office.settings
    catalogue, notes = own.with_own(client, office.connection, office.wishes.signatures, _known(), _CACHE)
    found = _Investigation(office, run, jobs, catalogue).diagnose(pull_request) if jobs else _explain_file(office, run)
    best, going = found.report.best, run.status != "completed"
    counts.diagnosed(found.report, time.monotonic() - started, going=going)
    log.info("diagnosed", outcome=found.report.outcome, best=best and best.signature, unread=len(found.unread))
    if pull_request is None:
        run = replace(run, author=runs.author(client, run.head_sha))
    report = wishes.wanted(found.report, office.config)
    changed = baseline.changed(client, pull_request.number, report) if pull_request else ()
    ignored = bool(best and not report.best and not found.unread)
    config = office.config_for(pull_request)
    has_room = not ignored and _has_room(office, pull_request, config)
    return Case(
        client.repository,
        run,
        jobs,
        report,
        pull_request,
        found.unread,
        settings.site_url,
        found.base,
        changed,
        present=_present(found),
        config=config,
        ignored=ignored,
        unwanted=len(found.report.findings) - len(report.findings),
        blocking=required.blocking(office, jobs, pull_request),
        can_rerun=client.may("actions"),
        going=going,
        remarks=_remarks(office, run, pull_request, (*office.wishes.notes, *notes)) if has_room else (),
        # A check run, which these are for, is written at the run's end.
        lacks=grants.remarks(office, run) if has_room and not going else (),
    )


def _has_room(office: Office, pull_request: PullRequest | None, config: Config) -> bool:
    """Whether there is a place for what is to be said besides: what is said once must not be lost."""
    muted = pull_request is not None and history.is_muted(office, pull_request.number)
    return not config.shadow and grants.may_say(office, config, None if muted else pull_request)


def _remarks(office: Office, run: Run, pull_request: PullRequest | None, notes: Iterable[Note]) -> tuple[str, ...]:
    where = f"#{pull_request.number}" if pull_request else run.head_branch
    return wishes.remarks(office.connection, office.client.repository.id, notes, f"{where} {run.workflow_id}")


@dataclass(frozen=True, slots=True)
class _Found:
    report: Report
    base: Base | None
    unread: dict[str, str]
    view: GitHubView


def _present(found: _Found) -> frozenset[str]:
    """Of the paths that the findings name, those that the commit has; the tree is mostly known by now."""
    named = {place.path for finding in found.report.findings for place in finding.places}
    paths = found.view.paths() if named else ()
    return frozenset() if isinstance(paths, Unknown) else frozenset(named.intersection(paths))


def _explain_file(office: Office, run: Run) -> _Found:
    """A run without jobs has no log either: only its workflow file can tell why."""
    view = GitHubView(office.client, run.head_sha)
    text = view.read(run.workflow_path)
    if not isinstance(text, bytes):
        return _Found(NOTHING, None, {}, view)
    return _Found(workflow_file.explain(run.workflow_path, text, _known(), view), None, {}, view)


class _Investigation:
    def __init__(self, office: Office, run: Run, jobs: tuple[Job, ...], known: Catalogue) -> None:
        self.client, self.settings, self.run, self.jobs = office.client, office.settings, run, jobs
        self.config, self.known = office.config, known
        self.view = GitHubView(self.client, run.head_sha)
        self.around = Surroundings(self.view, run.workflow_path)
        self.unread: dict[str, str] = {}

    def diagnose(self, pull_request: PullRequest | None) -> _Found:
        """The logs' report; where it knows nothing, once more with what a run that passed has printed as well."""
        read = self.read()
        report = engine.diagnose(read, self.known, cache=_CACHE, around=self.around)
        if report.best and (handed_in := self.handed_in(report.best)):
            read = [log._replace(structured=handed_in) if log.job == report.best.job else log for log in read]
            report = engine.diagnose(read, self.known, cache=_CACHE, around=self.around)
        branch = pull_request.base_branch if pull_request else self.client.repository.default_branch
        base = baseline.find(self.client, self.run, branch)
        if base is None:
            return _Found(report, None, self.unread, self.view)
        if report.outcome == "unrecognised" and (usual := baseline.passing(self.client, base, report, self.other)):
            report = engine.diagnose(read, self.known, passing=usual, cache=_CACHE, around=self.around)
        return _Found(report, self.compared(base, wishes.wanted(report, self.config)), self.unread, self.view)

    def handed_in(self, best: Finding) -> Structured | None:
        """What the run's artifacts tell of the finding's job, where its log does not."""
        if best.category not in _TOLD or _TOLD[best.category] in best.facts:
            return None
        failed = [job for job in self.jobs if job.failed]
        since = min((job.started_at or "" for job in failed), default="")
        for artifact in artifacts.listed(self.client, self.run, since)[:MOST_ARTIFACTS]:
            if len(failed) == 1 or _plain(best.job or "") in _plain(artifact.name):
                found = structured.read(artifact.name, artifacts.read(self.client, artifact, self.settings.log_hosts))
                if found and best.category in found.facts:
                    return found
        return None

    def read(self) -> list[JobLog]:
        """The failed jobs' logs; the reasons of those that can not be had go to `unread`."""
        failed = [job for job in self.jobs if job.failed]
        chosen = most_different(failed, MOST_LOGS)
        tail = max(TAIL // max(len(chosen), 1), LEAST_TAIL)
        deadline = time.monotonic() + LOG_SECONDS

        def read(job: Job) -> JobLog | UnreadError:
            seconds = min(Limits().seconds, max(deadline - time.monotonic(), 1.0))
            try:
                return self.log(job, Limits(tail=tail, seconds=seconds))
            except UnreadError as error:
                return error

        with ThreadPoolExecutor(AT_ONCE) as pool:
            told = dict(zip(chosen, pool.map(read, chosen), strict=True))
        reasons = {job: str(log) for job, log in told.items() if isinstance(log, UnreadError)}
        left_out = f"only the logs of {MOST_LOGS} failed jobs were read"
        self.unread = {job.name: reasons.get(job, left_out) for job in failed if job in reasons or job not in told}
        return [log for log in told.values() if not isinstance(log, UnreadError)]

    def log(self, job: Job, limits: Limits) -> JobLog:
        text = logs.read(self.client, job, self.settings.log_hosts, limits)
        return JobLog(job.name, text.data, job.name, text.truncated, job.failed_steps)

    def alone(self, log: JobLog) -> Report:
        """The report of another run's job."""
        return engine.diagnose([log], self.known, cache=_CACHE)

    def other(self, job: Job) -> JobLog | None:
        """The log of another run's job; None where it is not, or no longer, to be had."""
        try:
            return self.log(job, Limits(tail=LEAST_TAIL))
        except (UnreadError, RetryLater):
            return None

    def compared(self, base: Base, report: Report) -> Base:
        """The base with the failures that it shows: by the history, else by its log."""
        failures = history.failures(self.settings, self.client.repository.id, base.newest) if base.red_since else None
        known = baseline.remembered(base, report, failures)
        return known or baseline.compare(self.client, base, report, self.other, self.alone)


def most_different(failed: Sequence[Job], most: int) -> list[Job]:
    """So many of the jobs, in their order, chosen in turn from each kind: name without its matrix, and failed steps."""
    kinds: dict[tuple[str, ...], int] = {}
    turns: list[int] = []
    for job in failed:
        kind = (job.family, *(step.name for step in job.failed_steps))
        turns.append(kinds.setdefault(kind, 0))
        kinds[kind] += 1
    first = sorted(range(len(failed)), key=lambda place: (turns[place], place))[:most]
    return [failed[place] for place in sorted(first)]


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
