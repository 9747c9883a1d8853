"""The literal strings of a pattern: a few of which every match must hold one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product
from re import _constants as op  # type: ignore[attr-defined]
from typing import Any, Final

MOST_SPELLINGS: Final = 12
"""Spellings of one stretch (`[Cc]an(?:no|')t`) that are written out before it is cut into two."""

LONG_ENOUGH: Final = 16
"""Characters from which on a literal is not rarer for being longer."""

Spellings = list[str]


def cover(items: Sequence[Any]) -> Spellings:
    """Of all sets of literals of which every match holds one, that whose shortest is longest. Empty if there is none.

    `items` are what the standard library's parser made of a pattern.
    """
    sets: list[Spellings] = []
    run: Spellings = [""]
    for item in items:
        spellings = _spellings(item)
        if spellings is not None and len(run) * len(spellings) <= MOST_SPELLINGS:
            run = [head + tail for head, tail in product(run, spellings)]
            continue
        sets.append(run)
        run = spellings if spellings is not None else [""]
        if spellings is None:
            sets.append(_inside(item))
    return max([*sets, run], key=_rarity, default=[])


def shortest(spellings: Spellings) -> int:
    """The length of the shortest of them, blanks not counted; 0 when there is none."""
    return min((len(text.replace(" ", "")) for text in spellings), default=0)


def _rarity(spellings: Spellings) -> tuple[int, int]:
    return min(shortest(spellings), LONG_ENOUGH), -len(spellings)


def _spellings(item: Any) -> Spellings | None:
    """All strings that the item matches, where they are few and ASCII; else None."""
    kind, argument = item
    found: Spellings | None = None
    if kind is op.AT:
        found = [""]
    elif kind is op.LITERAL and argument < 128:
        found = [chr(argument)]
    elif kind is op.IN:
        found = _class_spellings(argument)
    elif kind is op.SUBPATTERN and not argument[1] & re.IGNORECASE:
        found = _all_spellings(argument[3])
    elif kind is op.BRANCH:
        branches = [_all_spellings(branch) for branch in argument[1]]
        found = [text for branch in branches for text in branch or []] if all(branches) else None
    elif kind in (op.MAX_REPEAT, op.MIN_REPEAT) and argument[:2] == (0, 1):
        inner = _all_spellings(argument[2])
        found = None if inner is None else ["", *inner]
    return sorted(set(found)) if found and len(found) <= MOST_SPELLINGS else None


def _all_spellings(items: Sequence[Any]) -> Spellings | None:
    run: Spellings = [""]
    for item in items:
        spellings = _spellings(item)
        if spellings is None or len(run) * len(spellings) > MOST_SPELLINGS:
            return None
        run = [head + tail for head, tail in product(run, spellings)]
    return run


def _class_spellings(members: Sequence[Any]) -> Spellings | None:
    if any(kind is not op.LITERAL or value >= 128 for kind, value in members):
        return None
    return [chr(value) for _, value in members]


def _inside(item: Any) -> Spellings:
    """The cover of what every match of the item must hold."""
    kind, argument = item
    if kind is op.SUBPATTERN and not argument[1] & re.IGNORECASE:
        return cover(argument[3])
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT) and argument[0] > 0:
        return cover(argument[2])
    if kind is op.BRANCH:
        covers = [cover(branch) for branch in argument[1]]
        return sorted({text for part in covers for text in part}) if all(map(shortest, covers)) else []
    return []
