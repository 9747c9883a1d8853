"""The catalogue as it was read last time: reading hundreds of files takes longer than explaining a log."""

from __future__ import annotations

import marshal
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import cached_property
from itertools import starmap
from pathlib import Path
from typing import Final, overload

from diagnosis.cache import write_whole
from diagnosis.catalogue import BUILT_IN, Catalogue, Negative, Positive, Signature, load

FILE: Final = "catalogue.marshal"
_EXAMPLES: Final = ("should_match", "should_not_match")
_KEPT: Final = tuple(item.name for item in fields(Signature) if item.name not in _EXAMPLES)


def load_kept(cache: Path, stamp: str, folder: Path = BUILT_IN) -> Catalogue:
    """All signatures below a folder, without their examples: from the `cache` folder if it was written with the stamp.

    The stamp says which files were read, and with which code: the caller makes it of their sizes and times.
    """
    head = f"{stamp} {marshal.version}\n".encode()
    known = _read(cache / FILE, head)
    if known is None:
        known = load(folder)
        write_whole(cache / FILE, head + _written(known))
    return known


def _written(known: Catalogue) -> bytes:
    """What is asked of all signatures, then each of them packed on its own: most of these are never read again."""
    rows = [_packed(item, [], []) for item in known.signatures]
    places = {identifier: place for place, identifier in enumerate(known.beats)}
    beaten = [array("H", sorted(map(places.__getitem__, known.beaten_by(name)))).tobytes() for name in places]
    beats = {identifier: tuple(beaten) for identifier, beaten in known.beats.items()}
    return marshal.dumps((beats, beaten, list(known.expressions), rows))


def _read(kept: Path, head: bytes) -> Catalogue | None:
    """What was kept under this head; None when there is nothing, or not the whole of it."""
    try:
        data = kept.read_bytes()
        if not data.startswith(head):
            return None
        tables = marshal.loads(memoryview(data)[len(head) :])  # noqa: S302 - the user's own cache
        return _Kept(*tables) if len(set(map(len, tables))) == 1 else None
    except (OSError, ValueError, EOFError, TypeError):
        return None


def pack(item: Signature) -> bytes:
    """All of a signature, with what the scanner looks for. Raises CatalogueError when its pattern gives it nothing."""
    positives = [(example.log, dict(example.captures)) for example in item.should_match]
    negatives = [(example.log, example.because) for example in item.should_not_match]
    return _packed(item, positives, negatives)


def _packed(item: Signature, positives: list[tuple[str, dict[str, str]]], negatives: list[tuple[str, str]]) -> bytes:
    return marshal.dumps((item.expression, positives, negatives, tuple(getattr(item, name) for name in _KEPT)))


def unpack(data: bytes) -> Signature:
    """The signature that was packed, without the work that it took to find out what the scanner looks for."""
    expression, positives, negatives, values = marshal.loads(data)  # noqa: S302 - the user's own cache
    signature = Signature(
        **dict(zip(_KEPT, values, strict=True)),
        should_match=tuple(starmap(Positive, positives)),
        should_not_match=tuple(starmap(Negative, negatives)),
    )
    # Where the property would put it.
    vars(signature)["expression"] = expression
    return signature


class _Kept(Catalogue):
    """Knows beforehand what takes a look into each signature."""

    def __init__(
        self,
        beats: Mapping[str, Sequence[str]],
        beaten: Sequence[bytes],
        expressions: Sequence[bytes],
        rows: Sequence[bytes],
    ) -> None:
        super().__init__(())
        self.signatures = _Rows(rows)
        self.beats = beats
        self.expressions = expressions
        self._reached = beaten

    @cached_property
    def _ids(self) -> Sequence[str]:
        return tuple(self.beats)

    def _walk(self, identifier: str) -> frozenset[str]:
        """What was found out when the catalogue was kept."""
        places = array("H", self._reached[self._places[identifier]])
        return frozenset(map(self._ids.__getitem__, places))


class _Rows(Sequence[Signature]):
    """Signatures that are unpacked when they are asked for: a log has some, the catalogue hundreds."""

    def __init__(self, rows: Sequence[bytes]) -> None:
        self._rows = rows
        self._made: dict[int, Signature] = {}

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, place: int) -> Signature: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Signature]: ...
    def __getitem__(self, place: int | slice) -> Signature | Sequence[Signature]:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        if place not in self._made:
            self._made[place] = unpack(self._rows[place])
        return self._made[place]
