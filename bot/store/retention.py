"""What is deleted: all that has grown too old, and all of a repository that the App was taken away from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Engine, delete
from sqlalchemy.orm import Session

from bot.store.tables import KEPT, OfRepository


def now() -> datetime:
    """The time as it is kept: UTC, without saying so."""
    return datetime.now(UTC).replace(tzinfo=None)


def purge(engine: Engine, days: int) -> int:
    """Delete what is older than so many days; how many rows that was."""
    oldest = now() - timedelta(days=days)
    return forget(engine, lambda table: table.recorded_at < oldest)


def forget(engine: Engine, which: Callable[[type[OfRepository]], ColumnElement[bool]]) -> int:
    """Delete such rows of every table; how many. Findings go with their run."""
    with Session(engine) as session, session.begin():
        done = [session.execute(delete(table).where(which(table))) for table in KEPT]
        return sum(cast(CursorResult[Any], result).rowcount for result in done)
