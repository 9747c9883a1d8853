"""The classes of characters in a pattern, as far as one byte tells them."""

from __future__ import annotations

import math
import re
import string
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from re import _constants as op  # type: ignore[attr-defined]
from typing import Any, Final

MOST_WRITTEN_OUT: Final = 4
"""Characters of a class that are written out; a larger class is looked for as such."""

FIRST: Final = 0xF0000
"""A class is spelled by one character, like any other: from this one on none means itself."""

_LETTERS: Final = frozenset(map(ord, string.ascii_letters))
ONE: Final = (op.IN, op.LITERAL, op.NOT_LITERAL, op.ANY)
"""What stands for a single character."""

_WIDE: Final = (op.CATEGORY_NOT_DIGIT, op.CATEGORY_NOT_SPACE, op.CATEGORY_NOT_WORD, op.CATEGORY_WORD)
_CATEGORIES: Final = {
    op.CATEGORY_DIGIT: re.compile(r"\d", re.ASCII),
    op.CATEGORY_NOT_DIGIT: re.compile(r"\D", re.ASCII),
    op.CATEGORY_SPACE: re.compile(r"\s", re.ASCII),
    op.CATEGORY_NOT_SPACE: re.compile(r"\S", re.ASCII),
    op.CATEGORY_WORD: re.compile(r"\w", re.ASCII),
    op.CATEGORY_NOT_WORD: re.compile(r"\W", re.ASCII),
}
_MEMBERS: Final[Mapping[Any, Callable[[int, Any], bool]]] = {
    op.NEGATE: lambda _code, _value: False,
    op.ANY: lambda _code, _value: True,
    op.LITERAL: lambda code, value: bool(code == value),
    op.NOT_LITERAL: lambda code, value: bool(code != value),
    op.RANGE: lambda code, value: bool(value[0] <= code <= value[1]),
    op.CATEGORY: lambda code, value: _CATEGORIES[value].match(chr(code)) is not None,
}
"""Whether a character is meant by one member of a class."""


@dataclass(frozen=True, slots=True)
class OneByte:
    """One byte of a character of a class: how it is written, and what it is worth beside a character that is known.

    A class of all letters and more is `vague`.
    """

    written: str
    worth: float
    vague: bool


_met: Final[list[OneByte]] = []
"""All that were met: each is spelled by its place."""


def meant(character: str) -> OneByte | None:
    """The class that a character stands for; None when it means itself."""
    code = ord(character)
    return _met[code - FIRST] if code >= FIRST else None


def spellings(item: Any) -> tuple[tuple[str, ...], bool]:
    """The characters that spell what a single one matches, and whether they tell all of it.

    Beyond ASCII a character takes several bytes: of these only the first and the last are known.
    """
    kind, argument = item
    codes, wide = _codes(tuple(argument) if kind is op.IN else (item,))
    if not wide and len(codes) <= MOST_WRITTEN_OUT:
        return tuple(map(chr, codes)), True
    return (_spelled(codes, wide=wide),), not wide


@cache
def _spelled(codes: tuple[int, ...], *, wide: bool) -> str:
    runs = [[code for _, code in run] for _, run in groupby(enumerate(codes), lambda item: item[1] - item[0])]
    inner = "".join(rf"\x{run[0]:02x}-\x{run[-1]:02x}" for run in runs) + (r"\x80-\xff" if wide else "")
    size = len(codes) + (4 if wide else 0)
    _met.append(OneByte(f"[{inner}]", max(0.0, 0.45 - math.log(size, 96) / 2), _LETTERS.issubset(codes)))
    return chr(FIRST + len(_met) - 1)


@cache
def _codes(members: tuple[Any, ...]) -> tuple[tuple[int, ...], bool]:
    """The ASCII characters of a class, without the newline, and whether there are others."""
    negated = members[0][0] is op.NEGATE
    codes = tuple(code for code in range(128) if code != 10 and _is_member(code, members) != negated)
    return codes, negated or any(map(_is_wide, members))


def _is_member(code: int, members: Iterable[Any]) -> bool:
    return any(_MEMBERS[kind](code, value) for kind, value in members)


def _is_wide(member: Any) -> bool:
    kind, value = member
    highest = value[1] if kind is op.RANGE else value if kind is op.LITERAL else 0
    return highest > 127 or kind in (op.NOT_LITERAL, op.ANY) or (kind is op.CATEGORY and value in _WIDE)
