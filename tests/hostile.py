"""Hostile text for a pattern: near misses of its own words, long lines, and bait for each of its repeats."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final

SIZE: Final = 1_000_000
STRETCH: Final = 2_000
LINE: Final = 500
MOST_LINE: Final = 60_000
PROBES: Final = "a1 _-./:\"'`([{<=,;#@~\tA\u2502\u00e9"
"""Characters tried for a class: the first that belongs to it stands for it."""


def text(pattern: str, size: int = SIZE) -> str:
    """About `size` characters made to cost a matcher of the pattern much and to match nothing at the end."""
    baits = list(dict.fromkeys(bait for bait in _baits(list(parser.parse(pattern))) if bait))
    some = "".join(_filled(bait, max(size // len(baits), 1)) for bait in baits)
    return (some * (size // len(some) + 1))[:size]


def _baits(items: Sequence[Any]) -> Iterator[str]:
    """The pattern's example without its end, without its beginning, and with each repeat in turn stretched."""
    pieces = [_example(item) for item in items]
    whole = "".join(pieces)
    yield whole[: max(len(whole) - 1, 1)] + "\x01"
    yield "".join(pieces[: -(len(pieces) // 2) or None])
    yield whole[1:]
    for index, item in enumerate(items):
        for stretched in _stretched(item):
            yield "".join(pieces[:index]) + stretched + "\x01"


def _filled(bait: str, share: int) -> str:
    """The bait again and again: half of it on lines like a log's, half on one long line."""
    line = bait * (LINE // len(bait) + 1) + "\n"
    many = (line * (share // (2 * len(line)) + 1))[: share // 2]
    one = bait.replace("\n", " ")
    return f"{many}\n{(one * (share // (2 * len(one)) + 1))[: min(share // 2, MOST_LINE)]}\n"


def _stretched(item: Any) -> Iterator[str]:
    """The item with one of its repeats, however deep, taken often."""
    kind, argument = item
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
        _, most, inner = argument
        once = _all(inner) or " "
        yield once * min(STRETCH // len(once) + 1, int(most) if most is not op.MAXREPEAT else STRETCH)
        for index, child in enumerate(inner):
            for deep in _stretched(child):
                yield _all(inner[:index]) + deep + _all(inner[index + 1 :])
    elif kind is op.SUBPATTERN:
        yield from _stretched_among(list(argument[3]))
    elif kind is op.BRANCH:
        for branch in argument[1]:
            yield _all(branch)
            yield from _stretched_among(list(branch))


def _stretched_among(items: Sequence[Any]) -> Iterator[str]:
    pieces = [_example(item) for item in items]
    for index, item in enumerate(items):
        for stretched in _stretched(item):
            yield "".join(pieces[:index]) + stretched + "".join(pieces[index + 1 :])


def _example(item: Any) -> str:
    """A text that the item matches, as short as it goes, but with what is optional taken once; of an anchor nothing."""
    kind, argument = item
    write = _WRITERS.get(kind)
    return write(argument) if write else ""


def _all(items: Iterable[Any]) -> str:
    return "".join(map(_example, items))


def _repeat(argument: Any) -> str:
    return _all(argument[2]) * max(int(argument[0]), 1)


def _other(code: int) -> str:
    return "x" if code != ord("x") else "y"


def _member(members: Iterable[Any]) -> str:
    members = list(members)
    candidates = [*PROBES, *(chr(value) for kind, value in members if kind is op.LITERAL)]
    candidates += [chr(value[0]) for kind, value in members if kind is op.RANGE]
    return next((one for one in candidates if _belongs(one, members)), "x")


_CATEGORIES: Final = {
    op.CATEGORY_DIGIT: r"\d",
    op.CATEGORY_NOT_DIGIT: r"\D",
    op.CATEGORY_SPACE: r"\s",
    op.CATEGORY_NOT_SPACE: r"\S",
    op.CATEGORY_WORD: r"\w",
    op.CATEGORY_NOT_WORD: r"\W",
}


def _belongs(character: str, members: Sequence[Any]) -> bool:
    hit = any(
        (kind is op.LITERAL and value == ord(character))
        or (kind is op.RANGE and value[0] <= ord(character) <= value[1])
        or (kind is op.CATEGORY and bool(re.match(_CATEGORIES[value], character)))
        for kind, value in members
    )
    return hit != (members[0][0] is op.NEGATE)


_WRITERS: Final[dict[Any, Callable[[Any], str]]] = {
    op.LITERAL: chr,
    op.NOT_LITERAL: _other,
    op.ANY: lambda _: "x",
    op.IN: _member,
    op.BRANCH: lambda argument: _all(argument[1][0]),
    op.SUBPATTERN: lambda argument: _all(argument[3]),
    op.MAX_REPEAT: _repeat,
    op.MIN_REPEAT: _repeat,
}
