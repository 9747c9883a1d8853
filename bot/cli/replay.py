"""A repository's last failed runs, each diagnosed as it would be now, by requests that only read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.case import FAILED, Case, Job, Run
from bot.cli.ledger import Failed
from bot.errors import RetryLater
from bot.github import logs, pulls, remarks, runs
from bot.github.client import Client
from bot.github.errors import RateLimited
from bot.github.view import GitHubView
from bot.render import facts
from diagnosis import engine, workflow_file
from diagnosis.catalogue import Catalogue
from diagnosis.engine import JobLog
from diagnosis.prober import Surroundings
from diagnosis.report import NOTHING, Report

MOST_PAGES: Final = 10
"""Of a hundred runs each, in which failed ones are looked for."""

MOST_LOGS: Final = 10
"""Failed jobs of a run whose logs are read."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What diagnoses a run: whom to ask, with which catalogue, and whom to tell how far it is."""

    client: Client
    known: Catalogue
    cache: Path
    hosts: Collection[str]
    tick: Callable[[str], None]

    def timeline(self, last: int) -> list[Run]:
        """The runs since the failed one that is so many back, in the order in which they ended."""
        found: list[Run] = []
        for page in range(1, MOST_PAGES + 1):
            self.tick(f"the list of runs, page {page}")
            listed = runs.ended(self.client, page)
            found += listed
            failed = [run for run in found if run.conclusion in FAILED]
            if len(failed) >= last:
                found = found[: found.index(failed[last - 1]) + 1]
                break
            if not listed:
                break
        return sorted(found, key=lambda run: (run.updated_at, run.id))

    def failed(self, timeline: Sequence[Run]) -> dict[int, Failed]:
        """The failed ones among them, by id, each diagnosed on its own."""
        chosen = [run for run in timeline if run.conclusion in FAILED]
        told: dict[int, Failed] = {}
        for number, run in enumerate(chosen, 1):
            self.tick(f"run {run.id} ({number} of {len(chosen)})")
            told[run.id] = self._failed(run, timeline)
        return told

    def _failed(self, run: Run, timeline: Sequence[Run]) -> Failed:
        found = pulls.find(self.client, run)
        jobs = remarks.with_stopped(self.client, runs.jobs(self.client, run))
        silence = _silence(self.client, run, len(found), timeline)
        if jobs and not any(job.failed for job in jobs):
            silence = silence or "no job failed"
        if silence:
            return Failed(run, NOTHING, "", silence=silence)
        view = GitHubView(self.client, run.head_sha)
        unread: list[str] = []
        report = self._report(run, jobs, view, unread) if jobs else self._explained(run, view)
        headline = facts.headline(Case(self.client.repository, run, jobs, report))
        return Failed(run, report, headline, found[0].number if found else None, unread=tuple(unread))

    def _report(self, run: Run, jobs: Sequence[Job], view: GitHubView, unread: list[str]) -> Report:
        read: list[JobLog] = []
        for job in [job for job in jobs if job.failed][:MOST_LOGS]:
            try:
                text = logs.read(self.client, job, self.hosts)
            except RateLimited:
                raise
            except (logs.UnreadError, RetryLater) as error:
                unread.append(str(error))
            else:
                read.append(JobLog(job.name, text.data, job.name, text.truncated, job.failed_steps))
        if not read:
            return NOTHING
        return engine.diagnose(read, self.known, cache=self.cache, around=Surroundings(view, run.workflow_path))

    def _explained(self, run: Run, view: GitHubView) -> Report:
        """Of a run without jobs only the workflow file can tell why."""
        text = view.read(run.workflow_path)
        if not isinstance(text, bytes):
            return NOTHING
        return workflow_file.explain(run.workflow_path, text, self.known, view)


def _silence(client: Client, run: Run, found: int, timeline: Sequence[Run]) -> str:
    """Why nothing would have been said; what has been closed since was open then."""
    if found > 1:
        return "more than one pull request may be meant"
    if not found:
        return "its pull request was not found" if pulls.belongs(client, run) else ""
    newer = any(
        other.head_sha != run.head_sha
        and (other.head_repository, other.head_branch) == (run.head_repository, run.head_branch)
        and run.created_at < other.created_at < run.updated_at
        for other in timeline
    )
    return "superseded by a newer commit" if newer and not pulls.is_queued(client, run) else ""
