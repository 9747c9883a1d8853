"""The prefilter: which lines of a log are worth confirming, found by one pass of native code over the raw bytes."""

from __future__ import annotations

import contextlib
import hashlib
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import hyperscan
from hyperscan._version import __version__ as hyperscan_version

CHUNK = 4 * 1024 * 1024

_COLOUR = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]P_^X][^\x07\x1b\n]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line that may match: its number from 1 and the offset of its first byte."""

    line: int
    offset: int


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
