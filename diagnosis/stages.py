"""What the scanner looks for in all bytes, and what only on the lines where that was found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Final

from diagnosis.literals import cover, exact, ignores_case, rarity, written

SEEN_TOO_OFTEN: Final = 0.65
"""Where the best that an expression must hold is worth no more than this, it is itself looked for in all bytes."""

LOST_ESCAPES: Final = (rb"\^\[\[", rb"[^\x1b\n]\[0m", rb"^\[0m", rb"\n\[0m")
"""What is left of a colour code whose escape character was lost or printed as text."""

_IGNORING_CASE: Final = b"(?i)"
_TOKEN: Final = re.compile(rb"\\x..|\\.|\[(?:\\.|[^\]\\])*\]|.", re.DOTALL)

_PLAIN: Final = re.compile(rb"(?:\\x[0-7][0-9a-f]|\\[^0-9A-Za-z]|[^\\.^$*+?{}\[\]|()\n])+")
"""An expression that is nothing but a text."""


@dataclass(slots=True)
class Stages:
    """The first stage: texts of fixed width, each once, with the expressions that end where it ends.

    Of others a text tells only that the second stage may find them on its line; it has the number of all expressions
    among its own. The lines with colour codes are told by the number above that.
    """

    texts: dict[bytes, list[int]] = field(default_factory=dict)
    second: dict[bytes, list[int]] = field(default_factory=dict)


def staged(expressions: Sequence[bytes]) -> Stages:
    """What to look for in order to find the expressions, which are hyperscan's and match no newline."""
    stages = Stages(texts={text: [len(expressions) + 1] for text in LOST_ESCAPES})
    for number, expression in enumerate(expressions):
        rest = [part for part in _alternatives(expression) if not _is_told(stages, number, part, len(expressions))]
        if rest:
            stages.second.setdefault(_joined(rest), []).append(number)
    _without_needless(stages.texts, len(expressions))
    return stages


def _without_needless(texts: dict[bytes, list[int]], second: int) -> None:
    """Drop what tells only that its line is one for the second stage where another text, which it holds, tells that."""
    telling = {text: _apart(text) for text, numbers in texts.items() if second in numbers}
    whole = [tokens for text, tokens in telling.items() if not text.startswith(_IGNORING_CASE)]
    for text, tokens in telling.items():
        if texts[text] == [second] and tokens in whole and sum(other in tokens for other in whole) > 1:
            del texts[text]


def _apart(text: bytes) -> bytes:
    """The text with a newline, which none holds, around each of what stands for one byte."""
    return b"\n" + b"\n".join(_TOKEN.findall(text)) + b"\n"


def _is_told(stages: Stages, number: int, part: bytes, second: int) -> bool:
    """Whether the first stage is enough for one alternative of an expression; what it needs of it is added."""
    if _PLAIN.fullmatch(part.removeprefix(_IGNORING_CASE)):
        _add(stages, part, number)
        return True
    tree = parser.parse(part.decode("latin-1"))
    items = list(tree)
    texts = exact(items)
    told = bool(texts)
    if not told:
        texts = cover(items)
        told = rarity(texts) <= SEEN_TOO_OFTEN
    ignoring = bool(tree.state.flags & re.IGNORECASE) or ignores_case(items)
    mark = _IGNORING_CASE if ignoring else b""
    looked_for = [part] if told and not exact(items) else [mark + written(text).encode() for text in texts]
    for text in looked_for:
        _add(stages, text, number if told else second)
    return told


def _add(stages: Stages, text: bytes, number: int) -> None:
    numbers = stages.texts.setdefault(text, [])
    if number not in numbers:
        numbers.append(number)


def _alternatives(expression: bytes) -> Iterator[bytes]:
    """The expression's branches, each with the flag of all."""
    flag = _IGNORING_CASE if expression.startswith(_IGNORING_CASE) else b""
    depth, part = 0, flag
    for token in _TOKEN.findall(expression, len(flag)):
        depth += (token == b"(") - (token == b")")
        if token == b"|" and not depth:
            yield part
            part = flag
        else:
            part += token
    yield part


def _joined(parts: Sequence[bytes]) -> bytes:
    flag = _IGNORING_CASE if parts[0].startswith(_IGNORING_CASE) else b""
    return flag + b"|".join(part.removeprefix(flag) for part in parts)
