"""Where in the files a run's failures stand, as remarks at their lines; GitHub shows no Markdown there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.case import Case
from bot.check_run import Annotation, Level
from bot.render.text import plain
from diagnosis.clean import strip_controls
from diagnosis.redact import redact
from diagnosis.report import Finding, Place

MOST: Final = 200
"""Remarks; four requests' worth, and more than anybody reads."""

MOST_TITLE: Final = 250
MOST_MESSAGE: Final = 8_000
"""Characters. GitHub takes 255 of a title and 64 kB of a message."""


def noted(case: Case) -> tuple[Annotation, ...]:
    """One for each line that a finding names in a file of the commit, the best finding's first."""
    found: dict[tuple[str, int, str], Annotation] = {}
    for finding in case.report.findings:
        if finding.kind in ("wrapper", "excerpt"):
            continue
        for one in _of(case, finding):
            found.setdefault((one.path, one.line, one.title), one)
    return tuple(found.values())


def _of(case: Case, finding: Finding) -> Iterator[Annotation]:
    told = [place for place in finding.places if place.line and place.path in case.present]
    for number, place in enumerate(told):
        # The whole explanation once: it is the same at each place.
        details = _text("\n".join(finding.evidence)) if number == 0 else ""
        title = _text(plain(finding.title).replace("\n", " "))[:MOST_TITLE]
        yield Annotation(place.path, place.line or 1, _level(case, finding), title, _message(finding, place), details)


def _message(finding: Finding, place: Place) -> str:
    fix = finding.fixes[0].says if finding.fixes else ""
    parts = [place.message, plain(finding.why), f"Fix: {plain(fix)}" if fix else ""]
    return "\n\n".join(text for part in parts if (text := _text(part).strip()))[:MOST_MESSAGE] or plain(finding.title)


def _level(case: Case, finding: Finding) -> Level:
    """Red is for what broke the run; a reader who looks for the cause must not have to choose."""
    if finding.severity == "note":
        return "notice"
    best = case.report.best
    return "failure" if best and finding.fingerprint == best.fingerprint else "warning"


def _text(text: str) -> str:
    """Lines without secrets, and without what a reader could not see."""
    return "\n".join(strip_controls(line) for line in redact(text).split("\n"))[:MOST_MESSAGE]
