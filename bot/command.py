"""A command in a comment: `/whyred WORD` at the start of a line that is neither code nor hidden. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, cast, get_args

Word = Literal["explain", "rerun", "wrong", "quiet", "resume", "help", "unknown"]
"""What may be asked for; `unknown` stands for every other word, which is the writer's own text."""

_COMMAND: Final = re.compile(r"/whyred(?:[ \t]+(?P<word>\S+))?(?:[ \t]+(?P<rest>.*))?[ \t]*", re.ASCII | re.IGNORECASE)
_FENCE: Final = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,})(?P<rest>.*)")


@dataclass(frozen=True, slots=True)
class Command:
    """The first command of a comment, and what stands behind it in the comment."""

    word: Word
    text: str


def parse(body: str) -> Command | None:
    """The first command; None where there is none. Quotes begin with `>`, and so never with a command."""
    lines = [line.removesuffix("\r") for line in body.split("\n")]
    for number in _spoken(lines):
        match = _COMMAND.fullmatch(lines[number])
        if match:
            text = "\n".join((match["rest"] or "", *lines[number + 1 :])).strip()
            return Command(_word(match["word"] or "help"), text)
    return None


def _word(told: str) -> Word:
    word = told.lower()
    return cast(Word, word) if word in get_args(Word) else "unknown"


def _spoken(lines: list[str]) -> Iterator[int]:
    """The numbers of the lines that stand outside of code fences and of HTML's hidden comments."""
    fence, hidden = "", False
    for number, line in enumerate(lines):
        match = _FENCE.fullmatch(line)
        if fence:
            if match and match["fence"].startswith(fence) and not match["rest"].strip():
                fence = ""
        elif hidden:
            hidden = "-->" not in line
        elif match:
            fence = match["fence"]
        else:
            yield number
            hidden = line.rfind("<!--") > line.rfind("-->")
