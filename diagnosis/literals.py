"""The literal strings of a pattern: a few of which every match must hold one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import chain, groupby, product
from re import _constants as op  # type: ignore[attr-defined]
from typing import Any, Final

MOST_SPELLINGS: Final = 40
"""Spellings of one stretch (`[Cc]an(?:no|')t`) that are written out before it is cut into two."""

LONG_ENOUGH: Final = 16
"""Characters from which on a literal is not rarer for being longer."""

Spellings = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """What is known of the texts that a part of a pattern matches: with what each begins and ends, and of which
    literals each holds one. Where these are all that it matches it is `whole`."""

    head: Spellings
    tail: Spellings
    held: Spellings
    whole: bool


_ANYTHING: Final = _Part(("",), ("",), (), whole=False)


def cover(items: Iterable[Any]) -> Spellings:
    """Of all sets of literals of which every match holds one, that whose shortest is longest. Empty if there is none.

    `items` are what the standard library's parser made of a pattern. Where a part of them ignores case, so must who
    looks for the literals.
    """
    held = _sequence(items).held
    return tuple(text for text in held if not any(other != text and other in text for other in held))


def shortest(spellings: Iterable[str]) -> int:
    """The length of the shortest of them, blanks not counted; 0 when there is none."""
    return min((len(text.replace(" ", "")) for text in spellings), default=0)


def ignores_case(items: Iterable[Any]) -> bool:
    """Whether some part of them says so of itself."""
    return any(
        (kind is op.SUBPATTERN and bool(argument[1] & re.IGNORECASE))
        or any(map(ignores_case, inside((kind, argument))))
        for kind, argument in items
    )


def inside(item: Any) -> list[list[Any]]:
    """The items within an item: those of each branch, of the group or of what is repeated."""
    kind, argument = item
    if kind is op.BRANCH:
        return [list(branch) for branch in argument[1]]
    if kind is op.SUBPATTERN:
        return [list(argument[3])]
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
        return [list(argument[2])]
    return []


def _exactly(spellings: Iterable[str]) -> _Part:
    found = tuple(sorted(set(spellings)))
    return _Part(found, found, found, whole=True)


def _sequence(items: Iterable[Any]) -> _Part:
    runs = (_text(list(run)) if text else map(_part, run) for text, run in groupby(items, _is_text))
    return reduce(_after, chain.from_iterable(runs), _exactly([""]))


def _is_text(item: Any) -> bool:
    return item[0] is op.LITERAL and item[1] < 128


def _text(letters: Sequence[Any]) -> Sequence[_Part]:
    return [_exactly(["".join(chr(code) for _, code in letters)])]


def _after(first: _Part, second: _Part) -> _Part:
    """The two parts, one behind the other."""
    joined = _joined(first.tail, second.head)
    if first.whole and second.whole and joined:
        return _exactly(joined)
    head = (_joined(first.head, second.head) if first.whole else ()) or first.head
    tail = (_joined(first.tail, second.tail) if second.whole else ()) or second.tail
    return _Part(head, tail, max(first.held, second.held, joined, key=_rarity), whole=False)


def _joined(heads: Spellings, tails: Spellings) -> Spellings:
    """Each head before each tail; nothing where that is too many."""
    if len(heads) * len(tails) > MOST_SPELLINGS:
        return ()
    return tuple(sorted({head + tail for head, tail in product(heads, tails)}))


def _rarity(spellings: Spellings) -> tuple[int, int]:
    return min(shortest(spellings), LONG_ENOUGH), -len(spellings)


def _part(item: Any) -> _Part:
    kind, argument = item
    if kind is op.AT:
        return _exactly([""])
    if kind is op.IN:
        return _class(argument)
    if kind is op.SUBPATTERN:
        return _sequence(argument[3])
    if kind is op.BRANCH:
        return _one_of([_sequence(branch) for branch in argument[1]])
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
        return _repeated(argument)
    return _ANYTHING


def _one_of(parts: Sequence[_Part]) -> _Part:
    head = _few({text for part in parts for text in part.head})
    tail = _few({text for part in parts for text in part.tail})
    held = {text for part in parts for text in part.held} if all(shortest(part.held) for part in parts) else ()
    whole = all(part.whole for part in parts)
    if whole and head != ("",):
        return _exactly(head)
    return _Part(head, tail, tuple(sorted(held)), whole=False)


def _few(spellings: set[str]) -> Spellings:
    return tuple(sorted(spellings)) if len(spellings) <= MOST_SPELLINGS else ("",)


def _repeated(argument: Any) -> _Part:
    least, most, items = argument
    part = _sequence(items)
    if least == most == 1:
        return part
    if least == 0:
        return _exactly(["", *part.head]) if most == 1 and part.whole else _ANYTHING
    return _Part(part.head, part.tail, part.held, whole=False)


def _class(members: Sequence[Any]) -> _Part:
    codes: list[int] = []
    for kind, value in members:
        if kind is op.LITERAL:
            codes.append(value)
        elif kind is op.RANGE:
            codes += range(value[0], value[1] + 1)
        else:
            return _ANYTHING
    few = len(codes) <= MOST_SPELLINGS // 4 and max(codes) < 128
    return _exactly(map(chr, codes)) if few else _ANYTHING
