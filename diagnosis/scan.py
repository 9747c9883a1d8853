"""The prefilter: which lines of a log are worth confirming, found by one pass of native code over the raw bytes."""

from __future__ import annotations

import heapq
import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, starmap
from pathlib import Path
from typing import Final, NamedTuple, Protocol

import hyperscan

from diagnosis.compiled import compiled
from diagnosis.source import Text

MOST_KEPT: Final = 1000
"""Candidates of one expression that are kept of a job's log: the first and the last ones."""

_ESCAPE: Final = b"\x1b"

_BITS: Final = 16
"""A hit is one number, its place above the expression's number: a chunk may have very many, and they get sorted."""

_NUMBER: Final = (1 << _BITS) - 1
_PLACE: Final = ~_NUMBER

_COLOUR = re.compile(
    rb"(?:\x1b|\^\[)\[[0-?]*[ -/]*[@-~]|\x1b[\]P_^X][^\x07\x1b\n]*(?:\x07|\x1b\\)?"
    rb"|\x1b[ -/]*[0-~]|\[\d{1,3}(?:;\d{1,3})*m"
)


class Candidate(NamedTuple):
    """A line that may match: its number from 1 and the offset of its first byte."""

    line: int
    offset: int


class Hits:
    """The candidates of one expression, in order: all of them, or the first and last ones of `count`."""

    __slots__ = ("_first", "_last", "_newest", "count", "most")

    def __init__(self, most: int | None = MOST_KEPT) -> None:
        self.most = most
        self.count = 0
        # Line and offset in turn, as numbers: a log of a gigabyte has hundreds of thousands of candidates.
        self._first = array("q")
        self._last = array("q")
        self._newest = 0

    def extend(self, places: list[int]) -> None:
        """Take more: of each its line and, behind it, its offset. A line that goes on from before is known."""
        if places[:1] == [self._newest]:
            places = places[2:]
        self.count += len(places) // 2
        self._newest = places[-2] if places else self._newest
        if self.most is None:
            self._first.extend(places)
            return
        # Half of the candidates, of two numbers each.
        room = self.most - len(self._first)
        self._first.extend(places[:room])
        self._last.extend(places[room:])
        del self._last[: -self.most]

    @classmethod
    def of_all(cls, parts: Sequence[Hits]) -> Hits:
        """The lines of several, each once. Of those that are not kept, one that several have is counted for each."""
        hits = cls(None if any(part.most is None for part in parts) else MOST_KEPT)
        kept = list(heapq.merge(*(part.places() for part in parts)))
        hits.extend([number for place in dict.fromkeys(kept) for number in place])
        hits.count += sum(part.count for part in parts) - len(kept)
        return hits

    @property
    def kept(self) -> list[Candidate]:
        """Those to look at."""
        return list(starmap(Candidate, self.places()))

    def places(self) -> Iterator[tuple[int, int]]:
        """Line and offset of each that was kept, in order."""
        numbers = iter(self._first + self._last)
        return zip(numbers, numbers, strict=True)


class Scanner:
    """Looks for many expressions at once; made once for a catalogue and used for any number of logs.

    The expressions are hyperscan's syntax over bytes. They must not match a newline. All bytes are searched for texts
    of fixed width alone, which is many times faster; where these leave a doubt, their lines for the expressions.
    Compiling takes long, so the result is kept in the `cache` folder, if one is given, and taken from there next time.
    """

    def __init__(self, expressions: Sequence[bytes], cache: Path | None = None) -> None:
        self._count = len(expressions)
        self._made = compiled(expressions, cache)

    def scan(self, text: Text, *, whole: int = 0) -> list[Hits]:
        """For each expression the lines on which it ends; of the first `whole` expressions every one."""
        found: dict[int, Hits] = {}
        for start, first_line, chunk in text.chunks():
            for group, places in self._places(chunk, start, first_line).items():
                if group not in found:
                    found[group] = Hits(None if self._made.groups[group][0] < whole else MOST_KEPT)
                found[group].extend(places)
        return self._by_expression(found)

    def _places(self, chunk: bytes, start: int, line: int) -> dict[int, list[int]]:
        """Of each group of expressions that is found in a chunk the lines and their offsets in turn."""
        found: dict[int, list[int]] = {}
        line_start, line_end = 0, -1
        for hit in self._hits(chunk):
            place, group = hit >> _BITS, hit & _NUMBER
            if place > line_end:
                begun = chunk.rfind(b"\n", 0, place) + 1
                line += chunk.count(b"\n", line_start, begun)
                line_start, line_end = begun, _line_end(chunk, place)
            if group not in found:
                found[group] = [line, start + line_start]
            elif found[group][-2] != line:
                found[group] += line, start + line_start
        return found

    def _by_expression(self, found: Mapping[int, Hits]) -> list[Hits]:
        parts: dict[int, list[Hits]] = {}
        for group, hits in found.items():
            for number in self._made.groups[group]:
                parts.setdefault(number, []).append(hits)
        told = [Hits()] * self._count
        for number, several in parts.items():
            told[number] = several[0] if len(several) == 1 else Hits.of_all(several)
        return told

    def raw(self, text: bytes, handler: Callable[[int, int, int, int, object], None]) -> None:
        """Hand the handler what hyperscan finds first in all bytes: the text's number, start, end, flags, context."""
        self._made.first.scan(text, match_event_handler=handler)

    def _hits(self, chunk: bytes) -> list[int]:
        """Where which group of expressions ends, in order; of some only where the line begins."""
        hits, doubtful, coloured = self._first_stage(chunk)
        stripped = _Lines.at(chunk, sorted(coloured + _escapes(chunk)))
        lines = _Lines.at(chunk, doubtful)
        if stripped.starts:
            plain = _COLOUR.sub(b"", b"\n".join(stripped.texts))
            stripped.texts = plain.split(b"\n")
            more, doubtful, _ = self._first_stage(plain)
            hits += stripped.placed(more)
            lines.extend(_Lines.at(plain, doubtful), stripped)
        if self._made.second and lines.starts:
            hits += lines.placed(_matches(self._made.second, b"\n".join(lines.texts)))
        hits.sort()
        return hits

    def _first_stage(self, text: bytes) -> tuple[list[int], list[int], list[int]]:
        """Where which group ends, and where is what makes a line one for the second stage or one to strip of colour."""
        made = self._made
        seen = _matches(made.first, text)
        groups, coloured = made.doubtful, made.coloured
        hits = [hit for hit in seen if hit & _NUMBER < groups]
        more = [hit for hit in seen if hit & _NUMBER >= groups]
        hits += [hit & _PLACE | made.both[(hit & _NUMBER) - coloured - 1] for hit in more if hit & _NUMBER > coloured]
        doubtful = [hit >> _BITS for hit in more if hit & _NUMBER != coloured]
        return hits, doubtful, [hit >> _BITS for hit in more if hit & _NUMBER == coloured]


class Scans(Protocol):
    """What a diagnosis asks of a scanner."""

    def scan(self, text: Text, *, whole: int = 0) -> list[Hits]:
        """For each expression the lines on which it ends; of the first `whole` expressions every one."""
        ...


class Beside:
    """Two scanners as one: what the second one looks for stands behind what the first one does."""

    def __init__(self, first: Scans, second: Scans) -> None:
        self._first, self._second = first, second

    def scan(self, text: Text, *, whole: int = 0) -> list[Hits]:
        """As each of them does, the first `whole` expressions being the first one's."""
        return [*self._first.scan(text, whole=whole), *self._second.scan(text)]


class _Lines:
    """Lines of a chunk, as they are or stripped, that are put together for a scan; `starts` are theirs in the chunk."""

    def __init__(self, starts: list[int], texts: list[bytes]) -> None:
        self.starts = starts
        self.texts = texts

    @classmethod
    def at(cls, text: bytes, places: list[int]) -> _Lines:
        """Those on which the places are, which are in order."""
        starts: list[int] = []
        texts: list[bytes] = []
        line_end = -1
        find, rfind, size = text.find, text.rfind, len(text)
        for place in places:
            if place > line_end:
                start, line_end = rfind(b"\n", 0, place) + 1, find(b"\n", place)
                if line_end < 0:
                    line_end = size
                starts.append(start)
                texts.append(text[start:line_end])
        return cls(starts, texts)

    def extend(self, others: _Lines, within: _Lines) -> None:
        """Take more lines, which are some of others put together."""
        self.starts += [place >> _BITS for place in within.placed([start << _BITS for start in others.starts])]
        self.texts += others.texts

    def placed(self, hits: Iterable[int]) -> list[int]:
        """What was found in the lines put together, where the lines begin in the chunk."""
        starts, ends = self.starts, list(accumulate(map(len, self.texts), lambda end, length: end + 1 + length))
        return [starts[bisect_left(ends, hit >> _BITS)] << _BITS | hit & _NUMBER for hit in hits]


def _matches(database: hyperscan.Database, text: bytes) -> list[int]:
    """Where which of its expressions ends."""
    hits: list[int] = []

    def keep(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
        hits.append(end << _BITS | number)

    database.scan(text, match_event_handler=keep)
    return hits


def _escapes(chunk: bytes) -> list[int]:
    """Where the first escape character of each line is that has one."""
    places: list[int] = []
    place = chunk.find(_ESCAPE)
    while place >= 0:
        places.append(place)
        place = chunk.find(_ESCAPE, _line_end(chunk, place))
    return places


def _line_end(chunk: bytes, place: int) -> int:
    end = chunk.find(b"\n", place)
    return len(chunk) if end < 0 else end
