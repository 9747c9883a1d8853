"""What is kept of each run, and what earlier ones tell of a failure; when the database fails, the telling goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from typing import TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.case import Case, Flake, Run
from bot.errors import RetryLater
from bot.settings import Settings
from bot.store.database import location
from bot.store.store import Store, open_store
from bot.store.values import Post
from diagnosis.report import NOTHING
from workers.office import Office

T = TypeVar("T")

log = structlog.get_logger()


def ask(settings: Settings, question: Callable[[Store], T], otherwise: T) -> T:
    """What the store answers, or does; `otherwise` where it fails, which is logged in one line."""
    try:
        with closing(open_store(location(settings.database_url, settings.data_dir))) as store:
            return question(store)
    except (SQLAlchemyError, OSError) as error:
        log.error("the history does not answer", error=type(error).__name__)
        return otherwise


def keep(settings: Settings, deed: Callable[[Store], T]) -> T:
    """What the store does, where it must not be lost. Raises RetryLater when it fails."""
    done = ask(settings, lambda store: (deed(store),), None)
    if done is None:
        raise RetryLater("the history does not answer", 30)
    return done[0]


def prepare(settings: Settings) -> None:
    """Bring the tables up to date, and do once what every opening needs: a worker does so before it forks for a job."""
    ask(settings, lambda _: None, None)


def record(office: Office, case: Case, done: str, seconds: float) -> None:
    """Keep what the run came to. The author has been told already: a history that fails must not tell them twice."""
    ask(office.settings, lambda store: store.record(case, done, seconds), None)


def posted(office: Office, post: Post) -> None:
    """Keep what an outlet did for a run."""
    ask(office.settings, lambda store: store.posted(post), None)


def recall(office: Office, case: Case) -> Case:
    """The case with what earlier runs tell of its findings."""
    return replace(case, flakes=ask(office.settings, lambda store: store.flakes(case), {}))


def passed(office: Office, run: Run) -> Mapping[str, Flake]:
    """Keep a green end where the same workflow has failed on the same commit; what this proves to come and go."""
    if run.conclusion != "success":
        return {}
    case = Case(office.client.repository, run, (), NOTHING)
    return ask(office.settings, lambda store: store.record_green(case), {})


def failures(settings: Settings, repository: int, run: Run) -> frozenset[str] | None:
    """The fingerprints of all that a run failed with; None where that is not known, or not in full."""
    return ask(settings, lambda store: store.failures(repository, run), None)


def has_commented(office: Office, number: int) -> bool:
    """Whether this pull request has had its comment: where it is gone, somebody has deleted it."""
    return ask(office.settings, lambda store: store.has_commented(office.client.repository, number), False)


def forget_comment(office: Office, number: int) -> None:
    """Let a comment that somebody deleted be made again. Raises RetryLater when the history does not answer."""
    keep(office.settings, lambda store: store.forget_comment(office.client.repository, number))


def is_muted(office: Office, number: int) -> bool:
    """Whether somebody wished that nothing be said on this pull request; asked for by name, it is said."""
    if office.asked:
        return False
    return ask(office.settings, lambda store: store.is_muted(office.client.repository, number), False)
