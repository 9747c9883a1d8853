"""What has failed so far in a run that goes on, told on its pull request before its end tells the whole."""

from __future__ import annotations

from dataclasses import replace

import structlog

from bot.case import PullRequest, Run
from bot.github import runs
from workers import history, investigate, outlets, tasks, turns
from workers.office import Office, work

log = structlog.get_logger()


def diagnose_early(installation: int, repository: int, run: int, attempt: int, turn: int) -> str:
    """Say what broke so far, if the run still goes on. Returns what was done, in a word or two.

    Raises RetryLater when GitHub's limits, or a log that is not written yet, ask for another time.
    """

    def job(office: Office) -> str:
        return _tell(replace(office, asked=turn == turns.NOW), run, attempt, turn)

    done = work(installation, repository, job, run=run, attempt=attempt)
    log.info("run told early", run=run, attempt=attempt, turn=turn, done=done)
    return done


def _tell(office: Office, number: int, attempt: int, turn: int) -> str:
    about = (office.connection, office.client.repository.id, number, attempt)
    turns.begin(*about, turn)
    run = runs.latest(office.client, number)
    pull_request = _listener(office, run, attempt)
    if isinstance(pull_request, str):
        turns.end(*about)
        return f"silent: {pull_request}"
    jobs = runs.jobs(office.client, run)
    failed = sum(job.failed for job in jobs)
    if failed <= (0 if office.asked else turns.told(*about)):
        return "silent: no job has failed since"
    case = history.recall(office, investigate.case(office, run, jobs, pull_request))
    if runs.latest(office.client, number).status == "completed":
        # It ended while we read its logs; whoever tells its end tells all of this.
        return "silent: the run has ended"
    turns.tell_on(*about, pull_request.number)
    done = outlets.publish(office, case)
    turns.tell(*about, failed)
    ended = runs.latest(office.client, number)
    if ended.status == "completed" and not tasks.is_telling(ended):
        # Cancelled before anybody could know that it was told.
        tasks.stop(office, ended, attempt)
    return done


def _listener(office: Office, run: Run, attempt: int) -> PullRequest | str:
    """The pull request that is to be told early; why nobody is, where that is so, now and later."""
    if run.attempt != attempt or run.status == "completed":
        return "the run has ended"
    if office.config.shadow or not (office.config.early or office.asked):
        return "not wanted early"
    pull_request = tasks.addressed(office, run)
    if not isinstance(pull_request, PullRequest):
        return pull_request or "no pull request"
    config = office.config_for(pull_request)
    if "comment" not in config.outlets or not (config.early or office.asked):
        return "not wanted early"
    return "quiet was asked for" if history.is_muted(office, pull_request.number) else pull_request
