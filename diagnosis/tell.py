"""Makes findings of what was seen: texts filled, facts read, evidence redacted, places gathered."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from diagnosis import rank, split
from diagnosis.clean import clean
from diagnosis.match import Match
from diagnosis.paths import in_repository
from diagnosis.readers import OF_EARLIER_STEPS, READERS
from diagnosis.redact import redact
from diagnosis.regex import compile_regex
from diagnosis.report import CONTEXT, MOST_LINES, Excerpt, Finding, Fix, InStep, Place, Value
from diagnosis.source import InMemory, Source, Text
from diagnosis.steps import FailedStep
from diagnosis.template import fill, fill_command

if TYPE_CHECKING:
    from diagnosis.structured import Structured

MOST_PLACES: Final = 200
MOST_ABOVE: Final = 3
"""Lines of evidence that a reader is shown outright: the decisive one must be among them."""

MOST_STEP_LINES: Final = 20_000
MOST_STEP_BYTES: Final = 512 * 1024
"""Of a step's text the readers see this much, from its end."""


class JobLog(NamedTuple):
    """The raw text of one log. `name` is what the report calls it; `job` the job's name where it is known.

    `failed_steps` are those that GitHub says failed, where it was asked.
    """

    name: str
    data: bytes | Source
    job: str | None = None
    truncated: bool = False
    failed_steps: tuple[FailedStep, ...] = ()
    structured: Structured | None = None
    """What the job has handed in about its tests and coverage, which knows better than its log."""

    @property
    def source(self) -> Source:
        """Where its bytes are read from."""
        return InMemory(self.data) if isinstance(self.data, bytes) else self.data


class _Unknown(NamedTuple):
    """What is said of a failure that no signature knows."""

    title: str
    why: str
    fixes: tuple[Fix, ...] = ()


_PATHS: Final = compile_regex(r"(?:[A-Za-z]:)?(?:[\w.@~-]*[/\\])+[\w.@~-]*")
_NUMBERS: Final = compile_regex(r"\b(?:[0-9a-f]{7,}|\d[\d.:,]*)\w*")

UNRECOGNISED: Final = _Unknown(
    title="No known failure recognised; the most telling line is shown",
    why="Nothing in the catalogue matches this log. "
    "The line was chosen by its words and its distance from the end of the failing step.",
)
NOT_IN_THE_LOG: Final = _Unknown(
    title="The log does not say why the step failed",
    why="It ended with an error, but none of its lines looks like one: the end of its output is shown.",
    fixes=(
        Fix(
            says="Let the step say it: put `set -x` at the head of its script, take away `--quiet` and redirections, "
            "or print the file that the tool writes its messages to when it fails."
        ),
    ),
)


class Verdict(NamedTuple):
    """What one job's part of a log came to.

    What was cancelled was stopped by a person, or because something else had failed: it never comes first.
    """

    findings: tuple[Finding, ...]
    excerpt: Excerpt | None
    lines: int
    cancelled: bool
    secondary: bool = False
    """Whether the workflow lets its job fail, or the job only reports what became of others that failed too."""

    @property
    def diagnosed(self) -> bool:
        """Whether its first finding is a known cause, or what follows from one."""
        return bool(self.findings) and self.findings[0].kind in ("cause", "symptom")


class Teller:
    """Makes findings of groups: the texts filled, the facts read, the evidence redacted."""

    def __init__(self, log: JobLog, part: split.JobPart, text: Text, shape: split.Shape) -> None:
        self._log, self._part, self._text, self._shape = log, part, text, shape
        self._job = log.job or part.job
        self._steps: dict[int, tuple[str, ...]] = {}

    def finding(self, group: rank.Group) -> Finding:
        """The finding of one group."""
        signature = group.signature
        matches = group.decisive(self._shape.failing)
        captures = {name: redact(value) for name, value in matches[0].captures.items()}
        facts: dict[str, Value] = {}
        for reader in signature.readers:
            facts |= READERS[reader](self._read_text(reader, matches[0].step), captures)
        structured, places = self._log.structured, _places(group.matches)
        if structured and (told := structured.facts.get(signature.category)):
            facts |= {**told, "artifact": structured.artifact}
            places = tuple(dict.fromkeys((*structured.places, *places)))[:MOST_PLACES]
        short = {name: in_repository(value) for name, value in captures.items()}
        occurrences = len(matches) + group.unseen
        counted: dict[str, Value] = {"occurrences": occurrences} if occurrences > 1 else {}
        values: dict[str, Value] = {**_several(facts), **short, **counted}
        return Finding(
            signature=signature.id,
            category=signature.category,
            kind=signature.kind,
            confidence=rank.confidence(group, self._shape),
            severity="note" if signature.kind == "note" else "error",
            title=fill(signature.title, values),
            why=fill(signature.why, values),
            log=self._log.name,
            job=self._job,
            step=_named(matches[0].step_name),
            lines=self._lines(matches, group.explains),
            evidence=tuple(redact(line) for line in _shown(matches[0])),
            captures=captures,
            facts=facts,
            places=places,
            occurrences=occurrences,
            fingerprint=fingerprint(signature.first_id, redact(group.key)),
            fixes=(Fix(says=fill(signature.fix, values)),),
            verify=tuple(command for text in signature.verify if (command := fill_command(text, values))),
            in_step=self._in_step(matches[0].decisive),
        )

    def unrecognised(self, wrappers: Sequence[Finding], usual: Collection[str]) -> Verdict:
        """The verdict without a cause: the most telling line, or silence where nothing looks like a failure.

        `usual` are the blanked lines of a run that passed.
        """
        from diagnosis import category, excerpt  # slow to import, and mostly not needed

        found = excerpt.telling(self._text, self._shape, usual)
        notes = tuple(item for item in wrappers if item.severity == "note")
        if self._shape.failing is None and not found.looks_failed and not wrappers:
            return self.verdict(notes, None)
        said = UNRECOGNISED if found.says else NOT_IN_THE_LOG
        text = redact(found.text)
        step = _named(self._shape.failing.name) if self._shape.failing else None
        lines = tuple(line + self._part.first_line - 1 for line in found.numbers)
        guess = Finding(
            signature=None,
            category=category.likely(found.text, step, _of_a_tool(wrappers)),
            kind="excerpt",
            confidence="low",
            title=said.title,
            why=said.why,
            log=self._log.name,
            job=self._job,
            step=step,
            lines=lines,
            evidence=(text,),
            fingerprint=fingerprint("excerpt", blank_numbers(text)),
            fixes=said.fixes,
            in_step=self._in_step(found.numbers[0]) if found.numbers else None,
        )
        rest = tuple(item for item in wrappers if item.severity == "error")
        return self.verdict((guess, *rest, *notes), self._cut(found.first, found.lines))

    def verdict(self, findings: tuple[Finding, ...], shown: Excerpt | None) -> Verdict:
        """What the job came to."""
        cancelled = self._shape.failing is not None and self._shape.failing.cancelled
        return Verdict(findings, shown, self._text.lines, cancelled)

    def around(self, finding: Finding) -> Excerpt:
        """The lines around the most decisive one of a finding."""
        line = finding.lines[0] - self._part.first_line + 1
        first = max(1, line - CONTEXT[0])
        raw = self._text.between(first, min(line + CONTEXT[1], self._text.lines))
        return self._cut(first, [clean(text) for text in raw])

    def _cut(self, first: int, lines: Sequence[str]) -> Excerpt:
        first += self._part.first_line - 1
        return Excerpt((first, first + max(len(lines), 1) - 1), tuple(redact("\n".join(lines)).split("\n")))

    def _in_step(self, line: int) -> InStep | None:
        """The line as the job's page counts it. Of a log that was cut, nobody knows how much is missing above it."""
        page = next((page for page in self._shape.pages if page.first <= line <= page.last), None)
        return InStep(page.number, line - page.first + 1) if page and not self._log.truncated else None

    def _lines(self, matches: Sequence[Match], explained: Sequence[int]) -> tuple[int, ...]:
        """The first match, what it explains, the other matches."""
        spots = [(match.decisive, match.line) for match in matches[:MOST_LINES]]
        lines = dict.fromkeys([spots[0][0], *explained[:2], *(line for spot in spots for line in spot), *explained])
        return tuple(line + self._part.first_line - 1 for line in list(lines)[:MOST_LINES])

    def step_text(self, group: rank.Group) -> tuple[str, ...]:
        """The cleaned lines of the step that the group's most decisive match stands in, the last ones of a long one."""
        return self._step_text(group.decisive(self._shape.failing)[0].step)

    def _read_text(self, reader: str, step: split.StepSpan) -> tuple[str, ...]:
        return self._last_lines(1, step.last) if reader in OF_EARLIER_STEPS else self._step_text(step)

    def _step_text(self, step: split.StepSpan) -> tuple[str, ...]:
        if step.first not in self._steps:
            self._steps[step.first] = self._last_lines(step.first, step.last)
        return self._steps[step.first]

    def _last_lines(self, first: int, last: int) -> tuple[str, ...]:
        raw = self._text.between(max(first, last - MOST_STEP_LINES), last)
        kept, size = 0, 0
        while kept < len(raw) and size <= MOST_STEP_BYTES:
            kept += 1
            size += len(raw[-kept])
        return tuple(clean(line) for line in raw[len(raw) - kept :])


def _of_a_tool(wrappers: Sequence[Finding]) -> str | None:
    """The category of what only says that a tool failed; the runner says so of every step."""
    tools = (item for item in wrappers if item.kind == "wrapper" and not (item.signature or "").startswith("github/"))
    return next((item.category for item in tools), None)


def _shown(match: Match) -> tuple[str, ...]:
    """The match's first lines; where the decisive one is far below, those that begin with it."""
    below = match.decisive - match.line
    return match.text[:MOST_LINES] if below < MOST_ABOVE else match.text[below:][: min(below, MOST_LINES)]


def _several(facts: dict[str, Value]) -> dict[str, Value]:
    """The facts that are worth a word: to name the only failing test once more is not."""
    return {
        name: value for name, value in facts.items() if name != "failing" or (isinstance(value, list) and value[1:])
    }


def _named(step: str | None) -> str | None:
    """A step's name as it may be shown: of one without a name it is the first line of its script."""
    return redact(step) if step else None


def fingerprint(identifier: str, key: str) -> str:
    """16 hexadecimal digits that are the same for the same failure across jobs, runs and pull requests."""
    normal = " ".join(re.sub(r"0x[0-9a-fA-F]+", "0x", key).split())
    return hashlib.sha256(f"{identifier}\0{normal}".encode()).hexdigest()[:16]


def blank_numbers(text: str) -> str:
    """A line with numbers, hashes and paths blanked, so that two runs of one failure give the same text."""
    return _NUMBERS.sub("#", _PATHS.sub("/", text))


def _places(matches: Sequence[Match]) -> tuple[Place, ...]:
    """Where the matches point in the repository, without repetition."""
    places: dict[Place, None] = {}
    for match in matches:
        path = match.captures.get("path") or match.captures.get("test", "").partition("::")[0]
        if not path or ("path" not in match.captures and "::" not in match.captures.get("test", "")):
            continue
        line = match.captures.get("line", "")
        number = int(line) if line.isascii() and line.isdigit() and len(line) < 9 else None
        test = match.captures.get("test", "")
        # The path, which pytest puts before the test's name, stands beside the message already.
        said = (test.removeprefix(f"{path}::"), match.captures.get("message"))
        message = redact(": ".join(filter(None, said)))
        places[Place(in_repository(redact(path)).replace("\\", "/"), number, message)] = None
        if len(places) == MOST_PLACES:
            break
    return tuple(places)
