"""Fits text into GitHub's limit for a body: cut at a line, with fences and folds closed behind the cut."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

BYTES: Final = 60_000
"""GitHub refuses 65,536 characters; whether it counts characters or bytes is not documented."""

CUT: Final = "… cut here: too long for a comment."
_ROOM: Final = 200
_FENCE: Final = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,})(?P<rest>.*)")


def fit(texts: Sequence[str], budget: int = BYTES) -> list[str]:
    """The texts, the longest of them cut, so that they are within the budget together."""
    left, shares = budget, dict[int, int]()
    for done, index in enumerate(sorted(range(len(texts)), key=lambda index: size(texts[index]))):
        shares[index] = min(size(texts[index]), left // (len(texts) - done))
        left -= shares[index]
    return [cut(text, shares[index]) for index, text in enumerate(texts)]


def cut(text: str, budget: int = BYTES) -> str:
    """The text, or as many of its lines as are within the budget."""
    if size(text) <= budget:
        return text
    kept, room = list[str](), budget - _ROOM
    for line in text.split("\n"):
        room -= size(line) + 1
        if room < 0:
            break
        kept.append(line)
    return "\n".join([*kept, *_closing(kept), "", CUT])


def size(text: str) -> int:
    """Its bytes as they are sent."""
    return len(text.encode("utf-8", "replace"))


def _closing(kept: Sequence[str]) -> list[str]:
    """What ends the fence and the folds that these lines leave open."""
    fence, folds = "", 0
    for line in kept:
        match = _FENCE.fullmatch(line)
        if fence:
            if match and match["fence"].startswith(fence) and not match["rest"].strip():
                fence = ""
        elif match:
            fence = match["fence"]
        else:
            folds += line.count("<details") - line.count("</details>")
    return [*([fence] if fence else []), *["", "</details>"] * max(folds, 0)]
