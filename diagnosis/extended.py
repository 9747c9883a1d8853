"""The catalogue of a repository that has signatures of its own: the built-in ones with these beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import overload

from diagnosis.catalogue import Catalogue, Signature


class Extended(Catalogue):
    """The built-in catalogue with a few signatures more: nothing that is known of the built-in ones is made anew."""

    def __init__(self, base: Catalogue, own: Iterable[Signature]) -> None:
        super().__init__(own)
        self.base, self.own = base, self.signatures
        self.signatures = _Joined(base.signatures, self.own)

    @cached_property
    def beats(self) -> Mapping[str, Sequence[str]]:
        """By id, the built-in ones first: the names of those that each explains away."""
        return {**self.base.beats, **{signature.id: signature.beats for signature in self.own}}

    @cached_property
    def expressions(self) -> Sequence[bytes]:
        """What the scanner looks for. Raises CatalogueError as the signatures do."""
        return [*self.base.expressions, *(signature.expression for signature in self.own)]

    def _walk(self, identifier: str) -> frozenset[str]:
        """A built-in signature explains none of the repository's own away, whatever its wildcards say."""
        if identifier in self.base.beats:
            return self.base.beaten_by(identifier)
        seen: set[str] = set()
        waiting = [identifier]
        while waiting:
            new = self._direct(waiting.pop()) - seen
            seen |= new
            waiting += (other for other in new if other not in self.base.beats)
            seen = seen.union(*(self.base.beaten_by(other) for other in new if other in self.base.beats))
        return frozenset(seen)


class _Joined(Sequence[Signature]):
    """Two sequences as one, without a look into either."""

    def __init__(self, first: Sequence[Signature], second: Sequence[Signature]) -> None:
        self._first, self._second = first, second

    def __len__(self) -> int:
        return len(self._first) + len(self._second)

    @overload
    def __getitem__(self, place: int) -> Signature: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Signature]: ...
    def __getitem__(self, place: int | slice) -> Signature | Sequence[Signature]:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        behind = place - len(self._first)
        return self._second[behind] if behind >= 0 else self._first[place]
