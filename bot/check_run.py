"""What a check run says, as values: made by bot/render, written by bot/deliver, so that neither knows the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Level = Literal["notice", "warning", "failure"]
Conclusion = Literal["neutral", "success"]
"""A check run that explains is never a failure: it would be counted as one more."""

DIAGNOSE: Final = "diagnose"
RERUN: Final = "rerun"


@dataclass(frozen=True, slots=True)
class Annotation:
    """A remark at a line of a file that the commit has. Everything is plain text; `details` is shown on demand."""

    path: str
    line: int
    level: Level
    title: str
    message: str
    details: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """What a person may press; `name` tells the webhook which. GitHub takes 20, 40 and 20 characters."""

    label: str
    description: str
    name: str


@dataclass(frozen=True, slots=True)
class CheckText:
    """`title` is plain text, `summary` and `text` are Markdown."""

    title: str
    summary: str
    text: str = ""
    annotations: tuple[Annotation, ...] = ()
    buttons: tuple[Button, ...] = ()
    conclusion: Conclusion = "neutral"
