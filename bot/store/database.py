"""The database behind the store: SQLite's file or PostgreSQL's server, its tables brought up to date."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.exc import InvalidRequestError

BUSY_SECONDS: Final = 10
MIGRATING: Final = 0x77687972
"""The advisory lock under which PostgreSQL's tables are brought up to date, one process after the other."""


def connect(database_url: str) -> Engine:
    """The engine for a database URL, its tables at the newest revision. Raises SQLAlchemy's errors."""
    engine = create_engine(database_url, connect_args=_arguments(database_url), pool_pre_ping=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _write_ahead)
        event.listen(engine, "begin", _begin)
    try:
        _bring_up_to_date(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _bring_up_to_date(engine: Engine) -> None:
    with reading(engine).connect() as connection:
        ready = MigrationContext.configure(connection).get_current_revision() == _newest()
    if not ready:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(MIGRATING)))
            _update(connection)


def _update(connection: Connection) -> None:
    try:
        migrate(connection)
    except CommandError as error:
        # To the caller it is a database that does not answer like any other.
        raise InvalidRequestError("the tables are those of a newer whyred") from error


def reading(engine: Engine) -> Engine:
    """The same database for what only reads: it waits for no writer."""
    return engine.execution_options(reading=True)


def location(told: str | None, folder: Path) -> str:
    """The URL of the database: the one that was told, else SQLite's in the data folder, which is made if need be."""
    if told is None:
        folder.mkdir(parents=True, exist_ok=True)
    return told or sqlite_url(folder)


def sqlite_url(folder: Path) -> str:
    """The URL of the default database in the data folder."""
    return f"sqlite:///{folder / 'whyred.sqlite3'}"


def migrate(connection: Connection, revision: str = "head") -> None:
    """Bring the tables up to a revision; the first process to come does it, the others wait."""
    command.upgrade(_config(connection), revision)


def take_back(connection: Connection, revision: str) -> None:
    """Bring the tables down to a revision, for an older whyred."""
    command.downgrade(_config(connection), revision)


@cache
def _newest() -> str | None:
    """The newest revision. Looked up once: reading the revisions takes longer than asking the database for its own."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.attributes["connection"] = connection
    config.set_main_option("script_location", "bot.store:migrations")
    return config


def _arguments(database_url: str) -> dict[str, object]:
    return {"timeout": BUSY_SECONDS, "isolation_level": None} if database_url.startswith("sqlite") else {}


def _write_ahead(connection: object, _record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    """Take the write lock at once, so that two processes wait for each other instead of failing in the middle."""
    reads = connection.get_execution_options().get("reading")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
