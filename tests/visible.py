"""What a reader of a comment sees without a click."""

from __future__ import annotations

import re

_TAG = re.compile(r"(<details><summary>)|</details>")


def visible(text: str) -> list[str]:
    """The lines that stand open: outside folds, without marks, blank lines and the fences' own lines."""
    return [line for line in _opened(_marked_out(text)).split("\n") if line.strip() and not line.startswith("```")]


def _marked_out(text: str) -> str:
    lines = (re.sub(r"<!-- .*? -->", "", line) if "<!--" in line else line for line in text.split("\n"))
    return "\n".join(lines)


def _opened(text: str) -> str:
    """The text with the summaries of the outermost folds in the place of these."""
    kept, depth, place = list[str](), 0, 0
    for tag in _TAG.finditer(text):
        if depth == 0:
            kept.append(text[place : tag.start()])
        if tag[1] and depth == 0:
            kept.append(text[tag.end() : text.index("</summary>", tag.end())])
        depth += 1 if tag[1] else -1
        place = tag.end()
    return "".join((*kept, text[place:]))
