"""The catalogue as it was read last time: reading hundreds of files takes longer than explaining a log."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Final, overload

from diagnosis.cache import write_whole
from diagnosis.catalogue import BUILT_IN, Catalogue, Signature, load

FILE: Final = "catalogue.json"
_EXAMPLES: Final = ("should_match", "should_not_match")
_KEPT: Final = tuple(item.name for item in fields(Signature) if item.name not in _EXAMPLES)


def load_kept(cache: Path, stamp: str, folder: Path = BUILT_IN) -> Catalogue:
    """All signatures below a folder, without their examples: from the `cache` folder if it was written with the stamp.

    The stamp says which files were read, and with which code: the caller makes it of their sizes and times.
    """
    known = _read(cache / FILE, stamp)
    if known is None:
        known = load(folder)
        write_whole(cache / FILE, "\n".join([stamp, *_written(known)]).encode())
    return known


def _written(known: Catalogue) -> list[str]:
    """A line with what is asked of all signatures, then one for each: most of these are never read again."""
    expressions = [expression.decode("ascii") for expression in known.expressions]
    rows = ([getattr(item, name) for name in _KEPT] for item in known.signatures)
    return list(map(json.dumps, ([known.beats, expressions], *rows)))


def _read(kept: Path, stamp: str) -> Catalogue | None:
    try:
        written, every, *rows = kept.read_bytes().split(b"\n")
        if written != stamp.encode():
            return None
        beats, expressions = json.loads(every)
        if not len(beats) == len(expressions) == len(rows):
            return None
        return _Kept(rows, beats, [expression.encode("ascii") for expression in expressions])
    except (OSError, ValueError, TypeError, AttributeError):
        return None


class _Kept(Catalogue):
    """Knows beforehand what takes a look into each signature."""

    def __init__(self, rows: Sequence[bytes], beats: Mapping[str, Sequence[str]], expressions: Sequence[bytes]) -> None:
        super().__init__(())
        self.signatures = _Rows(rows)
        self.beats = beats
        self.expressions = expressions


class _Rows(Sequence[Signature]):
    """Signatures that are made of their lines when they are asked for: a log has some, the catalogue hundreds."""

    def __init__(self, lines: Sequence[bytes]) -> None:
        self._lines = lines
        self._made: dict[int, Signature] = {}

    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, place: int) -> Signature: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Signature]: ...
    def __getitem__(self, place: int | slice) -> Signature | Sequence[Signature]:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        if place not in self._made:
            self._made[place] = _signature(json.loads(self._lines[place]))
        return self._made[place]


def _signature(row: list[Any]) -> Signature:
    values: list[Any] = [tuple(value) if isinstance(value, list) else value for value in row]
    return Signature(*values)
