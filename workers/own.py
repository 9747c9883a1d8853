"""A repository's own signatures, judged once for each content they have, and kept beside the catalogue's cache."""

from __future__ import annotations

import hashlib
import marshal
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import redis
import structlog

from bot.github import dot_github
from bot.github.client import Client
from bot.github.dot_github import Entry
from bot.known import version
from bot.render.safe import code_span, escape
from diagnosis import own
from diagnosis.cache import write_whole
from diagnosis.catalogue import Catalogue
from diagnosis.engine import OWN
from diagnosis.extended import Extended
from diagnosis.kept import pack, unpack
from diagnosis.own import MOST_BYTES, Judged
from workers.wishes import Note

MOST_FILES: Final = 50
MOST_NOTES: Final = 3
MOST_SAID: Final = 300
"""Characters of what is wrong with a file."""

MOST_KEPT: Final = 200
"""Files in the folder of what was judged and compiled: those that were used last."""

JUDGING: Final = 3600
"""Seconds for which nobody tries again what a worker did not come back from."""

log = structlog.get_logger()


def with_own(
    client: Client, connection: redis.Redis, entries: tuple[Entry, ...], known: Catalogue, folder: Path
) -> tuple[Catalogue, tuple[Note, ...]]:
    """The catalogue with the signatures in the entries beside it, and what is wrong with those that are left out."""
    if not entries:
        return known, ()
    name = key(entries)
    kept, judging = folder / OWN / f"{name}.marshal", f"whyred:judging:{name}"
    judged = _read(kept)
    if judged is None:
        files = {entry.path: _content(client, entry) for entry in entries[:MOST_FILES]}
        if not connection.set(judging, 1, nx=True, ex=JUDGING):
            log.warning("own signatures left out", reason="they are being judged, or were not in time")
            return known, ()
        judged = _judge(files, entries[MOST_FILES:], known, folder)
        _write(kept, judged)
        connection.delete(judging)
    return Extended(known, judged.signatures) if judged.signatures else known, tuple(_notes(entries, judged))


def _judge(files: Mapping[str, bytes | None], surplus: Iterable[Entry], known: Catalogue, folder: Path) -> Judged:
    judged = own.judge({path: data for path, data in files.items() if data is not None}, known, folder)
    missing = {path: "it could not be fetched" for path, data in files.items() if data is None}
    many = {entry.path: f"there are more than {MOST_FILES}" for entry in surplus}
    return Judged(judged.signatures, {**judged.problems, **missing, **many})


def _content(client: Client, entry: Entry) -> bytes | None:
    """Of one that is too big no more than it takes to be refused for that."""
    return bytes(MOST_BYTES + 1) if entry.size > MOST_BYTES else dot_github.content(client, entry.sha)


def _notes(entries: tuple[Entry, ...], judged: Judged) -> Iterable[Note]:
    names = {entry.path: entry.sha for entry in entries}
    wrong = sorted(judged.problems.items())
    for path, problem in wrong[:MOST_NOTES]:
        says = problem if len(problem) <= MOST_SAID else f"{problem[: MOST_SAID - 1]}…"
        yield Note(names[path], f"{code_span(path)} is left out: {escape(says)}.")
    if len(wrong) > MOST_NOTES:
        yield Note(key(entries), f"{len(wrong) - MOST_NOTES} more of the files beside it are left out.")


def key(entries: tuple[Entry, ...]) -> str:
    """What changes with any of the files, with the engine and with the built-in signatures."""
    rows = [version(), *(f"{entry.path} {entry.sha}" for entry in entries)]
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:32]


def _write(kept: Path, judged: Judged) -> None:
    rows = [pack(signature) for signature in judged.signatures]
    write_whole(kept, marshal.dumps((rows, dict(judged.problems))))
    with suppress(OSError):
        by_age = sorted(kept.parent.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
        for old in by_age[MOST_KEPT:]:
            old.unlink(missing_ok=True)


def _read(kept: Path) -> Judged | None:
    with suppress(OSError, ValueError, EOFError, TypeError):
        rows, problems = marshal.loads(kept.read_bytes())  # noqa: S302 - our own cache
        kept.touch()
        return Judged(tuple(map(unpack, rows)), problems)
    return None
