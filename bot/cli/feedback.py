"""`whyred feedback`: the diagnoses that people reported as wrong; lists them, shows one, makes a case of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.errors import UserError

if TYPE_CHECKING:
    from bot.store.store import Store
    from bot.store.values import Feedback

UNKNOWN: Final = "unknown"
"""The folder of cases in which nothing was recognised."""

MOST_WORDS: Final = 60

NEXT: Final = """\
wrote {path}
next: read it for names that should not be public, and cut it to what the failure needs. Then label it: put what it
should have said into a signature's [[should_match]], or move it to {folder}/without-cause, and run
  pytest tests/test_kept_logs.py --snapshot-update
"""


def feedback(number: int | None, folder: str | None, environ: Mapping[str, str] = os.environ) -> int:
    """List the reported cases, show the one of this number, or write it into a folder. Raises UserError."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with closing(_open(environ)) as store:
            if number is None:
                sys.stdout.write(_listed(store.feedback()))
                return 0
            case = store.case(number)
    except SQLAlchemyError as error:
        raise UserError(f"the history does not answer: {type(error).__name__}") from None
    if case is None:
        raise UserError(f"no reported case {number}; `whyred feedback` lists them")
    sys.stdout.write(_written(case, Path(folder)) if folder else _shown(case))
    return 0


def _open(environ: Mapping[str, str]) -> Store:
    from bot.settings import data_dir, database_url
    from bot.store.database import sqlite_url
    from bot.store.store import open_store

    told, folder = database_url(environ), data_dir(environ)
    if told is None and not folder.is_dir():
        raise UserError(f"there is no history in {folder}: set DATA_DIR or DATABASE_URL as the App has them")
    return open_store(told or sqlite_url(folder))


def _listed(cases: list[Feedback]) -> str:
    if not cases:
        return "Nobody has reported a wrong diagnosis.\n"
    rows = [
        f"{case.id:>5}  {case.recorded_at:%Y-%m-%d}  {case.repository}#{case.number}  {case.signature or UNKNOWN}"
        f"  {case.who}: {_cut(case.words)}"
        for case in cases
    ]
    return "\n".join([*rows, f"{len(rows)} reported; `whyred feedback NUMBER` shows one"]) + "\n"


def _cut(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= MOST_WORDS else f"{line[: MOST_WORDS - 1]}…"


def _shown(case: Feedback) -> str:
    job = f", job {case.job}" if case.job else ""
    blocks = [
        f"{case.id}: {case.repository}#{case.number}, reported by {case.who} at {case.recorded_at:%Y-%m-%d %H:%M}",
        case.words,
        f"Run {case.run_id}, attempt {case.attempt}, of {case.workflow} at {case.head_sha[:7]}{job}",
        f"Said: {case.signature or UNKNOWN}: {case.title}",
        f"Evidence, from line {case.line}\n{case.evidence}" if case.evidence else "",
        f"Log, from line {case.excerpt_line}\n{case.excerpt}" if case.excerpt else "",
    ]
    return "\n\n".join(filter(None, blocks)) + "\n"


def _written(case: Feedback, folder: Path) -> str:
    """Write the case as a log and say what is next. An existing file is never touched."""
    from diagnosis.draft import told

    area = (case.signature or UNKNOWN).partition("/")[0]
    path = folder / area / f"reported-{case.id}.log"
    lines = (case.excerpt or case.evidence).split("\n")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.writelines(f"{told(line.encode())}\n" for line in lines)
    except OSError as error:
        raise UserError(f"{path}: {error.strerror or error}") from error
    return NEXT.format(path=path, folder=folder)
