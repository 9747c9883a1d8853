"""The store: records diagnosed runs and tells of the latest ones, in any database that SQLAlchemy speaks to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.orm import Session

from bot.case import Case
from bot.store.tables import FindingRow, RunRow

BUSY_SECONDS = 10
MIGRATING = 0x77687972
"""The advisory lock under which PostgreSQL's tables are brought up to date, one process after the other."""


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """A diagnosed run as the history tells it. `signature` is the best finding's id, None for an unknown failure."""

    repository: str
    run_id: int
    attempt: int
    workflow: str
    conclusion: str
    outcome: str
    signature: str | None
    delivered: str
    seconds: float
    recorded_at: datetime


class Store:
    """The history over one database. Safe to use from several processes at once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def record(self, case: Case, delivered: str, seconds: float) -> None:
        """Keep what a run came to. The same attempt recorded again replaces what was there."""
        with Session(self._engine) as session, session.begin():
            earlier = session.scalars(
                select(RunRow).where(
                    RunRow.repository_id == case.repository.id,
                    RunRow.run_id == case.run.id,
                    RunRow.attempt == case.run.attempt,
                )
            ).one_or_none()
            if earlier is not None:
                session.delete(earlier)
                session.flush()
            session.add(_row(case, delivered, seconds))

    def recent(self, most: int) -> list[RecordedRun]:
        """The latest recorded runs, newest first."""
        with Session(self._engine) as session:
            rows = session.scalars(select(RunRow).order_by(RunRow.recorded_at.desc(), RunRow.id.desc()).limit(most))
            return [_told(row) for row in rows]

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()


def open_store(database_url: str) -> Store:
    """The store at a database URL, its tables brought up to date. Raises SQLAlchemy's errors."""
    engine = create_engine(database_url, connect_args=_arguments(database_url), pool_pre_ping=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _write_ahead)
        event.listen(engine, "begin", _begin)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(MIGRATING)))
        migrate(connection)
    return Store(engine)


def sqlite_url(folder: Path) -> str:
    """The URL of the default database in the data folder."""
    return f"sqlite:///{folder / 'whyred.sqlite3'}"


def migrate(connection: Connection) -> None:
    """Bring the tables to the newest revision; the first process to come does it, the others wait."""
    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _arguments(database_url: str) -> dict[str, object]:
    return {"timeout": BUSY_SECONDS, "isolation_level": None} if database_url.startswith("sqlite") else {}


def _write_ahead(connection: object, _record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    """Take the write lock at once, so that two processes wait for each other instead of failing in the middle."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _row(case: Case, delivered: str, seconds: float) -> RunRow:
    run, report = case.run, case.report
    findings = [
        FindingRow(
            rank=rank,
            signature=finding.signature,
            category=finding.category,
            fingerprint=finding.fingerprint,
            job=finding.job[:300] if finding.job else None,
        )
        for rank, finding in enumerate(report.findings)
    ]
    return RunRow(
        repository_id=case.repository.id,
        repository=case.repository.name,
        run_id=run.id,
        attempt=run.attempt,
        workflow=run.workflow_name[:300],
        head_sha=run.head_sha,
        conclusion=run.conclusion or "",
        outcome=report.outcome,
        delivered=delivered[:300],
        seconds=seconds,
        recorded_at=datetime.now(UTC).replace(tzinfo=None),
        findings=findings,
    )


def _told(row: RunRow) -> RecordedRun:
    return RecordedRun(
        repository=row.repository,
        run_id=row.run_id,
        attempt=row.attempt,
        workflow=row.workflow,
        conclusion=row.conclusion,
        outcome=row.outcome,
        signature=row.findings[0].signature if row.findings else None,
        delivered=row.delivered,
        seconds=row.seconds,
        recorded_at=row.recorded_at,
    )
