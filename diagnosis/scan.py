"""The prefilter: which lines of a log are worth confirming, found by one pass of native code over the raw bytes."""

from __future__ import annotations

import contextlib
import hashlib
import re
import tempfile
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import hyperscan
from hyperscan._version import __version__ as hyperscan_version

from diagnosis.source import Text

MOST_KEPT: Final = 2000
"""Candidates of one expression that are looked at in a job's log: the first and the last ones."""

_COLOUR_MARKS: Final = (b"\x1b", b"^[[", b"[0m")
"""What a line with colour codes holds: the escape character, or what is left where it was lost or printed as text."""

_COLOUR = re.compile(
    rb"(?:\x1b|\^\[)\[[0-?]*[ -/]*[@-~]|\x1b[\]P_^X][^\x07\x1b\n]*(?:\x07|\x1b\\)?"
    rb"|\x1b[ -/]*[0-~]|\[\d{1,3}(?:;\d{1,3})*m"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line that may match: its number from 1 and the offset of its first byte."""

    line: int
    offset: int


@dataclass(slots=True)
class Hits:
    """The candidates of one expression, in order: all of them, or the first and last ones of `count`."""

    most: int | None = MOST_KEPT
    count: int = 0
    _first: list[Candidate] = field(default_factory=list)
    _last: deque[Candidate] = field(default_factory=deque)

    def add(self, candidate: Candidate) -> None:
        """Take one more, unless it is the same line again."""
        newest = self._last[-1] if self._last else self._first[-1] if self._first else None
        if newest is not None and newest.line == candidate.line:
            return
        self.count += 1
        if self.most is None or len(self._first) < self.most // 2:
            self._first.append(candidate)
            return
        self._last.append(candidate)
        if len(self._last) > self.most // 2:
            self._last.popleft()

    @property
    def kept(self) -> list[Candidate]:
        """Those to look at."""
        return [*self._first, *self._last]


class Scanner:
    """Looks for many expressions at once; made once for a catalogue and used for any number of logs.

    The expressions are hyperscan's syntax over bytes. They must not match a newline. Compiling takes some milliseconds
    for each, so the result is kept in the `cache` folder, if one is given, and taken from there the next time.
    """

    def __init__(self, expressions: Sequence[bytes], cache: Path | None = None) -> None:
        self._count = len(expressions)
        kept = cache / f"{_key(expressions)}.hyperscan" if cache else None
        database = _load(kept) if kept else None
        if database is None:
            database = _compile(expressions)
            if kept:
                _keep(database, kept)
        self._database = database

    def scan(self, text: Text, *, whole: int = 0) -> list[Hits]:
        """For each expression the lines on which it ends; of the first `whole` expressions every one."""
        found = [Hits(None if number < whole else MOST_KEPT) for number in range(self._count)]
        for start, first_line, chunk in text.chunks():
            hits = self._hits(chunk)
            hits.update(self._coloured_hits(chunk))
            _place(sorted(hits), chunk, start, first_line, found)
        return found

    def _hits(self, text: bytes) -> set[tuple[int, int]]:
        """(end offset, expression) of every match, once for a line."""
        seen: set[tuple[int, int]] = set()

        def keep(expression: int, _start: int, end: int, _flags: int, _context: object) -> None:
            seen.add((text.rfind(b"\n", 0, end) + 1, expression))

        self._database.scan(text, match_event_handler=keep)
        return seen

    def _coloured_hits(self, chunk: bytes) -> set[tuple[int, int]]:
        """Matches on the lines that hold colour codes, looked for again without them."""
        coloured = _coloured_lines(chunk)
        if not coloured:
            return set()
        starts = [start for start, _ in coloured]
        lines = [chunk[start:end] for start, end in coloured]
        stripped = _COLOUR.sub(b"", b"\n".join(lines))
        offsets = [0]
        for line in stripped.split(b"\n"):
            offsets.append(offsets[-1] + len(line) + 1)
        number = {offset: index for index, offset in enumerate(offsets)}
        return {(starts[number[offset]], expression) for offset, expression in self._hits(stripped)}


def _compile(expressions: Sequence[bytes]) -> hyperscan.Database:
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    count = len(expressions)
    database.compile(expressions=list(expressions), ids=list(range(count)), elements=count, flags=[0] * count)
    return database


def _key(expressions: Sequence[bytes]) -> str:
    """What a compiled database depends on; the processor it is checked for by hyperscan itself."""
    return hashlib.sha256(b"\n".join([hyperscan_version.encode(), *expressions])).hexdigest()[:32]


def _load(kept: Path) -> hyperscan.Database | None:
    """The kept database; None when there is none, or none that this machine can use."""
    try:
        database = hyperscan.loadb(kept.read_bytes(), mode=hyperscan.HS_MODE_BLOCK)
        database.scratch = hyperscan.Scratch(database)
    except (OSError, hyperscan.error):
        return None
    return database


def _keep(database: hyperscan.Database, kept: Path) -> None:
    """Write it whole or not at all. A folder that can not be written costs the time of compiling, nothing else."""
    with contextlib.suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=kept.parent, delete=False) as file:
            file.write(hyperscan.dumpb(database))
        Path(file.name).replace(kept)


def _coloured_lines(chunk: bytes) -> list[tuple[int, int]]:
    """Start and end of each line that holds a colour code."""
    found: dict[int, int] = {}
    for mark in _COLOUR_MARKS:
        place = chunk.find(mark)
        while place >= 0:
            end = chunk.find(b"\n", place)
            end = len(chunk) if end < 0 else end
            found[chunk.rfind(b"\n", 0, place) + 1] = end
            place = chunk.find(mark, end)
    return sorted(found.items())


def _place(hits: list[tuple[int, int]], chunk: bytes, start: int, first_line: int, found: list[Hits]) -> None:
    line, counted = first_line, 0
    for offset, expression in hits:
        line += chunk.count(b"\n", counted, offset)
        counted = offset
        found[expression].add(Candidate(line, start + offset))
