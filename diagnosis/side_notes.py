"""What the repository adds beside any finding: a step whose failure is masked, and tests that the run leaves out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from diagnosis.probes.question import Question
from diagnosis.report import Place, Value
from diagnosis.template import code_span

MOST_SHOWN: Final = 3
COLLECTING: Final = frozenset(
    {"pytest/collection-error", "pytest/no-tests-ran", "pytest/import-file-mismatch", "pytest/path-not-found"}
)
"""Findings for which it matters what pytest does not even look at."""

_IGNORED: Final = re.compile(r"--ignore(?:-glob)?[= ][\"']?(?P<path>[^\s\"',\]]+)")
_SETTINGS: Final = (
    ("pytest.ini", re.compile(r"^\[pytest\]")),
    ("pyproject.toml", re.compile(r"^\[tool\.pytest")),
    ("tox.ini", re.compile(r"^\[pytest\]")),
    ("setup.cfg", re.compile(r"^\[tool:pytest\]")),
)


@dataclass(frozen=True, slots=True)
class SideNote:
    """A sentence of Markdown to put behind the reason, the place that shows it, and the facts."""

    sentence: str
    place: Place
    facts: dict[str, Value]


def side_notes(question: Question) -> tuple[SideNote, ...]:
    """Only what bears on the finding: mostly nothing."""
    return tuple(filter(None, (_masked(question), _ignored(question))))


def _masked(question: Question) -> SideNote | None:
    """The step may fail without turning the job red."""
    step, workflow = question.step, question.workflow
    if step is None or workflow is None or not step.may_fail or question.finding.severity != "error":
        return None
    lines = question.repo.lines(workflow.path)
    setting = re.compile(r"^[\s-]*[\"']?continue-on-error[\"']?\s*:")
    last = min(step.last_line, len(lines))
    found = [number for number in range(step.line, last + 1) if setting.match(lines[number - 1])]
    if len(found) != 1:
        return None
    where = f"{code_span(workflow.path)} line {found[0]}"
    return SideNote(
        f"This does not turn the job red: the step has `continue-on-error: true` ({where}).",
        Place(workflow.path, found[0], "continue-on-error: true"),
        {"step_may_fail": True},
    )


def _ignored(question: Question) -> SideNote | None:
    """Tests that a flag keeps pytest from collecting, on the command line or in its settings."""
    if question.finding.signature not in COLLECTING:
        return None
    found = [*_on_the_command_line(question), *_in_settings(question)]
    if not found:
        return None
    paths = list(dict.fromkeys(path for _, path in found))
    shown = ", ".join(map(code_span, paths[:MOST_SHOWN])) + (", …" if len(paths) > MOST_SHOWN else "")
    place = found[0][0]
    count = f"{len(paths)} paths are" if len(paths) > 1 else "One path is"
    return SideNote(
        f"{count} not collected at all ({shown}, by `--ignore` in {code_span(place.path)} line {place.line}): "
        "what is broken there stays unseen until the flag goes.",
        place,
        {"ignored_tests": paths[:10]},
    )


def _on_the_command_line(question: Question) -> Iterator[tuple[Place, str]]:
    if question.step is None or question.workflow is None or "pytest" not in question.step.run:
        return
    lines = question.repo.lines(question.workflow.path)
    for number in range(question.step.line, min(question.step.last_line, len(lines)) + 1):
        for flag in _IGNORED.finditer(lines[number - 1]):
            yield Place(question.workflow.path, number, flag[0]), flag["path"]


def _in_settings(question: Question) -> Iterator[tuple[Place, str]]:
    """The flags in the settings that pytest reads: those of the first file that has a section for it."""
    for name, header in _SETTINGS:
        path = question.repo.nearest(name, question.folder)
        within = seen = False
        for number, line in enumerate(question.repo.lines(path) if path else (), 1):
            if line.startswith("["):
                within = bool(header.match(line))
                seen = seen or within
            elif path and within and not line.lstrip().startswith("#"):
                yield from ((Place(path, number, flag[0]), flag["path"]) for flag in _IGNORED.finditer(line))
        if seen:
            return
