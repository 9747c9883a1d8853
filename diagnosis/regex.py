"""RE2, typed: regular expressions that take linear time whatever the text holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol, cast

import re2


class Found(Protocol):
    """What a match tells, as in the standard library."""

    def group(self, group: int = 0) -> str | None: ...
    def groupdict(self) -> dict[str, str | None]: ...
    def span(self, group: int = 0) -> tuple[int, int]: ...
    def start(self) -> int: ...
    def end(self) -> int: ...


class Regex(Protocol):
    """A compiled expression, as in the standard library."""

    groupindex: Mapping[str, int]

    def search(self, text: str) -> Found | None: ...
    def finditer(self, text: str) -> Iterator[Found]: ...
    def sub(self, replacement: str | Callable[[Found], str], text: str) -> str: ...


class RegexError(ValueError):
    """An expression that RE2 refuses, with its reason."""


def compile_regex(pattern: str) -> Regex:
    """The expression with `^` and `$` standing for a line's ends. Raises RegexError."""
    options = re2.Options()
    options.log_errors = False
    try:
        return cast(Regex, re2.compile("(?m)" + pattern, options))
    except re2.error as error:
        reason = error.args[0]
        raise RegexError(reason.decode() if isinstance(reason, bytes) else str(reason)) from None
