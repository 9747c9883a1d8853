"""The little Markdown of signatures, as values that a template can show: paragraphs, lists, code, bold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal

_SPAN: Final = re.compile(r"(?<!`)(?P<ticks>`+)(?!`)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)|\*\*(?P<bold>.+?)\*\*")
_SLOT: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_OPTIONAL: Final = re.compile(r"\[\?|\?\]")
_ITEM: Final = "- "


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of text; a slot is the name of a capture or fact, to be filled from the log."""

    text: str
    slot: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """Parts that are shown alike."""

    kind: Literal["plain", "code", "bold"]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, which has one item, or a list."""

    kind: Literal["paragraph", "list"]
    items: tuple[tuple[Span, ...], ...]


def blocks(text: str) -> tuple[Block, ...]:
    """The paragraphs and lists of a text. Optional parts are shown like the rest."""
    return tuple(block for paragraph in re.split(r"\n\s*\n", text.strip()) for block in _blocks(paragraph))


def spans(text: str, *, slots: bool = True) -> tuple[Span, ...]:
    """One line or paragraph; without slots, braces are text like any other."""
    found: list[Span] = []
    place = 0
    bare = _OPTIONAL.sub("", text) if slots else text
    for span in _SPAN.finditer(bare):
        found.append(Span("plain", _parts(bare[place : span.start()], slots)))
        inside = span["bold"] or _unpadded(span["code"])
        found.append(Span("bold" if span["bold"] else "code", _parts(inside, slots)))
        place = span.end()
    found.append(Span("plain", _parts(bare[place:], slots)))
    return tuple(span for span in found if span.parts)


def _blocks(paragraph: str) -> Iterator[Block]:
    for is_list, lines in groupby(_joined(paragraph), key=lambda line: line.startswith(_ITEM)):
        if is_list:
            yield Block("list", tuple(spans(line.removeprefix(_ITEM)) for line in lines))
        else:
            yield Block("paragraph", (spans("\n".join(lines)),))


def _joined(paragraph: str) -> list[str]:
    """The lines, those that are indented under an item being part of it."""
    lines: list[str] = []
    for line in paragraph.split("\n"):
        if line.startswith("  ") and lines and lines[-1].startswith(_ITEM):
            lines[-1] += f" {line.strip()}"
        else:
            lines.append(line)
    return lines


def _unpadded(code: str) -> str:
    return code[1:-1] if code.startswith(" ") and code.endswith(" ") and code.strip() else code


def _parts(text: str, slots: bool) -> tuple[Part, ...]:
    if not slots:
        return (Part(text),) if text else ()
    pieces = _SLOT.split(text)
    return tuple(Part(piece, slot=bool(number % 2)) for number, piece in enumerate(pieces) if piece)
