"""What becomes of a finished workflow run, told from its id to the comment or issue."""

from __future__ import annotations

import hashlib
import time
from contextlib import closing

import redis
import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.case import FAILED, Case, PullRequest, Run
from bot.deliver import comment as sticky
from bot.deliver import issue as tracker
from bot.deliver.issue import Draft
from bot.deliver.marker import Age, Green, Place, SectionMark
from bot.errors import RetryLater
from bot.github import client as github
from bot.github import pulls, runs
from bot.github.auth import App
from bot.github.client import Client
from bot.github.errors import ForbiddenError, NotFoundError
from bot.render import comment as comment_text
from bot.render import facts
from bot.render import issue as issue_text
from bot.settings import Settings
from bot.store.store import open_store, sqlite_url
from workers import investigate

log = structlog.get_logger()


def diagnose_run(installation: int, repository: int, run: int, attempt: int) -> str:
    """Say what broke in this attempt, or that it is repaired. Returns what was done, in a word or two.

    Raises RetryLater when GitHub's limits, or a log that is not written yet, ask for another time.
    """
    settings = Settings.from_environment()
    app = App(settings.app_id, settings.private_key, settings.github_api_url)
    names = {"installation": installation, "repository": repository, "run": run, "attempt": attempt}
    with structlog.contextvars.bound_contextvars(**names), closing(redis.Redis.from_url(settings.redis_url)) as store:
        started = time.monotonic()
        try:
            client = github.for_installation(app, store, installation, repository)
            done = _tell(client, store, settings, run, attempt)
        except (ForbiddenError, NotFoundError) as error:
            # Uninstalled, suspended, deleted or not permitted: another try would be refused as well.
            done = f"silent: refused ({error.status}: {error.message})"
        log.info("run told", done=done, seconds=round(time.monotonic() - started, 2))
        return done


def _tell(client: Client, store: redis.Redis, settings: Settings, number: int, attempt: int) -> str:
    started = time.monotonic()
    owner = client.repository.name.partition("/")[0]
    if settings.allowed_owners and owner.lower() not in {name.lower() for name in settings.allowed_owners}:
        return "silent: owner not allowed"
    run = runs.latest(client, number)
    reason = _idle(run, attempt)
    found = () if reason else pulls.find(client, run)
    reason = reason or _silence(client, run, found)
    if reason:
        return f"silent: {reason}"
    pull_request = next((item for item in found if item.state == "open"), None)
    if run.conclusion == "success":
        return _settle(client, store, run, pull_request)
    jobs = runs.jobs(client, run)
    if jobs and not any(job.failed for job in jobs):
        return "silent: no job failed"
    case = investigate.case(client, settings, run, jobs, pull_request)
    done = _deliver(client, store, case)
    _remember(settings, case, done, time.monotonic() - started)
    return done


def _idle(run: Run, attempt: int) -> str | None:
    """Why nothing is to be said about a run that ended like this; None to go on."""
    if run.attempt > attempt:
        return "superseded by a newer attempt"
    if run.attempt < attempt or run.status != "completed":
        raise RetryLater("GitHub does not show this attempt's end yet", 5)
    if run.conclusion == "success" or run.conclusion in FAILED:
        return None
    return run.conclusion or "no conclusion"


def _silence(client: Client, run: Run, found: tuple[PullRequest, ...]) -> str | None:
    """Why nothing is to be said about this run on these pull requests; None to go on."""
    if len(found) > 1:
        return "more than one pull request may be meant"
    belongs = run.event in pulls.FOR_PULL_REQUESTS or run.head_repository != client.repository.name
    if not found:
        return "its pull request was not found" if belongs else None
    if found[0].state == "closed":
        return "its pull request is closed" if belongs else None
    if found[0].head_sha != run.head_sha and not pulls.is_queued(client, run):
        return "superseded by a newer commit"
    return None


def _deliver(client: Client, store: redis.Redis, case: Case) -> str:
    run, age = case.run, Age(case.run.id, case.run.attempt)
    if case.pull_request:
        mark = SectionMark(run.workflow_id, age, run.head_sha, "red")
        return sticky.publish(client, store, case.pull_request.number, mark, comment_text.section(case))
    place = Place(_fingerprint(case), run.workflow_id, run.head_branch, age, 1, "red")
    draft = Draft(issue_text.title(case), facts.headline(case), issue_text.body(case), run.author)
    return tracker.publish(client, store, place, draft)


def _remember(settings: Settings, case: Case, done: str, seconds: float) -> None:
    """Keep what the run came to. The author has been told already: a history that fails must not tell them twice."""
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        with closing(open_store(settings.database_url or sqlite_url(settings.data_dir))) as history:
            history.record(case, done, seconds)
    except (SQLAlchemyError, OSError) as error:
        log.error("not recorded", error=type(error).__name__)


def _fingerprint(case: Case) -> str:
    """The best finding's; one a workflow where nothing was found, because no log could be read."""
    if case.report.best:
        return case.report.best.fingerprint
    return hashlib.sha256(f"unexplained {case.run.workflow_id}".encode()).hexdigest()[:16]


def _settle(client: Client, store: redis.Redis, run: Run, pull_request: PullRequest | None) -> str:
    case, age = Case(client.repository, run, (), investigate.NOTHING, pull_request), Age(run.id, run.attempt)
    told: list[str] = []
    if pull_request:
        mark = SectionMark(run.workflow_id, age, run.head_sha, "green")
        told.append(sticky.settle(client, store, pull_request.number, mark, lambda was: comment_text.fixed(case, was)))
    if run.head_repository == client.repository.name:
        # With a pull request too: the branch may have failed, and got its issue, before somebody opened that.
        green = Green(run.workflow_id, run.head_branch, age)
        told.append(tracker.settle(client, store, green, issue_text.closing(case)))
    return next((word for word in told if not word.startswith("silent")), told[0])
