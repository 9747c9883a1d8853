"""From a signature's pattern to the weaker expression that the scanner looks for in raw bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final

from diagnosis.literals import cover, shortest

_CLASSES = {
    op.CATEGORY_DIGIT: r"\d",
    op.CATEGORY_NOT_DIGIT: r"\D",
    op.CATEGORY_SPACE: r"\s",
    op.CATEGORY_NOT_SPACE: r"\S",
    op.CATEGORY_WORD: r"\w\x80-\xff",
    op.CATEGORY_NOT_WORD: r"\W",
}
_SPANS_LINES = (op.CATEGORY_SPACE, op.CATEGORY_NOT_DIGIT, op.CATEGORY_NOT_WORD)
_NON_ASCII = r"[\x80-\xff]+"

RARE: Final = 7
"""Characters of a literal that stands on few lines besides those that are meant."""


class PatternError(ValueError):
    """A pattern that gives the scanner nothing to look for."""


def expression(pattern: str, *, one_line: bool) -> bytes:
    """The expression whose matches end on every line where a match of the pattern begins.

    Weaker than the pattern, never stronger: where every match holds one of some long literals, these alone, which the
    scanner finds many times faster than anything else. Otherwise anchors and captures are dropped, counted repeats
    become open ones, an open tail is cut so that one place is reported once. Of a pattern over several lines only what
    stands before the first part that could match a newline is used. Raises PatternError when no literal of four
    characters is left.
    """
    tree = parser.parse(pattern)
    flags = "(?i)" if tree.state.flags & re.IGNORECASE else ""
    items = list(tree)
    if not one_line:
        items = _first_line(items)
    literals = cover(items)
    if shortest(literals) >= RARE:
        return (flags + "|".join(_write_text(text) for text in literals)).encode("ascii")
    items = _trim(items)
    if _longest_literal(items) < 4:
        raise PatternError("the first line of the pattern holds no literal of four characters to look for")
    return (flags + "".join(_write(item) for item in items)).encode("ascii")


def _write_text(text: str) -> str:
    return "".join(_literal(ord(character)) for character in text)


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
    return any(_may_match_newline(child) for children in _children(item) for child in children)


def _class_matches_newline(members: list[Any]) -> bool:
    negated = members[0][0] is op.NEGATE
    hit = any(
        (kind is op.LITERAL and value == 10)
        or (kind is op.RANGE and value[0] <= 10 <= value[1])
        or (kind is op.CATEGORY and value in _SPANS_LINES)
        for kind, value in members
    )
    return hit != negated


def _children(item: Any) -> list[list[Any]]:
    kind, argument = item
    if kind is op.BRANCH:
        return [list(branch) for branch in argument[1]]
    if kind is op.SUBPATTERN:
        return [list(argument[3])]
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
        return [list(argument[2])]
    return []


def _trim(items: list[Any]) -> list[Any]:
    """Without optional parts at either end, and with a repeat at the end taken once."""
    while items and (_optional(items[0]) or items[0][0] is op.AT):
        items = items[1:]
    return _trim_end(items)


def _trim_end(items: list[Any]) -> list[Any]:
    while items and (_optional(items[-1]) or items[-1][0] is op.AT):
        items = items[:-1]
    if items and items[-1][0] in (op.MAX_REPEAT, op.MIN_REPEAT):
        items = [*items[:-1], *_trim_end(list(items[-1][1][2]))]
    if items and items[-1][0] is op.SUBPATTERN:
        group, add, remove, inner = items[-1][1]
        items = [*items[:-1], (op.SUBPATTERN, (group, add, remove, _trim_end(list(inner))))]
    return items


def _optional(item: Any) -> bool:
    kind, argument = item
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
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
            longest = max(longest, _longest_literal(list(argument[3])))
        elif kind is op.BRANCH:
            longest = max(longest, min(_longest_literal(list(branch)) for branch in argument[1]))
        elif kind in (op.MAX_REPEAT, op.MIN_REPEAT) and argument[0] > 0:
            longest = max(longest, _longest_literal(list(argument[2])))
    return longest


def _write(item: Any) -> str:
    kind, argument = item
    writer = _WRITERS.get(kind)
    if writer is None:
        raise PatternError(f"{kind} is not part of RE2's syntax")
    return writer(argument)


def _write_all(items: Iterable[Any]) -> str:
    return "".join(map(_write, items))


def _write_group(argument: Any) -> str:
    flags = "i" if argument[1] & re.IGNORECASE else ""
    return f"(?{flags}:{_write_all(argument[3])})"


def _write_repeat(argument: Any) -> str:
    least, most, items = argument
    inner = f"(?:{_write_all(items)})"
    if most == 1:
        return inner if least == 1 else inner + "?"
    return inner + ("*" if least == 0 else "+")


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
