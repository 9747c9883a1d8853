"""An empty database of each kind: SQLite's file, and PostgreSQL's server where this machine has one."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from bot.store.store import sqlite_url

_UNPRIVILEGED = "nobody"
"""PostgreSQL refuses to run as root."""


def _programs() -> Path | None:
    """The folder of the newest PostgreSQL's programs; Debian keeps them out of PATH."""
    found = shutil.which("initdb")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return Path(found).parent if found else folders[-1].parent if folders else None


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a server's database, its name left open; the server listens on a Unix socket alone."""
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: the store was tested on SQLite alone")
    user = _UNPRIVILEGED if os.geteuid() == 0 else None
    folder = tempfile.mkdtemp(prefix="pg")
    if user:
        shutil.chown(folder, user)

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), "--pgdata", f"{folder}/data", *arguments]
        # A server that goes on would hold a pipe open for ever.
        with Path(folder, "said").open("w") as said:
            subprocess.run(command, user=user, cwd=folder, check=True, stdout=said, stderr=said)

    run("initdb", "--username", "whyred", "--auth", "trust", "--no-sync")
    run("pg_ctl", "--wait", "--options", f"-c listen_addresses= -c fsync=off -k {folder}", "start")
    try:
        yield f"postgresql+psycopg://whyred@/{{}}?host={folder}"
    finally:
        run("pg_ctl", "--wait", "--mode", "immediate", "stop")
        shutil.rmtree(folder)


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
