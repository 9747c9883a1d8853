"""An empty database of each kind: SQLite's file, and PostgreSQL's server where this machine has one."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from bot.store.database import sqlite_url
from tests.postgresql import programs, server


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a server's database, its name left open; the server listens on a Unix socket alone."""
    found = programs()
    if found is None:
        pytest.skip("PostgreSQL is not installed: the store was tested on SQLite alone")
    with server(found, "whyred") as folder:
        yield f"postgresql+psycopg://whyred@/{{}}?host={folder}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path)
    server: str = request.getfixturevalue("postgresql")
    name = f"test_{uuid.uuid4().hex}"
    engine = create_engine(server.format("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.format(name)
