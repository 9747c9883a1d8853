"""Reads hostile YAML into plain values, each with its line and column: no tag, no alias, no merge key, and no bomb."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, Final, cast

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from bot.render.safe import code_span

MOST_BYTES: Final = 16 << 10
MOST_LINES: Final = 1_000
MOST_DEPTH: Final = 20
MOST_EVENTS: Final = 700
"""The parser's time grows with these; together they hold it below 50 ms, and a long file of wishes has a tenth."""

Steps = tuple[str | int, ...]
"""The keys and places that lead to a value."""

_BRACKET: Final = re.compile(r"[\[\]{}]")
_HALF: Final = re.compile("[\ud800-\udfff]")
_WHOLE: Final = re.compile(r"[-+]?[0-9]{1,15}")
_TOLD: Final = {"true": True, "false": False, "null": None, "~": None, "": None}


class YamlError(ValueError):
    """A file that is not taken: where, counted from 1, and why, in Markdown."""

    def __init__(self, says: str, line: int = 1, column: int = 1) -> None:
        super().__init__(says)
        self.says, self.line, self.column = says, line, column


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says, with line and column of each value and of each key."""

    value: Any
    values: dict[Steps, tuple[int, int]] = field(default_factory=dict)
    keys: dict[Steps, tuple[int, int]] = field(default_factory=dict)


def read(data: bytes) -> Document:
    """The file's value: mappings, lists, texts, whole numbers, true, false and null. Raises YamlError."""
    if len(data) > MOST_BYTES:
        raise YamlError(f"the file has more than {MOST_BYTES >> 10} kB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise YamlError("the file is no UTF-8 text", data.count(b"\n", 0, error.start) + 1) from None
    if text.count("\n") > MOST_LINES:
        raise YamlError(f"the file has more than {MOST_LINES} lines", MOST_LINES + 1)
    depths = accumulate(1 if sign in "[{" else -1 for sign in _BRACKET.findall(text))
    if max(depths, default=0) > MOST_DEPTH:
        # Not left to the scanner, whose time grows with the square of the depth.
        raise _too_deep(1, 1)
    try:
        return _Reader(YAML(typ="safe", pure=True).parse(text)).document()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = ", ".join(part for part in (error.problem, error.context) if part)
        raise YamlError(f"this is no YAML: {code_span(said)}", mark.line + 1, mark.column + 1) from None
    except YAMLError:
        raise YamlError("this is no YAML: it holds a character that may not be written so") from None


class _Reader:
    """Builds the value from the parser's events, of which it takes no more than it must."""

    def __init__(self, events: Iterator[Event]) -> None:
        self._events = events
        self._count = 0
        self._values: dict[Steps, tuple[int, int]] = {}
        self._keys: dict[Steps, tuple[int, int]] = {}

    def document(self) -> Document:
        self._next()
        start = self._next()
        if isinstance(start, StreamEndEvent):
            return Document(None)
        value = self._value(self._next(), ())
        self._next()
        if isinstance(again := self._next(), DocumentStartEvent):
            raise YamlError("a second document begins here; write all into one", *_place(again))
        return Document(value, self._values, self._keys)

    def _next(self) -> Event:
        event = next(self._events)
        self._count += 1
        if self._count > MOST_EVENTS:
            raise YamlError("the file says more than anybody could want of it", *_place(event))
        return event

    def _value(self, event: Event, path: Steps) -> Any:
        _check(event)
        if len(path) > MOST_DEPTH:
            raise _too_deep(*_place(event))
        self._values[path] = _place(event)
        if isinstance(event, MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(path)
        return _scalar(cast(ScalarEvent, event))

    def _mapping(self, path: Steps) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while not isinstance(event := self._next(), MappingEndEvent):
            key = _key(event)
            if key in values:
                raise YamlError(f"{code_span(key)} stands here a second time", *_place(event))
            self._keys[(*path, key)] = _place(event)
            values[key] = self._value(self._next(), (*path, key))
        return values

    def _sequence(self, path: Steps) -> list[Any]:
        values: list[Any] = []
        while not isinstance(event := self._next(), SequenceEndEvent):
            values.append(self._value(event, (*path, len(values))))
        return values


def _check(event: Event) -> None:
    """Refuse what could make much of little, or something else than values."""
    if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
        raise YamlError("anchors and aliases (& and *) are not taken; write the value out", *_place(event))
    if getattr(event, "tag", None):
        raise YamlError("tags (!) are not taken", *_place(event))
    if isinstance(event, ScalarEvent) and _HALF.search(event.value):
        raise YamlError("half a character stands here", *_place(event))


def _key(event: Event) -> str:
    _check(event)
    if not isinstance(event, ScalarEvent) or not event.value:
        raise YamlError("a key must be a word", *_place(event))
    if event.value == "<<":
        raise YamlError("merge keys (<<) are not taken; write the values out", *_place(event))
    return str(event.value)


def _scalar(event: ScalarEvent) -> str | int | bool | None:
    """As YAML 1.2 has it: `yes` and `on` are words, and so is whatever stands in quotes."""
    text = str(event.value)
    if event.style:
        return text
    plain = text.lower() if text in (text.lower(), text.upper(), text.capitalize()) else text
    if plain in _TOLD:
        return _TOLD[plain]
    return int(text) if _WHOLE.fullmatch(text) else text


def _place(event: Event) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _too_deep(line: int, column: int) -> YamlError:
    return YamlError(f"the file is nested deeper than {MOST_DEPTH} levels", line, column)
