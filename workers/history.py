"""What is kept of each run, and what earlier ones tell of a failure; when it fails, the telling goes on."""

from __future__ import annotations

from contextlib import closing

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.case import Case
from bot.store.database import sqlite_url
from bot.store.store import open_store
from workers.office import Office

log = structlog.get_logger()


def record(office: Office, case: Case, done: str, seconds: float) -> None:
    """Keep what the run came to. The author has been told already: a history that fails must not tell them twice."""
    settings = office.settings
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        with closing(open_store(settings.database_url or sqlite_url(settings.data_dir))) as store:
            store.record(case, done, seconds)
    except (SQLAlchemyError, OSError) as error:
        log.error("not recorded", error=type(error).__name__)
