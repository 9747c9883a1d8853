"""The scanner's two databases, compiled once for a catalogue and kept in a file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import hyperscan
from hyperscan._version import __version__ as hyperscan_version

from diagnosis.cache import write_whole

_FORMAT: Final = b"two stages"


@dataclass(frozen=True, slots=True)
class Compiled:
    """What `stages.Stages` says, ready to scan: the numbers that the texts tell, and those of the second stage.

    There is no second database where the first tells everything.
    """

    first: hyperscan.Database
    second: hyperscan.Database | None
    told: Sequence[Sequence[int]]
    found: Sequence[Sequence[int]]


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
    return hashlib.sha256(b"\n".join([_FORMAT, hyperscan_version.encode(), *expressions])).hexdigest()[:32]


def _compile(expressions: Sequence[bytes]) -> Compiled:
    from diagnosis.stages import staged  # takes a while, and is needed once in a catalogue's life

    stages = staged(expressions)
    second = database(list(stages.second)) if stages.second else None
    return Compiled(database(list(stages.texts)), second, [*stages.texts.values()], [*stages.second.values()])


def database(expressions: Sequence[bytes]) -> hyperscan.Database:
    """One database for all of them, which tells of each its place."""
    made = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    count = len(expressions)
    made.compile(expressions=list(expressions), ids=list(range(count)), elements=count, flags=[0] * count)
    return made


def _dumped(made: Compiled) -> bytes:
    first = hyperscan.dumpb(made.first)
    second = hyperscan.dumpb(made.second) if made.second else b""
    return b"".join([json.dumps([len(first), made.told, made.found]).encode(), b"\n", first, second])


def _load(kept: Path) -> Compiled | None:
    """The kept databases; None when there are none, or none that this machine can use."""
    try:
        head, _, databases = kept.read_bytes().partition(b"\n")
        size, told, found = json.loads(head)
        second = _loaded(databases[size:]) if found else None
        return Compiled(_loaded(databases[:size]), second, told, found)
    except (OSError, ValueError, TypeError, hyperscan.error):
        return None


def _loaded(data: bytes) -> hyperscan.Database:
    database = hyperscan.loadb(data, mode=hyperscan.HS_MODE_BLOCK)
    database.scratch = hyperscan.Scratch(database)
    return database
