"""The prefilter: which lines of a log are worth confirming, found by one pass of native code over the raw bytes."""

from __future__ import annotations

import hashlib
import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate, starmap
from pathlib import Path
from typing import Final

import hyperscan
from hyperscan._version import __version__ as hyperscan_version

from diagnosis.cache import write_whole
from diagnosis.source import Text

MOST_KEPT: Final = 2000
"""Candidates of one expression that are kept of a job's log: the first and the last ones."""

_ESCAPE: Final = b"\x1b"
_LOST_ESCAPES: Final = (rb"\^\[\[", rb"\[0m")
"""Expressions for what is left of a colour code whose escape character was lost or printed as text."""

_BITS: Final = 16
"""A hit is one number, its place above the expression's number: a chunk may have very many, and they get sorted."""

_EXPRESSION: Final = (1 << _BITS) - 1

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
    # Line and offset in turn, as numbers: a log of a gigabyte has hundreds of thousands of candidates.
    _first: array[int] = field(default_factory=partial(array, "q"))
    _last: array[int] = field(default_factory=partial(array, "q"))
    _oldest: int = 0

    def add(self, line: int, offset: int) -> None:
        """Take one more."""
        self.count += 1
        if self.most is None or self.count <= self.most // 2:
            self._first.append(line)
            self._first.append(offset)
        elif len(self._last) < self.most // 2 * 2:
            self._last.append(line)
            self._last.append(offset)
        else:
            self._last[self._oldest], self._last[self._oldest + 1] = line, offset
            self._oldest = (self._oldest + 2) % len(self._last)

    @property
    def kept(self) -> list[Candidate]:
        """Those to look at."""
        return list(starmap(Candidate, self.places()))

    def places(self) -> Iterator[tuple[int, int]]:
        """Line and offset of each that was kept, in order."""
        kept = self._first + self._last[self._oldest :] + self._last[: self._oldest]
        numbers = iter(kept)
        return zip(numbers, numbers, strict=True)


class Scanner:
    """Looks for many expressions at once; made once for a catalogue and used for any number of logs.

    The expressions are hyperscan's syntax over bytes. They must not match a newline. Compiling takes some milliseconds
    for each, so the result is kept in the `cache` folder, if one is given, and taken from there the next time.
    """

    def __init__(self, expressions: Sequence[bytes], cache: Path | None = None) -> None:
        self._count = len(expressions)
        expressions = [*expressions, *_LOST_ESCAPES]
        kept = cache / f"{_key(expressions)}.hyperscan" if cache else None
        database = _load(kept) if kept else None
        if database is None:
            database = _compile(expressions)
            if kept:
                write_whole(kept, hyperscan.dumpb(database))
        self._database = database

    def scan(self, text: Text, *, whole: int = 0) -> list[Hits]:
        """For each expression the lines on which it ends; of the first `whole` expressions every one."""
        found = [Hits(None if number < whole else MOST_KEPT) for number in range(self._count)]
        newest = [0] * self._count
        for start, first_line, chunk in text.chunks():
            hits = self._hits(chunk)
            hits += self._coloured_hits(chunk, hits)
            hits.sort()
            line, line_start, line_end = first_line, 0, -1
            for hit in hits:
                end, expression = hit >> _BITS, hit & _EXPRESSION
                if end > line_end:
                    begun = chunk.rfind(b"\n", 0, end) + 1
                    line += chunk.count(b"\n", line_start, begun)
                    line_start, line_end = begun, _line_end(chunk, end)
                if newest[expression] != line:
                    newest[expression] = line
                    found[expression].add(line, start + line_start)
        return found

    def _hits(self, text: bytes) -> list[int]:
        """Where which expression ends."""
        hits: list[int] = []

        def keep(expression: int, _start: int, end: int, _flags: int, _context: object) -> None:
            hits.append(end << _BITS | expression)

        self.raw(text, keep)
        return hits

    def raw(self, text: bytes, handler: Callable[[int, int, int, int, object], None]) -> None:
        """Hand every match to the handler as hyperscan does: expression, start, end, flags, context."""
        self._database.scan(text, match_event_handler=handler)

    def _coloured_hits(self, chunk: bytes, hits: list[int]) -> list[int]:
        """Matches on the lines that hold colour codes, looked for again without them. Takes their marks from `hits`."""
        marks = [hit >> _BITS for hit in hits if hit & _EXPRESSION >= self._count]
        if marks:
            hits[:] = [hit for hit in hits if hit & _EXPRESSION < self._count]
        coloured = _coloured_lines(chunk, marks)
        if not coloured:
            return []
        starts = [start for start, _ in coloured]
        stripped = _COLOUR.sub(b"", b"\n".join([chunk[start:end] for start, end in coloured]))
        lengths = map(len, stripped.split(b"\n"))
        ends = list(accumulate(lengths, lambda end, length: end + 1 + length))
        return [
            starts[bisect_left(ends, hit >> _BITS)] << _BITS | hit & _EXPRESSION
            for hit in self._hits(stripped)
            if hit & _EXPRESSION < self._count
        ]


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


def _coloured_lines(chunk: bytes, marks: Sequence[int]) -> list[tuple[int, int]]:
    """Start and end of each line that holds an escape character or one of the marks."""
    found = {chunk.rfind(b"\n", 0, mark) + 1: _line_end(chunk, mark) for mark in marks}
    place = chunk.find(_ESCAPE)
    while place >= 0:
        end = _line_end(chunk, place)
        found[chunk.rfind(b"\n", 0, place) + 1] = end
        place = chunk.find(_ESCAPE, end)
    return sorted(found.items())


def _line_end(chunk: bytes, place: int) -> int:
    end = chunk.find(b"\n", place)
    return len(chunk) if end < 0 else end
