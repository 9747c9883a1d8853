"""A review with suggestions, as values: made by bot/render, written by bot/deliver, so that neither knows the other."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the lines from `start` to `line` of a file are to become; `body` is Markdown with a suggestion in it.

    `old` are these lines as they are.
    """

    path: str
    start: int
    line: int
    body: str
    old: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewText:
    """What the review says, and what it suggests."""

    body: str
    suggestions: tuple[Suggestion, ...]
