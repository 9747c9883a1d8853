"""The most telling stretch of a log in which no signature was recognised."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from diagnosis.clean import clean
from diagnosis.split import EXIT_CODE, Shape

LOOKED_AT: Final = 400
CONTEXT: Final = (8, 3)
"""Lines shown before and after the most telling one."""

_STRONG = re.compile(
    r"(?i)(?:^|[^\w.-])(?:error|fatal|failed|failure|exception|panic|traceback|abort(?:ed)?|assertion|denied|refused"
    r"|unauthorized|forbidden|undefined reference|segmentation fault)(?:$|[^\w.-])"
)
_WEAK = re.compile(
    r"(?i)\b(?:cannot|can't|could not|couldn't|unable|invalid|missing|not found|no such|unexpected|unknown|unsupported"
    r"|expected|timed? ?out|killed|mismatch|conflict|required|must)\b"
)
_HARMLESS = re.compile(
    r"(?i)\b(?:0|no|without)\s+(?:\w+\s+)?(?:errors?|failures?|failed|warnings?)\b|\bfailed[=: ]+0\b|\berrors?[=: ]+0\b"
    r"|pipefail|--maxfail|fail-fast|fail_ci|error[-_]handl|continue-on-error|^\s*(?:PASS(?:ED)?|ok|✓|✔)\b"
    r"|\bwarn(?:ing)?\b|\bdeprecat|^\s*(?:hint|note):|##\[(?:group|endgroup|debug|warning)\]|npm notice"
)


@dataclass(frozen=True, slots=True)
class Telling:
    """The most telling line (`line` counts from 1 in the job's log) and its surroundings from line `first` on."""

    line: int
    text: str
    first: int
    lines: tuple[str, ...]
    looks_failed: bool


def telling(lines: Sequence[bytes], first_line: int, shape: Shape) -> Telling:
    """The line near the end of the failing step that looks least like progress. `lines` are the job's raw lines."""
    failing = shape.failing
    end = failing.errors[-1] if failing else first_line + len(lines) - 1
    start = max(failing.echo_end + 1 if failing else first_line, end - LOOKED_AT + 1)
    window = [clean(raw) for raw in lines[start - first_line : end - first_line + 1]] or [""]
    scores = [_score(text, len(window) - index) for index, text in enumerate(window)]
    best = max(range(len(window)), key=lambda index: scores[index])
    low, high = max(0, best - CONTEXT[0]), min(len(window), best + CONTEXT[1] + 1)
    return Telling(start + best, window[best], start + low, tuple(window[low:high]), scores[best] >= 1)


def _score(text: str, distance: int) -> float:
    """Words of failure, weighed down by the distance (in lines) from where the step ended."""
    words = text.removeprefix("##[error]")
    if not words.strip() or EXIT_CODE.match(text):
        return -1
    score = 0.0
    if text.startswith("##[error]"):
        score += 3
    if not _HARMLESS.search(text):
        score += 2 * bool(_STRONG.search(words)) + bool(_WEAK.search(words))
    return score - distance / LOOKED_AT
