"""The prefilter: which lines of a log are worth confirming, found by one pass of native code over the raw bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import hyperscan

CHUNK = 4 * 1024 * 1024

_COLOUR = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]P_^X][^\x07\x1b\n]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line that may match: its number from 1 and the offset of its first byte."""

    line: int
    offset: int


class Scanner:
    """Looks for many expressions at once; made once for a catalogue and used for any number of logs.

    The expressions are hyperscan's syntax over bytes. They must not match a newline.
    """

    def __init__(self, expressions: Sequence[bytes]) -> None:
        self._count = len(expressions)
        self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        self._database.compile(
            expressions=list(expressions),
            ids=list(range(self._count)),
            elements=self._count,
            flags=[0] * self._count,
        )

    def scan(self, data: bytes) -> list[list[Candidate]]:
        """For each expression the lines on which it ends, in order and without repetition."""
        found: list[list[Candidate]] = [[] for _ in range(self._count)]
        first_line = 1
        for start, end in _chunks(data):
            chunk = data[start:end]
            hits = self._hits(chunk)
            hits.update(self._coloured_hits(chunk))
            _place(sorted(hits), chunk, start, first_line, found)
            first_line += chunk.count(b"\n")
        return found

    def _hits(self, text: bytes) -> set[tuple[int, int]]:
        """(end offset, expression) of every match, once for a line."""
        seen: set[tuple[int, int]] = set()

        def keep(expression: int, _start: int, end: int, _flags: int, _context: object) -> None:
            seen.add((text.rfind(b"\n", 0, end) + 1, expression))

        self._database.scan(text, match_event_handler=keep)
        return seen

    def _coloured_hits(self, chunk: bytes) -> set[tuple[int, int]]:
        """Matches on the lines that hold escape codes, looked for again without them."""
        if b"\x1b" not in chunk:
            return set()
        starts: list[int] = []
        lines: list[bytes] = []
        for start, end in _coloured_lines(chunk):
            starts.append(start)
            lines.append(chunk[start:end])
        stripped = _COLOUR.sub(b"", b"\n".join(lines))
        offsets = [0]
        for line in stripped.split(b"\n"):
            offsets.append(offsets[-1] + len(line) + 1)
        number = {offset: index for index, offset in enumerate(offsets)}
        return {(starts[number[offset]], expression) for offset, expression in self._hits(stripped)}


def _coloured_lines(chunk: bytes) -> Iterator[tuple[int, int]]:
    escape = chunk.find(b"\x1b")
    while escape >= 0:
        end = chunk.find(b"\n", escape)
        end = len(chunk) if end < 0 else end
        yield chunk.rfind(b"\n", 0, escape) + 1, end
        escape = chunk.find(b"\x1b", end)


def _chunks(data: bytes) -> Iterator[tuple[int, int]]:
    """Stretches of at most CHUNK bytes that end with a line, or in the middle of one that is longer."""
    start = 0
    while start < len(data):
        end = min(start + CHUNK, len(data))
        if end < len(data):
            end = data.rfind(b"\n", start, end) + 1 or end
        if end <= start:
            end = min(start + CHUNK, len(data))
        yield start, end
        start = end


def _place(
    hits: list[tuple[int, int]], chunk: bytes, start: int, first_line: int, found: list[list[Candidate]]
) -> None:
    line, counted = first_line, 0
    for offset, expression in hits:
        line += chunk.count(b"\n", counted, offset)
        counted = offset
        candidates = found[expression]
        if not candidates or candidates[-1].line != line:
            candidates.append(Candidate(line, start + offset))
