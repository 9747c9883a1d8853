"""The values that the engine returns, and their JSON form (schema 1, docs/report.schema.json)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal

SCHEMA = 1
CONTEXT = (8, 3)
"""Lines shown before and after the most telling one."""

MOST_LINES = 10
TRUNCATED = "The log was too long to be read whole: its middle is missing."
"""What is said to the reader of a report whose input was truncated."""

Kind = Literal["cause", "symptom", "wrapper", "note", "excerpt"]
Confidence = Literal["high", "medium", "low"]
Severity = Literal["error", "note"]
Outcome = Literal["diagnosed", "unrecognised", "no-failure"]
Value = str | int | float | bool | list[str]


@dataclass(frozen=True, slots=True)
class Place:
    """A spot in the repository that the log names. `path` is as the log prints it; `line` counts from 1."""

    path: str
    line: int | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class InStep:
    """A line as the job's page on GitHub counts it: from 1 in the log of the step that has this number."""

    number: int
    line: int


@dataclass(frozen=True, slots=True)
class FilePatch:
    """A unified diff of one file against the failing commit."""

    path: str
    patch: str


@dataclass(frozen=True, slots=True)
class Fix:
    """One way out: what to change, what follows from it, the commands and the patches that do it."""

    says: str
    consequence: str = ""
    commands: tuple[str, ...] = ()
    files: tuple[FilePatch, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A signature seen in a log. `lines` count from 1 in the log that `log` names, most decisive first.

    `title`, `why` and `fixes[].says` are Markdown in which every value from the log stands in a code span, unless it is
    a plain word or number; `evidence` is cleaned and redacted log text and must be fenced by whoever shows it.
    """

    signature: str | None
    category: str
    kind: Kind
    confidence: Confidence
    title: str
    why: str
    log: str
    job: str | None
    step: str | None
    lines: tuple[int, ...]
    evidence: tuple[str, ...]
    fingerprint: str
    severity: Severity = "error"
    captures: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Value] = field(default_factory=dict)
    places: tuple[Place, ...] = ()
    occurrences: int = 1
    fixes: tuple[Fix, ...] = ()
    verify: tuple[str, ...] = ()
    in_step: InStep | None = None
    """Where the most decisive line stands on the job's page; None where that is not sure."""

    @property
    def evidence_line(self) -> int:
        """The number of the evidence's first line: the decisive one may be any of them."""
        decisive = self.lines[0] if self.lines else 0
        return min((line for line in self.lines if 0 <= decisive - line < len(self.evidence)), default=decisive)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The stretch of log to show: `lines` is its first and last line, from 1; `text` is cleaned and redacted."""

    lines: tuple[int, int]
    text: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Input:
    """What was read: bytes and lines in all, and whether a cap cut it."""

    bytes: int
    lines: int
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """The ranked findings of one run, best first."""

    outcome: Outcome
    findings: tuple[Finding, ...]
    excerpt: Excerpt | None
    input: Input
    seconds: float

    @property
    def best(self) -> Finding | None:
        """The finding that explains the failure; None when there is none but notes."""
        return next((finding for finding in self.findings if finding.severity == "error"), None)

    def to_json(self) -> dict[str, Any]:
        """The report as plain JSON values, in the shape of docs/report.schema.json."""
        return {"schema": SCHEMA, **asdict(self)}


NOTHING: Final = Report(outcome="no-failure", findings=(), excerpt=None, input=Input(0, 0), seconds=0.0)
"""Of what did not fail, or left nothing to read."""
