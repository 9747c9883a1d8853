"""A PostgreSQL server for one test session, from the programs that this machine has."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_UNPRIVILEGED = "nobody"
"""PostgreSQL refuses to run as root."""


def programs() -> Path | None:
    """The folder of the newest PostgreSQL's programs; Debian keeps them out of PATH."""
    found = shutil.which("initdb")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return Path(found).parent if found else folders[-1].parent if folders else None


@contextmanager
def server(folder_of_programs: Path, user: str, *, port: int | None = None, password: str = "") -> Iterator[Path]:
    """A server whose first role is `user`, on a Unix socket in the folder that is given, with a port on loopback too.

    With a password nobody is let in without one.
    """
    account = _UNPRIVILEGED if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    (folder / "password").write_text(password or "none")
    if account:
        shutil.chown(folder, account)
        shutil.chown(folder / "password", account)

    def run(program: str, *arguments: str) -> None:
        command = [str(folder_of_programs / program), "--pgdata", f"{folder}/data", *arguments]
        # A server that goes on would hold a pipe open for ever.
        with Path(folder, "said").open("w") as said:
            subprocess.run(command, user=account, cwd=folder, check=True, stdout=said, stderr=said)

    trust = "scram-sha-256" if password else "trust"
    run("initdb", "--username", user, "--auth", trust, "--pwfile", str(folder / "password"), "--no-sync")
    listen = f"-c listen_addresses=127.0.0.1 -p {port}" if port else "-c listen_addresses="
    run("pg_ctl", "--wait", "--options", f"{listen} -c fsync=off -k {folder}", "start")
    try:
        yield folder
    finally:
        run("pg_ctl", "--wait", "--mode", "immediate", "stop")
        shutil.rmtree(folder)
