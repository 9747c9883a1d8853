"""Where a log's bytes come from, and its text by lines: read in pieces, so that its size does not matter."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, Protocol

CHUNK: Final = 2 * 1024 * 1024
_AHEAD: Final = 128 * 1024
_LINE: Final = 4096
"""Bytes read at first to get one line; most are far shorter."""


class Source(Protocol):
    """Bytes that can be read anywhere. The caller opens and closes what is behind them."""

    @property
    def size(self) -> int:
        """How many bytes there are."""
        ...

    def read(self, start: int, end: int) -> bytes:
        """The bytes from `start` to `end` or to where they stop."""
        ...


class InMemory(NamedTuple):
    """Bytes that are in memory already."""

    data: bytes

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return len(self.data)

    def read(self, start: int, end: int) -> bytes:
        """The bytes from `start` to `end` or to where they stop."""
        return self.data[start:end]


class Text:
    """A stretch of a source as numbered lines. Offsets are the source's, lines count from 1 at `start`.

    Whoever goes through all chunks notes where each begins; then any line can be found again without reading all.
    `lines` is known, like the places of single lines, once `chunks` has been exhausted.
    """

    __slots__ = ("_numbers", "_offsets", "end", "lines", "source", "start")

    def __init__(self, source: Source, start: int, end: int) -> None:
        self.source, self.start, self.end = source, start, end
        self.lines = 0
        self._offsets: list[int] = []
        self._numbers: list[int] = []

    @classmethod
    def of(cls, data: bytes) -> Text:
        """The text of bytes in memory."""
        return cls(InMemory(data), 0, len(data))

    def chunks(self) -> Iterator[tuple[int, int, bytes]]:
        """(offset, number of the first line, bytes) of stretches that end with a line, or within one of over CHUNK."""
        self._offsets, self._numbers = [], []
        offset, number, last = self.start, 1, b"\n"
        while offset < self.end:
            data = self.source.read(offset, min(offset + CHUNK, self.end))
            if not data:
                break
            if offset + len(data) < self.end and data[-1:] != b"\n":
                data = data[: data.rfind(b"\n") + 1] or data
            self._offsets.append(offset)
            self._numbers.append(number)
            yield offset, number, data
            offset, number, last = offset + len(data), number + data.count(b"\n"), data[-1:]
        self.lines = number - (last == b"\n")

    def lines_at(self, places: Iterable[tuple[int, int]]) -> Iterator[tuple[int, bytes]]:
        """(number, line without its newline) for each number and offset of many lines in order."""
        data, begun = b"", 0
        for number, offset in places:
            end = data.find(b"\n", offset - begun)
            if end < 0:
                data, begun = self.source.read(offset, min(offset + _AHEAD, self.end)), offset
                end = data.find(b"\n")
            yield number, data[offset - begun : end] if end >= 0 else self.line_at(offset)

    def line_at(self, offset: int) -> bytes:
        """The line that begins at an offset, without its newline."""
        return self.window(offset, 1)[0]

    def window(self, offset: int, count: int) -> list[bytes]:
        """At most so many lines from the one that begins at an offset, without their newlines; at least one."""
        size = _LINE * count
        while True:
            data = self.source.read(offset, min(offset + size, self.end))
            lines = data.split(b"\n", count)
            if len(lines) > count or offset + size >= self.end:
                return lines[:count]
            size *= 8

    def between(self, first: int, last: int) -> list[bytes]:
        """The lines from one number to another, both included, without their newlines."""
        if first > last:
            return []
        # A line of several chunks begins with the first of those that bear its number.
        place = bisect_left(self._numbers, first)
        if place == len(self._numbers) or self._numbers[place] != first:
            place -= 1
        if place < 0:
            return []
        stop = bisect_right(self._numbers, last)
        end = self._offsets[stop] if stop < len(self._offsets) else self.end
        lines = self.source.read(self._offsets[place], end).split(b"\n")
        base = self._numbers[place]
        return lines[first - base : last - base + 1]
