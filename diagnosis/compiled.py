"""The scanner's two databases, compiled once for a catalogue and kept in a file."""

from __future__ import annotations

import hashlib
import marshal
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import hyperscan
from hyperscan._version import __version__ as hyperscan_version

from diagnosis.cache import write_whole

_FORMAT: Final = "two stages that tell groups"
_MOST_SIZES: Final = 40
"""Bytes that hold the sizes at the beginning of the file."""


class Compiled(NamedTuple):
    """What `stages.Stages` says, ready to scan. There is no second database where the first tells everything.

    Expressions that are found by the same texts are one group of `groups`, and both databases tell a group's place in
    it. Numbers above tell lines of which there is more to find out: the first one those for the second stage, the next
    one those with colour codes, each further one the lines for the second stage with one group of `both`.
    """

    first: hyperscan.Database
    second: hyperscan.Database | None
    groups: Sequence[Sequence[int]]
    both: Sequence[int]

    @property
    def doubtful(self) -> int:
        """What tells a line for the second stage."""
        return len(self.groups)

    @property
    def coloured(self) -> int:
        """What tells a line with colour codes."""
        return len(self.groups) + 1


def compiled(expressions: Sequence[bytes], cache: Path | None) -> Compiled:
    """The databases for the expressions: from the `cache` folder if they are there, else made and left there."""
    kept = cache / f"{_key(expressions)}.hyperscan" if cache else None
    made = _load(kept) if kept else None
    if made is None:
        made = _compile(expressions)
        if kept:
            write_whole(kept, _dumped(made))
    return made


def _key(expressions: Sequence[bytes]) -> str:
    """What a compiled database depends on; the processor it is checked for by hyperscan itself."""
    versions = f"{_FORMAT} {marshal.version} {hyperscan_version}"
    return hashlib.sha256(b"\n".join([versions.encode(), *expressions])).hexdigest()[:32]


def _compile(expressions: Sequence[bytes]) -> Compiled:
    from diagnosis.stages import staged  # takes a while, and is needed once in a catalogue's life

    stages, count = staged(expressions), len(expressions)
    told = [tuple(filter(count.__gt__, numbers)) for numbers in stages.texts.values()]
    found = [tuple(numbers) for numbers in stages.second.values()]
    places = {numbers: place for place, numbers in enumerate(sorted({*told, *found} - {()}))}
    above = {count: len(places), count + 1: len(places) + 1}
    both: list[int] = []
    first: list[int] = []
    for numbers, group in zip(stages.texts.values(), told, strict=True):
        more = [above[number] for number in numbers if number in above]
        if group and more:
            both.append(places[group])
        first.append(len(places) + 1 + len(both) if group and more else places[group] if group else more[0])
    second = database(list(stages.second), [places[numbers] for numbers in found]) if found else None
    return Compiled(database(list(stages.texts), first), second, list(places), both)


def database(expressions: Sequence[bytes], numbers: Sequence[int] | None = None) -> hyperscan.Database:
    """One database for all of them, which tells of each its number, or else its place."""
    made = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    count = len(expressions)
    made.compile(
        expressions=list(expressions),
        ids=list(range(count) if numbers is None else numbers),
        elements=count,
        flags=[0] * count,
    )
    return made


def _dumped(made: Compiled) -> bytes:
    first = hyperscan.dumpb(made.first)
    second = hyperscan.dumpb(made.second) if made.second else b""
    head = marshal.dumps((list(made.groups), list(made.both)))
    return b"".join([b"%d %d\n" % (len(head), len(first)), head, first, second])


def _load(kept: Path) -> Compiled | None:
    """The kept databases; None when there are none, or none that this machine can use."""
    try:
        with kept.open("rb") as file:
            head, first = map(int, file.readline(_MOST_SIZES).split())
            tables = marshal.loads(file.read(head))  # noqa: S302 - the user's own cache
            made = _loaded(file.read(first))
            second = file.read()
        return Compiled(made, _loaded(second) if second else None, *tables)
    except (OSError, ValueError, EOFError, TypeError, hyperscan.error):
        return None


def _loaded(data: bytes) -> hyperscan.Database:
    database = hyperscan.loadb(data, mode=hyperscan.HS_MODE_BLOCK)
    database.scratch = hyperscan.Scratch(database)
    return database
