"""`whyred new`: begins a signature from a line of a log, and leaves to its author what only a person can tell."""

from __future__ import annotations

import re
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from bot.cli import files, workbench
from bot.errors import UserError
from bot.known import built_in, cache_folder
from diagnosis import draft, engine, gates
from diagnosis.catalogue import BUILT_IN, Catalogue
from diagnosis.draft import DraftError
from diagnosis.source import Text
from diagnosis.tell import JobLog

REACH: Final = 200
"""Lines of the log before and after the one that is named, in which its step's head and end are looked for."""

MOST_LINE: Final = 1000
"""Characters of a line that a pattern can be made of."""

LEAST_ALIKE: Final = 3
"""Signatures of an area that must agree on their category before it is taken for the next one's."""

_ID: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*/[a-z0-9]+(?:-[a-z0-9]+)*")


def new(identifier: str, spot: str, folder: str) -> int:
    """Write the file and say what is next. Raises UserError; an existing file is never touched."""
    if not _ID.fullmatch(identifier):
        raise UserError(
            f"{identifier}: an id is AREA/NAME in small letters, digits and hyphens, such as pip/hash-missing"
        )
    if not Path(folder).is_dir():
        raise UserError(f"{folder}: no such folder; name the one with the signatures by --folder")
    path = Path(folder, f"{identifier}.toml")
    line, log = _cut(spot)
    known = _known(Path(folder))
    if path.exists() or known.get(identifier):
        raise UserError(f"{identifier} exists already; nothing was written")
    try:
        text = draft.signature(line, log, _category(known, identifier))
    except DraftError as error:
        raise UserError(f"{spot}: {error}") from error
    _write(path, text)
    sys.stdout.write(_said(identifier, path, text, log, known))
    return 0


def _known(folder: Path) -> Catalogue:
    """What is known in the folder and to the product; another draft that is not finished does not count."""
    cache = cache_folder()
    # In a checkout the folder is the product's own, drafts and all.
    ours = [] if folder.resolve() == BUILT_IN else built_in(cache).signatures
    found = {
        file.id: file.signature for file in workbench.read([(path, folder) for path in workbench.below(folder)], cache)
    }
    return Catalogue(item for item in ({item.id: item for item in ours} | found).values() if item)


def _cut(spot: str) -> tuple[str, str]:
    """The line that `LOG:LINE` means, and the example around it."""
    name, _, told = spot.rpartition(":")
    if not name or not (told.isascii() and told.isdecimal() and 0 < len(told) < 12 and int(told)):
        raise UserError(f"{spot}: --from takes LOG:LINE, the line counted from 1")
    number = int(told)
    with ExitStack() as stack:
        logs = files.read(Path(name), stack)
        if len(logs) > 1:
            raise UserError(f"{name}: holds {len(logs)} logs; name one of them")
        text = Text(logs[0].source, 0, logs[0].source.size)
        for _ in text.chunks():
            pass
        if number > text.lines:
            raise UserError(f"{name}: has no line {number}, only {text.lines}")
        first = max(number - REACH, 1)
        lines = [draft.told(raw) for raw in text.between(first, number + REACH)]
    line = lines[number - first]
    if not line.strip():
        raise UserError(f"{spot}: that line is blank")
    if len(line) > MOST_LINE:
        raise UserError(f"{spot}: that line has {len(line)} characters, more than {MOST_LINE}")
    return line, draft.example(lines, number - first)


def _category(known: Catalogue, identifier: str) -> str | None:
    """The one that all signatures of the area have, where there are some."""
    area = identifier.partition("/")[0]
    alike = [item.category for item in known.signatures if item.area == area]
    return alike[0] if len(alike) >= LEAST_ALIKE and len(set(alike)) == 1 else None


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UserError(f"{path}: {error.strerror or error}") from error


def _said(identifier: str, path: Path, text: str, log: str, known: Catalogue) -> str:
    report = engine.diagnose([JobLog("example", log.encode())], known, cache=cache_folder())
    best = report.best.signature if report.best else None
    today = f"today {best} explains these lines; does it not say enough?\n" if best else ""
    left = len(gates.unfilled(text))
    return (
        f"wrote {path}\n{today}next: fill in its {left} places marked <<fill in ...>>, read the example for names that"
        f" should not be public, then: whyred check {identifier}\n"
    )
