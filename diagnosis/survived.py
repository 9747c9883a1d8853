"""Which errors of a step were survived or only printed, because something else is what ended it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Final

from diagnosis.clean import clean
from diagnosis.match import Match
from diagnosis.rank import ENVIRONMENT
from diagnosis.regex import compile_regex
from diagnosis.source import Text
from diagnosis.split import EXIT_CODE, StepSpan

MOST_LINES: Final = 20_000
"""Of a step so many lines are read, from its end."""

MOST_READ: Final = 2_000
"""Characters of a line or message that are looked at."""

FAILURE, PRINTED, ELSEWHERE = "failure", "printed", "elsewhere"

_PREFIX = re.compile(r"^(?:#\d+ [\d.]+ |[\w.-]{1,60} +\| )")
"""What BuildKit and Compose put before a line of a container."""

_PROGRAM_FAULT = (
    r"(?:ZeroDivision|Key|Index|Type|Value|Attribute|Name|UnboundLocal|Assertion|Recursion|Lookup|Arithmetic|Overflow"
    r"|NotImplemented|Reference|Range|Syntax)Error"
)
_CONTRADICTS = compile_regex(
    rf"\b{_PROGRAM_FAULT}\b|\bassert\b|\bexpect(?:ed)?\b|\bgot\b|\bwant(?:ed)?\b|!=|==|\bto(?:Be|Equal)\b"
    r"|should (?:be|eq)"
)
"""Of a message: that a value was wrong, or the program is."""

_AGREES = compile_regex(
    r"(?i)refused|connect|time[ds]?[ -]?out|unreachable|resol(?:ve|ution)|\bhost|network|socket|ECONN|ENOTFOUND"
    r"|EAI_AGAIN|unavailable|exit[ _]?code|return[ _]?code|status|\b(?:5\d\d|4[0-2]\d)\b|NoneType|\bNone\b|\bnull\b"
    r"|undefined|denied|authenti|certificate|\bnil\b|\b1 == 0\b|\bdown\b|CalledProcess|SystemExit"
)
"""Of a message: that it may well follow from what could not be reached."""

_HEADINGS: Final = (
    # pytest
    (ELSEWHERE, r"={3,} .* ={3,}$|={3,} .*\d in [\d.]+s"),
    (FAILURE, r"_{3,} .+ _{3,}$"),
    (PRINTED, r"-{3,} (?:Captured \w+(?: \w+)?|live log \w+) -{3,}$"),
    (FAILURE, r"(?:\[gw\d+\] )?(?:FAILED|ERROR|SUBFAIL\w*)(?:\([^)]*\))? \S+\.py\b"),
    # Jest
    (PRINTED, r" +● Console$| +console\.\w+(?: |$)"),
    (FAILURE, r"  ● \S"),
    (ELSEWHERE, r"(?:PASS|FAIL|RUNS) \S|Test Suites: |Tests: |Summary of all failing tests"),
    # Vitest
    (PRINTED, r"(?:stderr|stdout) \| "),
    (FAILURE, r"(?:##\[error\])? *FAIL  \S| +(?:→|×) "),
    (FAILURE, r"⎯+ Unhandled"),
    (ELSEWHERE, r"⎯+| ✓ | +Test Files "),
    # go test
    (FAILURE, r" *--- FAIL: |panic: |==================$|WARNING: DATA RACE"),
    (ELSEWHERE, r" *--- (?:PASS|SKIP): |(?:FAIL|PASS)$|(?:FAIL|ok|\?) *\t"),
    # cargo test, unittest, Maven, Gradle, .NET
    (FAILURE, r"---- \S+ (?:stdout|stderr) ----$|(?:FAIL|ERROR): \S+ \(|\[ERROR\] .*<<< (?:FAILURE|ERROR)!"),
    (FAILURE, r"\S+ > .* FAILED$| +Failed \S+ \["),
    (ELSEWHERE, r"failures:$|test result: |Ran \d+ tests?|\[(?:INFO|WARNING)\]|> Task |BUILD FAILED| +Passed \S"),
)
_HEADING = re.compile("|".join(f"({pattern})" for _, pattern in _HEADINGS))
"""Tells by its group which of them a line is: it is asked of each line of a step."""

_NUMBERED = re.compile(r" {0,6}\d+\) \S")
_NUMBERED_BEGIN = re.compile(r" +\d+ failing$|Failures:$|There (?:was|were) \d+ (?:failure|error)|  \d+\) \[")
_NUMBERED_END = re.compile(r"Finished in |(?:FAILURES|ERRORS)!$|Tests: |Failed examples:$| +\d+ (?:failed|passed)\b")
"""mocha, RSpec, PHPUnit and Playwright number the failures that they list at the end."""

_RUN = re.compile(r" *=== RUN +(?P<test>\S+)")
_RAN = re.compile(r" *--- (?P<outcome>FAIL|PASS|SKIP): (?P<test>\S+)")
_TOTALS = re.compile(
    r"=*.*\b\d+ (?:failed|passed|error).* in [\d.]+s|Tests: |Test Suites: | +Test(?:s| Files) |(?:FAIL|ok)\s*$|FAIL\t"
    r"|test result: |Ran \d+ tests?| +\d+ failing$|Finished in |Tests run: "
)
_PASSED = re.compile(r"\b[1-9]\d* pass(?:ed|ing)\b")
_FAILED = re.compile(r"\b(?:[2-9]|[1-9]\d+) (?:failed|failing|errors?)\b")
_TRACEBACK = re.compile(r"\s*Traceback \(most recent call last\):$")
_CHAINED = re.compile(r"During handling of the above exception|The above exception was the direct cause")
_RAISED = re.compile(r"\s*(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?::|$)")
_NODE_ERROR = re.compile(rf"(?:Uncaught )?{_PROGRAM_FAULT}\b(?: \[\w+\])?: ")
_NODE_END = re.compile(r"Node\.js v\d")
MOST_AFTER: Final = 6
"""Lines that may still follow on the exception that ended a program."""


def contradicts(message: str) -> bool:
    """Whether what a failed test says of itself is something else than that a service could not be reached."""
    return bool(_CONTRADICTS.search(message[:MOST_READ])) and not _AGREES.search(message[:MOST_READ])


def is_verdict(match: Match) -> bool:
    """Whether it is a test's own failure with a reason, and that reason is none of the environment's."""
    signature = match.signature
    if signature.category != "test" or signature.kind not in ("cause", "symptom"):
        return False
    said = [match.captures[name] for name in ("exception", "message") if match.captures.get(name)]
    return contradicts(": ".join(said) if "exception" in match.captures else "\n".join((*said, *match.text)))


class Scene:
    """The text of one step and the places at which failures with a reason of their own stand in it."""

    def __init__(self, text: Text, step: StepSpan, verdicts: tuple[Match, ...]) -> None:
        self.text, self.step, self.verdicts = text, step, verdicts

    @cached_property
    def first(self) -> int:
        """The number of the first line that is read."""
        return max(self.step.echo_end + 1, self.step.first, self.step.last - MOST_LINES)

    @cached_property
    def lines(self) -> list[str]:
        """The step's cleaned lines."""
        last = self.step.errors[-1] if self.step.errors else self.step.last
        return [_PREFIX.sub("", clean(raw)[:MOST_READ]) for raw in self.text.between(self.first, last)]

    @cached_property
    def labels(self) -> list[str]:
        """For each line whether it stands in a failed test's own report, in what a test printed, or elsewhere."""
        labels = _labels(self.lines)
        for match in self.verdicts:
            for line in match.lines:
                if 0 <= line - self.first < len(labels) and labels[line - self.first] == ELSEWHERE:
                    labels[line - self.first] = FAILURE
        return labels

    @cached_property
    def ended_by(self) -> range:
        """The lines, in the log, of the exception that ended a program, if it is the program's own fault."""
        return _last_exception(self.lines, self.first)

    @cached_property
    def last_verdict(self) -> int:
        """The line after which nothing more is said of the tests, or of the exception."""
        if not self.verdicts:
            return self.ended_by.stop - 1
        ends = [index for index, label in enumerate(self.labels) if label == FAILURE]
        totals = [index for index, line in enumerate(self.lines) if _TOTALS.match(line)]
        return self.first + max([*ends, *totals], default=0)

    @cached_property
    def decides(self) -> bool:
        """Whether there is a failure that can have ended the step by itself, beside tests that did pass."""
        if not self.verdicts:
            return len(self.ended_by) > 0
        text = "\n".join(line for line in self.lines if _TOTALS.match(line))
        return bool(_PASSED.search(text)) or not _FAILED.search(text)

    def label(self, line: int) -> str:
        """What a line belongs to."""
        place = line - self.first
        return self.labels[place] if 0 <= place < len(self.labels) else ELSEWHERE

    def protects(self, match: Match) -> bool:
        """Whether it is a part of what ended the step."""
        if not self.verdicts:
            return match.decisive in self.ended_by
        return match in self.verdicts or self.label(match.decisive) == FAILURE or match.decisive > self.last_verdict

    def survived(self, match: Match) -> bool:
        """Whether an error was met and reported by what went on after it."""
        if match.decisive > self.last_verdict or match.signature.category in ("test", "coverage"):
            return False
        if not self.verdicts:
            return match.signature.category in ENVIRONMENT and match.decisive < self.ended_by.start
        label = self.label(match.decisive)
        return label == PRINTED or (label == ELSEWHERE and match.signature.category in ENVIRONMENT)


def scene(text: Text, step: StepSpan, matches: Sequence[Match]) -> Scene | None:
    """The step's scene where something in it can have been survived; it is costly, so mostly there is none."""
    verdicts = tuple(match for match in matches if is_verdict(match))
    found = Scene(text, step, verdicts)
    if not verdicts and not any(match.signature.category in ENVIRONMENT for match in matches):
        return None
    return found if found.decides else None


def _labels(lines: Sequence[str]) -> list[str]:
    labels: list[str] = []
    label, numbered, started = ELSEWHERE, False, {}
    said: list[str] = []
    for number, line in enumerate(lines):
        heading = _heading(line)
        if _NUMBERED_BEGIN.match(line):
            numbered, heading = True, heading or ELSEWHERE
        elif _NUMBERED_END.match(line):
            numbered, heading = False, ELSEWHERE
        if numbered and _NUMBERED.match(line):
            heading = FAILURE
        if heading == PRINTED and line.startswith("---") and label == FAILURE and not contradicts("\n".join(said)):
            # What the failed test itself printed may tell why, where its own words do not.
            heading = FAILURE
        if heading:
            label, said = heading, said if line.startswith("---") else []
        if line.startswith("E "):
            said.append(line)
        labels.append(label)
        if begun := _RUN.match(line):
            started[begun["test"]] = number
        elif (ran := _RAN.match(line)) and ran["test"] in started:
            told = FAILURE if ran["outcome"] == "FAIL" else PRINTED
            begin = started.pop(ran["test"])
            labels[begin:number] = [told] * (number - begin)
    return labels


def _heading(line: str) -> str | None:
    found = _HEADING.match(line)
    return _HEADINGS[found.lastindex - 1][0] if found and found.lastindex else None


def _last_exception(lines: Sequence[str], first: int) -> range:
    """The last chain of Python tracebacks, or the last error of Node.js, if little follows on it."""
    starts = [number for number, line in enumerate(lines) if _TRACEBACK.match(line)]
    if starts:
        start = starts[-1]
        raised = next((at for at in range(start + 1, len(lines)) if _RAISED.match(lines[at])), None)
        for earlier in reversed(starts[:-1]):
            between = lines[earlier:start]
            if not any(_CHAINED.search(line) for line in between[-3:]):
                break
            start = earlier
    else:
        raised = next((at for at in reversed(range(len(lines))) if _NODE_ERROR.match(lines[at])), None)
        start = raised if raised is not None else 0
        if raised is None or not any(line.startswith("    at ") for line in lines[raised + 1 : raised + 3]):
            return range(0)
        if any(_NODE_END.match(line) for line in lines[raised:]):
            return range(first + max(0, start - 5), first + len(lines))
    if raised is None or not contradicts(lines[raised]) or not _NODE_ERROR.match(lines[raised].strip() + ": "):
        return range(0)
    following = [line for line in lines[raised + 1 :] if line.strip() and not EXIT_CODE.match(line)]
    return range(first + start, first + raised + 1) if len(following) <= MOST_AFTER else range(0)
