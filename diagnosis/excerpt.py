"""The most telling lines of a log in which no signature was recognised."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from diagnosis.clean import clean
from diagnosis.regex import compile_regex
from diagnosis.report import CONTEXT
from diagnosis.source import Text
from diagnosis.split import EXIT_CODE, STOPPED, Shape

LOOKED_AT: Final = 400
"""Lines before the end of the failing step; what stands farther away rarely ended it."""

MOST_LINES: Final = 3

SAYS: Final = 0.5
"""The score of a line with one word that passing steps rarely print, weighed down by its distance from the end."""

MOST_READ: Final = 4096
"""Characters of a line that its score is made of."""

_EXCEPTION = compile_regex(
    r"^(?:E\s+|\s*(?:Caused by: |Uncaught |Unhandled |fatal: )?)"
    r"(?:[A-Za-z_][\w.$]*)?(?:Error|Exception|Failure|Panic|Fault)\b:? ?\S"
)
_LOCATED = compile_regex(
    r"[\w./\\@-]+\.\w{1,6}[:(]\d+(?:[:,]\d+)?\)?:?\s+(?:fatal )?(?:error|Error|FAIL)"
    r"|(?:error|fatal)\[?\s?[A-Z]{1,6}\d{1,5}\b"
)
_CODED = compile_regex(r"\b(?:ERR_[A-Z_]+|E[A-Z]{4,}|[A-Z]{2,6}\d{3,5}:)")
_STRONG = compile_regex(
    r"(?i)(?:^|[^\w.-])(?:error|fatal|fail(?:ed|ure)?|exception|panic(?:ked)?|abort(?:ed)?|assertion|denied|refused"
    r"|unauthorized|forbidden|undefined reference|segmentation fault|violation|exceeded"
    r"|SIG(?:SEGV|KILL|ABRT|BUS|TERM|ILL)|KeyboardInterrupt|npm ERR!)(?:$|[^\w.-])|[✗✕✘❌×]"
)
_WEAK = compile_regex(
    r"(?i)\b(?:cannot|can't|could not|couldn't|unable|invalid|missing|not found|no such|unexpected|unknown|unsupported"
    r"|expected|timed? ?out|killed|mismatch|conflict|required|must|differs?|not up to date|outdated|expired|does not"
    r"|returning [1-9]\d*|dirty|too many|more than)\b"
)
_POINTS = compile_regex(
    r"^\s*(?:[\w.@-]*[/\\])*[\w@-][\w.@-]*\.[A-Za-z]\w{0,5}(?:[:(]\d+(?:[:,]\d+)?\)?)?:? [^\d\s]*[A-Za-z]"
    r"|^\s*(?:[\w.@-]+[/\\])+[\w@-][\w.@-]*\.[A-Za-z]\w{0,5}(?:[:(]\d+(?:[:,]\d+)?\)?)?$"
    r"|^(?:---|\+\+\+) (?:[ab]/)?\S+\.\w"
    r"|(?i)(?:\b(?:ha(?:s|ve|d) no|no longer|instead of|(?:is|are|was|were) (?:not|too)|isn't|aren't"
    r"|too (?:long|many|few|large|big|old)|never|twice|dead|broken|stale|wrong|bad|duplicated?|lacks?|lacking"
    r"|trailing|unused|undocumented|orphan(?:ed)?|rejected|blocked|drift(?:ed)?|illegal|incorrect|inconsistent"
    r"|typos?|misspell\w*|forgotten|leak(?:s|ed)?)\b)"
)
"""Says something of a file or thing, as a check does of what it does not like, though in no word of failure."""

_PROGRESS = compile_regex(
    r"(?i)^\W*(?:[a-z]+ing|ran|read|wrote|done|ok|created?|built|copied|found|using|checked)\b|^[>$+] |\bof \d+$"
)
_HARMLESS = compile_regex(
    r"(?i)\b(?:0|no|without)\s+(?:\w+\s+)?(?:errors?|failures?|failed|warnings?)\b|\bfailed[=: ]+0\b|\berrors?[=: ]+0\b"
    r"|pipefail|--maxfail|fail-fast|fail_ci|error[-_]handl|continue-on-error|^\s*(?:PASS(?:ED)?|ok|✓|✔)\b"
    r"|^(?:Over|Under)full \\[hv]box|\bon input line \d+\.?$|^ *Latex failed to resolve \d"
    r"|\bwarn(?:ing)?\b|\bdeprecat|^\s*(?:hint|note):|##\[(?:group|endgroup|debug|warning)\]|npm notice"
)
_SUMMARY = compile_regex(
    r"(?i)exit(?:ed)?(?: with)?(?: status| code)|returned non-zero|command failed|\bwith \d+ (?:errors?|failures?)\b"
    r"|^[=\-_*~ ]*\d+ (?:failed|errors?|passed|tests?)\b|(?:^|[ =,(])\d+ (?:failed|passed)\b|^\s*FAILED \("
    r"|^\W*(?:tests?|checks?|build|job|step|compilation|command|task)\s+(?:has |have )?(?:failed|aborted)\W*$"
    r"|^\s*(?:failures?|errors?)(?: reason)?:?\s*\(?\d*\)?\s*$|^make(?:\[\d+\])?: \*\*\*|ELIFECYCLE"
    r"|^Traceback \(most recent|complete log of this run|see (?:above|below)|^\W+$"
)
"""Says that something failed, and not what."""

_NUMBERS = re.compile(r"\d+|0x[0-9a-f]+|[0-9a-f]{7,}")


@dataclass(frozen=True, slots=True)
class Telling:
    """The most telling lines, best first (they count from 1 in the job's log); the best one's text and surroundings.

    `first` is the number of the first of `lines`, the surroundings. `looks_failed`: whether the best line looks like
    a failure; `says`: whether it at least says something that progress does not.
    """

    numbers: tuple[int, ...]
    text: str
    first: int
    lines: tuple[str, ...]
    looks_failed: bool
    says: bool


def blanked(text: str) -> str:
    """The line without its numbers: what is the same in another run of the job."""
    return _NUMBERS.sub("#", text).strip()


def telling(text: Text, shape: Shape, passing: Collection[str] = ()) -> Telling:
    """The lines near the end of the failing step that look least like progress.

    `passing` holds the blanked lines of a run of the same job that passed: what stands there too explains nothing.
    """
    failing = shape.failing
    end = failing.errors[-1] if failing else text.lines
    start = max(failing.echo_end + 1 if failing else 1, end - LOOKED_AT + 1)
    window = [clean(raw) for raw in text.between(start, end)] or [""]
    known = Counter(map(blanked, window))
    scores = [
        _score(line, len(window) - index, known[blanked(line)], new=not passing or blanked(line) not in passing)
        for index, line in enumerate(window)
    ]
    order = sorted(range(len(window)), key=lambda index: -scores[index])
    best = order[0]
    low, high = max(0, best - CONTEXT[0]), min(len(window), best + CONTEXT[1] + 1)
    numbers = tuple(start + index for index in order[:MOST_LINES] if scores[index] > 0 or index == best)
    return Telling(numbers, window[best], start + low, tuple(window[low:high]), scores[best] >= 1, scores[best] >= SAYS)


def _score(text: str, distance: int, times: int, *, new: bool) -> float:
    """Shape and words of a failure; weighed down by repetition and by the distance (lines) from the step's end."""
    text = text[:MOST_READ]
    words = text.removeprefix("##[error]")
    if not words.strip() or text == STOPPED or EXIT_CODE.match(text):
        return -1
    score = 0.0
    if text.startswith("##[error]"):
        score += 3
    if not _HARMLESS.search(text):
        score += 2 * bool(_STRONG.search(words)) + bool(_WEAK.search(words)) + bool(_CODED.search(words))
        score += 2 * bool(_EXCEPTION.search(words) or _LOCATED.search(words))
        score += score < 1 and bool(_POINTS.search(words)) and not _PROGRESS.search(words)
    if _SUMMARY.search(words):
        score -= 2.5
    if not new:
        score -= 4
    return score - distance / LOOKED_AT - 0.1 * min(times - 1, 10)
