"""What becomes of a finished workflow run, told from its id to the comment, the check or the issue."""

from __future__ import annotations

import time
from dataclasses import replace

import structlog

from bot import metrics
from bot.case import FAILED, Job, PullRequest, Run
from bot.errors import RetryLater
from bot.github import pulls, remarks, runs
from bot.github.client import Client
from workers import counts, history, investigate, outlets, reruns, turns
from workers.office import Office, work

log = structlog.get_logger()


def diagnose_run(installation: int, repository: int, run: int, attempt: int, asked: int = 0) -> str:
    """Say what broke in this attempt, or that it is repaired. Returns what was done, in a word or two.

    Raises RetryLater when GitHub's limits, or a log that is not written yet, ask for another time.
    """
    started = time.monotonic()

    def job(office: Office) -> str:
        return _tell(replace(office, asked=bool(asked)), run, attempt)

    done = work(installation, repository, job, run=run, attempt=attempt)
    counts.run(done)
    log.info("run told", run=run, attempt=attempt, done=done, seconds=round(time.monotonic() - started, 2))
    return done


def _tell(office: Office, number: int, attempt: int) -> str:
    started = time.monotonic()
    client = office.client
    run = runs.latest(client, number)
    jobs = _stopped(client, run, attempt)
    if jobs:
        run = replace(run, conclusion="failure")
    reason = _idle(run, attempt)
    if reason:
        return stop(office, run, attempt) or f"silent: {reason}"
    # Even where nothing is to be said any more, a failure that is gone without a change has proved what it is.
    flakes = history.passed(office, run)
    metrics.FLAKES.add(by=len(flakes))
    pull_request = addressed(office, run)
    if isinstance(pull_request, str):
        return stop(office, run, attempt) or f"silent: {pull_request}"
    if run.conclusion == "success":
        return outlets.settle(office, run, pull_request, flakes)
    jobs = jobs or remarks.with_stopped(client, runs.jobs(client, run))
    if jobs and not any(job.failed for job in jobs):
        return "silent: no job failed"
    case = history.recall(office, investigate.case(office, run, jobs, pull_request))
    case = reruns.consider(office, case)
    done = outlets.publish(office, case)
    history.record(office, case, done, time.monotonic() - started)
    counts.failed(office, case, done)
    return done


def stop(office: Office, run: Run, attempt: int) -> str | None:
    """What was done about a run that was told early and whose end is not told; None where there was nothing to do.

    Its pull request may be closed or have moved on since: there too it must not go on for ever.
    """
    number = turns.place(office.connection, office.client.repository.id, run.id, attempt)
    return outlets.stop(office, run, number) if number and run.attempt == attempt else None


def addressed(office: Office, run: Run) -> PullRequest | str | None:
    """The open pull request that is to be told about this run, if there is one; why nobody is, where that is so."""
    found = pulls.find(office.client, run) if office.client.may("pull_requests", "read") else ()
    reason = silence(office.client, run, found)
    if reason:
        return reason
    pull_request = next((item for item in found if item.state == "open"), None)
    branch = pull_request.base_branch if pull_request else run.target
    if not office.config.watches(run.workflow_name, run.workflow_path, branch):
        return "not watched"
    return pull_request


def silence(client: Client, run: Run, found: tuple[PullRequest, ...]) -> str | None:
    """Why nothing is to be said about this run on these pull requests; None to go on."""
    if len(found) > 1:
        return "more than one pull request may be meant"
    belongs = pulls.belongs(client, run)
    if not found:
        # Where none may be looked for, there is still the commit to say it at.
        return "its pull request was not found" if belongs and client.may("pull_requests", "read") else None
    if found[0].state == "closed":
        return "its pull request is closed" if belongs or pulls.is_queued(client, run) else None
    if found[0].head_sha != run.head_sha and not pulls.is_queued(client, run):
        return "superseded by a newer commit"
    return None


def _stopped(client: Client, run: Run, attempt: int) -> tuple[Job, ...]:
    """The jobs of a run that GitHub calls cancelled because it stopped one of them itself; none of any other run."""
    if run.conclusion != "cancelled" or run.attempt != attempt:
        return ()
    listed = runs.jobs(client, run)
    jobs = remarks.with_stopped(client, listed)
    return jobs if jobs != listed else ()


def _idle(run: Run, attempt: int) -> str | None:
    """Why nothing is to be said about a run that ended like this; None to go on."""
    if run.attempt > attempt:
        return "superseded by a newer attempt"
    if run.attempt < attempt or run.status != "completed":
        raise RetryLater("GitHub does not show this attempt's end yet", 5)
    return None if is_telling(run) else run.conclusion or "no conclusion"


def is_telling(run: Run) -> bool:
    """Whether its end says anything about what it ran."""
    return run.conclusion == "success" or run.conclusion in FAILED
