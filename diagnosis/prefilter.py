"""From a signature's pattern to the weaker expression that the scanner looks for in raw bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final

from diagnosis.literals import bare, cover, ignores_case, inside, is_one_byte, rarity, shortest, written

_CLASSES = {
    op.CATEGORY_DIGIT: r"\d",
    op.CATEGORY_NOT_DIGIT: r"\D",
    op.CATEGORY_SPACE: r"\s",
    op.CATEGORY_NOT_SPACE: r"\S",
    op.CATEGORY_WORD: r"\w\x80-\xff",
    op.CATEGORY_NOT_WORD: r"\W",
}
_SPANS_LINES = (op.CATEGORY_SPACE, op.CATEGORY_NOT_DIGIT, op.CATEGORY_NOT_WORD)
_REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT)
_ONE_OF_MANY = (op.IN, op.NOT_LITERAL, op.ANY)
_NON_ASCII = r"[\x80-\xff]+"

RARE: Final = 7
"""Characters of a literal that stands on few lines besides those that are meant."""

UNCOMMON: Final = 3
"""What such a literal must be worth when common words are counted for less."""

MOST_COUNTED: Final = 5
"""Times that one character may be repeated and is still counted."""

MOST_CUTS: Final = 4
"""Places at which a pattern is cut into its branches to find literals in each."""

MOST_WITHOUT: Final = 4
"""Branches without literals that cost no more on their own than together."""


class PatternError(ValueError):
    """A pattern that gives the scanner nothing to look for."""


def expression(pattern: str, *, one_line: bool) -> bytes:
    """The expression whose matches end on every line where a match of the pattern begins.

    Weaker than the pattern, never stronger: where every match holds one of some long literals, these alone, which the
    scanner finds many times faster than anything else. Where that is so of some alternatives only, of these. Otherwise
    anchors and captures are dropped, counted repeats become open ones, open ends are cut so that one place is reported
    once. Of a pattern over several lines only what stands before the first part that could match a newline is used.
    Raises PatternError when no literal of four characters is left.
    """
    tree = parser.parse(pattern)
    items = list(tree)
    if not one_line:
        items = _first_line(items)
    parts = _alternatives(_flat(items), MOST_CUTS)
    if not _findable(parts):
        raise PatternError("the first line of the pattern holds no literal of four characters to look for")
    flags = "(?i)" if tree.state.flags & re.IGNORECASE else ""
    return (flags + "|".join(_texts(parts))).encode("ascii")


@dataclass(frozen=True, slots=True)
class _Sought:
    """One alternative of a pattern: the literals that stand for it, if it holds long ones, else its own items."""

    items: list[Any]
    literals: tuple[str, ...]


def _sought(items: list[Any]) -> _Sought:
    literals = cover(items)
    return _Sought(items, literals if shortest(literals) >= RARE and rarity(literals) >= UNCOMMON else ())


def _alternatives(items: list[Any], cuts: int) -> list[_Sought]:
    """The items, or instead each branch of one place in them on its own where that leaves less without literals."""
    whole = _sought(items)
    if whole.literals or not cuts:
        return [whole]
    ways = [
        [_sought(_flat([*items[:place], *branch, *items[place + 1 :]])) for branch in _branches(item)]
        for place, item in enumerate(items)
    ]
    useful = [way for way in ways if any(part.literals for part in way) and _findable(way)]
    best = min(useful, key=_without, default=[])
    cut = [found for part in best for found in _alternatives(part.items, cuts - 1)]
    return cut if cut and _without(cut) <= MOST_WITHOUT and _findable(cut) else [whole]


def _without(parts: list[_Sought]) -> int:
    return sum(not part.literals for part in parts)


def _findable(parts: list[_Sought]) -> bool:
    """Whether each part gives the scanner something to look for."""
    return all(part.literals or _longest_literal(_trim(part.items)) >= 4 for part in parts)


def _texts(parts: list[_Sought]) -> tuple[str, ...]:
    """What the scanner looks for."""
    texts: dict[str, None] = {}
    for part in parts:
        flag = "(?i:{})" if part.literals and ignores_case(part.items) else "{}"
        found = list(map(written, part.literals)) or [_write_all(_trim(part.items))]
        texts |= dict.fromkeys(flag.format(text) for text in found)
    return tuple(texts)


def _flat(items: Iterable[Any]) -> list[Any]:
    """Without groups that say nothing about what is in them."""
    flat: list[Any] = []
    for item in bare(items):
        plain = item[0] is op.SUBPATTERN and not item[1][1] and not item[1][2]
        flat += _flat(item[1][3]) if plain else [item]
    return flat


def _branches(item: Any) -> list[list[Any]]:
    """The alternatives that an item stands for; none where it is but one."""
    kind, argument = item
    if kind is op.BRANCH:
        return [list(bare(branch)) for branch in argument[1]]
    if kind is op.SUBPATTERN:
        group, add, remove, inner = argument
        flat = _flat(inner)
        for place, part in enumerate(flat):
            if cut := _branches(part):
                ways = [[*flat[:place], *branch, *flat[place + 1 :]] for branch in cut]
                return [[(op.SUBPATTERN, (group, add, remove, way))] for way in ways]
    return []


def _first_line(items: list[Any]) -> list[Any]:
    head: list[Any] = []
    for item in items:
        if _may_match_newline(item):
            break
        head.append(item)
    return head


def _may_match_newline(item: Any) -> bool:
    kind, argument = item
    if kind is op.LITERAL:
        return bool(argument == 10)
    if kind is op.NOT_LITERAL:
        return bool(argument != 10)
    if kind is op.IN:
        return _class_matches_newline(argument)
    return any(_may_match_newline(child) for children in inside(item) for child in children)


def _class_matches_newline(members: list[Any]) -> bool:
    negated = members[0][0] is op.NEGATE
    hit = any(
        (kind is op.LITERAL and value == 10)
        or (kind is op.RANGE and value[0] <= 10 <= value[1])
        or (kind is op.CATEGORY and value in _SPANS_LINES)
        for kind, value in members
    )
    return hit != negated


def _trim(items: list[Any]) -> list[Any]:
    """Without optional parts at either end, and with a repeat at an end taken as seldom as may be."""
    return _trim_end(_trim_end(items, first=True), first=False)


def _trim_end(items: list[Any], *, first: bool) -> list[Any]:
    end = 0 if first else -1
    while items and (_optional(items[end]) or items[end][0] is op.AT or (not first and _is_open(items))):
        items = items[1:] if first else items[:-1]
    if not items:
        return items
    kind, argument = items[end]
    trimmed = [items[end]]
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
        inner = list(bare(argument[2]))
        trimmed = inner * argument[0] if _counted(argument) else _trim_end(inner, first=first)
    elif kind is op.SUBPATTERN:
        trimmed = [(op.SUBPATTERN, (*argument[:3], _trim_end(list(bare(argument[3])), first=first)))]
    return [*trimmed, *items[1:]] if first else [*items[:-1], *trimmed]


def _is_open(items: list[Any]) -> bool:
    """Whether they end with one of many characters, anywhere behind the rest: it would be found again and again."""
    return len(items) > 1 and items[-1][0] in _ONE_OF_MANY and _optional(items[-2]) and items[-2][0] in _REPEATS


def _optional(item: Any) -> bool:
    kind, argument = item
    if kind in _REPEATS:
        return argument[0] == 0 or all(_optional(child) for child in argument[2])
    if kind is op.SUBPATTERN:
        return all(_optional(child) or child[0] is op.AT for child in argument[3])
    if kind is op.BRANCH:
        return any(all(_optional(child) or child[0] is op.AT for child in branch) for branch in argument[1])
    return False


def _longest_literal(items: list[Any]) -> int:
    """Length of the longest run of literal characters that every match must hold."""
    longest = run = 0
    for item in items:
        kind, argument = item
        if kind is op.LITERAL and argument < 128:
            run += 1
            longest = max(longest, run)
            continue
        if kind is op.AT:
            continue
        run = 0
        if kind is op.SUBPATTERN:
            longest = max(longest, _longest_literal(list(bare(argument[3]))))
        elif kind is op.BRANCH:
            longest = max(longest, min(_longest_literal(list(bare(branch))) for branch in argument[1]))
        elif kind in (op.MAX_REPEAT, op.MIN_REPEAT) and argument[0] > 0:
            longest = max(longest, _longest_literal(list(bare(argument[2]))))
    return longest


def _write(item: Any) -> str:
    kind, argument = item
    writer = _WRITERS.get(kind)
    if writer is None:
        raise PatternError(f"{kind} is not part of RE2's syntax")
    return writer(argument)


def _write_all(items: Iterable[Any]) -> str:
    return "".join(map(_write, bare(items)))


def _write_group(argument: Any) -> str:
    flags = "i" if argument[1] & re.IGNORECASE else ""
    return f"(?{flags}:{_write_all(argument[3])})"


def _write_repeat(argument: Any) -> str:
    least, most, items = argument
    inner = f"(?:{_write_all(items)})"
    if _counted(argument) and most > 1:
        return f"{inner}{{{least},{most}}}"
    if most == 1:
        return inner if least == 1 else inner + "?"
    return inner + ("*" if least == 0 else "+")


def _counted(repeat: Any) -> bool:
    """Whether one byte is repeated so seldom that the scanner may as well count."""
    least, most, items = repeat
    return 0 < least <= MOST_COUNTED and most <= MOST_COUNTED and is_one_byte(items)


def _write_class(members: list[Any]) -> str:
    negated = members[0][0] is op.NEGATE
    parts = []
    wide = False
    for kind, value in members:
        if kind is op.LITERAL:
            wide = wide or value >= 128
            parts.append(_literal(value) if value < 128 else "")
        elif kind is op.RANGE:
            wide = wide or value[1] >= 128
            parts.append(f"{_literal(min(value[0], 127))}-{_literal(min(value[1], 127))}" if value[0] < 128 else "")
        elif kind is op.CATEGORY:
            # What a negated class leaves out must not be more than the characters that are meant.
            parts.append(r"\w" if negated and value is op.CATEGORY_WORD else _CLASSES[value])
    if negated:
        inside = "".join(part for part in parts if part)
        return rf"[^{inside}\n]"
    inside = "".join(parts)
    if not wide:
        return f"[{inside}]"
    return rf"(?:[{inside}]|{_NON_ASCII})" if inside else _NON_ASCII


def _literal(code: int) -> str:
    return re.escape(chr(code)) if 32 < code < 127 else (rf"\x{code:02x}" if code < 128 else _NON_ASCII)


_WRITERS: Mapping[Any, Callable[[Any], str]] = {
    op.LITERAL: _literal,
    op.NOT_LITERAL: lambda code: rf"[^{_literal(code)}\n]" if code < 128 else r"[^\n]",
    op.ANY: lambda _: r"[^\n]",
    op.IN: _write_class,
    op.AT: lambda _: "",
    op.BRANCH: lambda argument: "(?:" + "|".join(map(_write_all, argument[1])) + ")",
    op.SUBPATTERN: _write_group,
    op.MAX_REPEAT: _write_repeat,
    op.MIN_REPEAT: _write_repeat,
}


def certain_captures(pattern: str) -> set[str]:
    """Names of the captures that take part in every match: neither optional nor in one of several branches."""
    tree = parser.parse(pattern)
    names = {number: name for name, number in tree.state.groupdict.items()}
    return {names[number] for number in _certain_groups(list(tree)) if number in names}


def _certain_groups(items: Iterable[Any]) -> Iterator[int]:
    for kind, argument in items:
        if kind is op.SUBPATTERN:
            if argument[0] is not None:
                yield argument[0]
            yield from _certain_groups(argument[3])
        elif kind in (op.MAX_REPEAT, op.MIN_REPEAT) and argument[0] > 0:
            yield from _certain_groups(argument[2])
