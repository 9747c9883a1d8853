"""A report for a terminal: the best finding whole, the others in a line each. Nothing of the log can act on it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

from diagnosis.clean import strip_controls
from diagnosis.report import TRUNCATED, Excerpt, Finding, Fix, Report

WIDEST: Final = 110
NARROWEST: Final = 40
MOST_EVIDENCE: Final = 6
MOST_OTHERS: Final = 10
MOST_PLACES: Final = 10
INDENT: Final = "  "
LABEL: Final = 8

_SPAN: Final = re.compile(r"(?P<ticks>`+) ?(?P<text>.+?) ?(?P=ticks)(?!`)")
_NUMBERED: Final = re.compile(r"\d+ \| ")
"""Evidence from a file brings its line's number and a mark under the spot."""

_BOLD: Final = re.compile(r"\*\*(.+?)\*\*")


def report(report: Report, *, colour: bool, width: int) -> str:
    """The report as plain text of at most `width` columns (longer log lines apart), with ANSI colours if wanted."""
    page = _Page(colour=colour, width=min(max(width, NARROWEST), WIDEST))
    best = report.best
    lines = list(page.best(report, best)) if best else [page.paint("No failure found.", "32")]
    told = {item.job for item in report.findings if item.kind in ("cause", "symptom")}
    shown = (item for item in report.findings if item.kind != "excerpt" or item.job is None or item.job not in told)
    lines += page.others([item for item in shown if item is not best])
    if report.input.truncated:
        lines += ["", f"{INDENT}{TRUNCATED}"]
    return "\n".join(lines)


class _Page:
    def __init__(self, *, colour: bool, width: int) -> None:
        self.colour = colour
        self.width = width

    def paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and text else text

    def best(self, report: Report, finding: Finding) -> Iterator[str]:
        known = report.outcome == "diagnosed"
        mark = self.paint("✗", "31;1") if known else self.paint("?", "33;1")
        title = textwrap.wrap(plain(finding.title), self.width - 2) or [""]
        yield f"{mark} {self.paint(title[0], '1')}"
        yield from (f"{INDENT}{self.paint(line, '1')}" for line in title[1:])
        yield self.paint(f"{INDENT}{_where(finding)}", "2")
        yield ""
        yield from self.shown(report.excerpt if not known else None, finding)
        yield ""
        yield from self.labelled("Why", finding.why)
        for number, fix in enumerate(finding.fixes):
            yield from self.fix("Fix" if number == 0 else "Or", fix)
        if finding.verify:
            yield from self.commands("Check", finding.verify)
        if len(finding.places) > 1:
            yield from self.places(finding)

    def shown(self, excerpt: Excerpt | None, finding: Finding) -> Iterator[str]:
        """The evidence; where nothing was recognised, the lines around it."""
        if excerpt is not None:
            first, lines = excerpt.lines[0], excerpt.text
        else:
            lines = finding.evidence[:MOST_EVIDENCE]
            first = finding.evidence_line
        if lines and _NUMBERED.match(lines[0]):
            yield from (INDENT + self.paint(strip_controls(line), "33") for line in lines)
            return
        gutter = len(str(first + len(lines)))
        for number, line in enumerate(lines, first):
            decisive = excerpt is not None and number == finding.lines[0]
            shown = f"{number or '':>{gutter}} │ {strip_controls(line)}"
            yield INDENT + (self.paint(shown, "33") if decisive or excerpt is None else shown)

    def labelled(self, label: str, text: str) -> Iterator[str]:
        """A label with text beside it, wrapped; the text's own line ends stay."""
        room = self.width - LABEL - len(INDENT)
        lines = [line for part in plain(text).split("\n") for line in (_wrapped(part, room) if part.strip() else [""])]
        for number, line in enumerate(lines):
            head = self.paint(f"{label:{LABEL}}", "36;1") if number == 0 else " " * LABEL
            yield f"{INDENT}{head}{line}".rstrip()

    def fix(self, label: str, fix: Fix) -> Iterator[str]:
        yield from self.labelled(label, " ".join((fix.says, fix.consequence)).strip())
        if fix.commands:
            yield from self.commands("", fix.commands)
        for file in fix.files:
            yield ""
            for line in file.patch.splitlines():
                code = {"+": "32", "-": "31", "@": "36"}.get(line[:1], "0")
                yield f"{INDENT}{self.paint(strip_controls(line), code)}"
            yield ""

    def commands(self, label: str, commands: Sequence[str]) -> Iterator[str]:
        for number, command in enumerate(commands):
            head = self.paint(f"{label if number == 0 else '':{LABEL}}", "36;1")
            yield f"{INDENT}{head}$ {strip_controls(command)}"

    def places(self, finding: Finding) -> Iterator[str]:
        spots = (f"{place.path}:{place.line}" if place.line else place.path for place in finding.places)
        rows = list(dict.fromkeys(spots))
        more = [f"and {len(rows) - MOST_PLACES} more"] if len(rows) > MOST_PLACES else []
        for number, row in enumerate(rows[:MOST_PLACES] + more):
            head = self.paint(f"{'In' if number == 0 else '':{LABEL}}", "36;1")
            yield f"{INDENT}{head}{strip_controls(row)}"

    def others(self, findings: Sequence[Finding]) -> list[str]:
        """The findings behind the best one, each failure once; a guess only of a job that failed too."""
        kept = list({item.fingerprint: item for item in reversed(findings) if item.kind != "wrapper"}.values())[::-1]
        if not kept:
            return []
        rows = [
            f"{INDENT}{INDENT}line {item.lines[0] if item.lines else '?'}: {_other(item)}"
            for item in kept[:MOST_OTHERS]
        ]
        more = [f"{INDENT}{INDENT}and {len(kept) - MOST_OTHERS} more"] if len(kept) > MOST_OTHERS else []
        return ["", self.paint(f"{INDENT}Also seen", "36;1"), *rows, *more]


def _other(finding: Finding) -> str:
    job = strip_controls(finding.job or finding.log)
    if finding.kind == "excerpt":
        return f"{job} failed too; no known cause was recognised"
    return (
        plain(finding.title)
        + (f" ({job})" if finding.job else "")
        + (" (a note)" if finding.severity == "note" else "")
    )


def _where(finding: Finding) -> str:
    line = f"{finding.log}:{finding.lines[0]}" if finding.lines else finding.log
    trail = " › ".join(part for part in (finding.job, finding.step) if part)
    said = [line, trail, finding.signature or "", f"confidence {finding.confidence}"]
    return strip_controls(" · ".join(part for part in said if part))


def _wrapped(text: str, room: int) -> list[str]:
    """Wrapped; a list item's further lines stand under its text."""
    indent = " " * (len(text) - len(text.lstrip(" -*")))
    return textwrap.wrap(text, room, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def plain(markdown: str) -> str:
    """Markdown of our own making as a terminal shows it: code in plain backticks unless it has its own, no bold."""
    return _stripped(_BOLD.sub(r"\1", _SPAN.sub(_ticked, markdown)))


def _ticked(span: re.Match[str]) -> str:
    text = span["text"]
    return text if "`" in text else f"`{text}`"


def _stripped(text: str) -> str:
    """The text without anything that a terminal would obey, its lines kept."""
    return "\n".join(strip_controls(line) for line in text.split("\n"))
