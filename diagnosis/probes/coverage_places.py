"""The places of a repository that set a coverage gate: command lines, pytest's options and coverage.py's settings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import normpath
from typing import Final

from diagnosis.paths import in_repository
from diagnosis.probes.question import Question
from diagnosis.repo import Repository
from diagnosis.workflow import Step

_NUMBER: Final = r"(?P<value>\d+(?:\.\d+)?)"
_OPTION: Final = re.compile(rf"--cov-fail-under(?:=|\s+|[\"'],\s*[\"'])[\"']?{_NUMBER}(?![\w.])")
_REPORT: Final = re.compile(rf"\bcoverage\s+(?:report|html|xml|json)\b.*?--fail-under(?:=|\s+)[\"']?{_NUMBER}(?![\w.])")
_SETTING: Final = re.compile(rf"^\s*fail_under\s*[=:]\s*{_NUMBER}\s*$")
_VARIABLE: Final = re.compile(
    r"--(?:cov-)?fail-under(?:=|\s+)[\"']?\$(?:\{\{\s*env\.(?P<expression>\w+)\s*\}\}|\{?(?P<shell>\w+)\}?)"
)
_SECTION: Final = re.compile(r"^\s*\[+(?P<name>[^\[\]]+)\]+\s*(?:#.*)?$")
_COMMENT: Final = re.compile(r"(?:^\s*;|(?:^|\s)#).*$")
_SCRIPT: Final = re.compile(r"(?:^|[\s/;&])((?:[\w.-]+/)*[\w.-]+\.(?:sh|bash|py))(?=\s|$)", re.MULTILINE)
_HEADER: Final = re.compile(r"^rootdir: (?P<root>[^,]+?)(?:, (?:configfile|inifile): (?P<old>\S+))?$")
_CONFIG: Final = re.compile(r"^(?:configfile|inifile): (?P<new>\S+)")
_CHANGE: Final = re.compile(r"(?:^|&&|;|\n)\s*cd\s+([\w./-]+)")

_COVERAGE_SECTIONS: Final = {
    ".coveragerc": "report",
    "setup.cfg": "coverage:report",
    "tox.ini": "coverage:report",
    "pyproject.toml": "tool.coverage.report",
}
_PYTEST_SECTIONS: Final = {
    "pytest.ini": "pytest",
    ".pytest.ini": "pytest",
    "pyproject.toml": "tool.pytest.ini_options",
    "tox.ini": "pytest",
    "setup.cfg": "tool:pytest",
}
_COMMANDS: Final = {
    "tox.ini": "tox",
    "noxfile.py": "nox",
    "Makefile": "make",
    "makefile": "make",
    "GNUmakefile": "make",
}
"""Files of command lines, with the program that runs them."""

_NAMES: Final = tuple(dict.fromkeys((*_PYTEST_SECTIONS, *_COVERAGE_SECTIONS, *_COMMANDS)))

COMMAND, OPTIONS, SETTING = 1, 2, 3
"""Who wins: a command line over pytest's `addopts`, those over coverage.py's own setting."""


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate on a line, counted from 1; `start` and `end` are where its number stands in the line."""

    path: str
    line: int
    value: float
    shown: str
    rank: int
    start: int
    end: int


def gates(question: Question) -> list[Gate] | None:
    """All gates that the failing step may meet, the stronger first; None where a file that may hold one is unread."""
    found = list(_of_workflow(question))
    for path in _called(question):
        if question.repo.text(path) is None:
            return None
        for number, line in enumerate(question.repo.lines(path), 1):
            found += _on_line(path, number, line, COMMAND, (_OPTION, _REPORT))
    folders, config = _folders(question), config_file(question)
    for path in dict.fromkeys(f"{folder}/{name}".strip("/") for folder in folders for name in _NAMES):
        name = path.rpartition("/")[2]
        unused = name in _COMMANDS and name not in _PYTEST_SECTIONS and not _runs(question.step, _COMMANDS[name])
        if unused or not question.repo.has(path):
            continue
        if question.repo.text(path) is None:
            return None
        found += _of_file(question, path, config)
    return sorted(found, key=lambda gate: gate.rank)


def _of_workflow(question: Question) -> Iterator[Gate]:
    """The gates of the failing step; of the whole job or file where it is not clear which step failed."""
    workflow, part = question.workflow, question.step or question.job
    if workflow is None:
        return
    for number, line in enumerate(question.repo.lines(workflow.path), 1):
        if part and not part.line <= number <= part.last_line:
            continue
        yield from _on_line(workflow.path, number, line, COMMAND, (_OPTION, _REPORT))
        variable = _VARIABLE.search(_COMMENT.sub("", line))
        setting = question.environment.get((variable["expression"] or variable["shell"]) if variable else "")
        if setting:
            yield from _of_variable(question.repo, workflow.path, setting.value.line, setting.value.text)


def _called(question: Question) -> list[str]:
    """The scripts of the repository that the step runs, and the local action that it uses."""
    step = question.step
    if step is None:
        return []
    actions = [f"{step.uses.removeprefix('./')}/action.{ending}" for ending in ("yml", "yaml")]
    scripts = [normpath(f"{question.folder}/{name}".strip("/")) for name in _SCRIPT.findall(step.run)]
    return [path for path in (*actions, *scripts) if question.repo.has(path)]


def _of_variable(repo: Repository, path: str, number: int, value: str) -> Iterator[Gate]:
    pattern = re.compile(rf":\s*[\"']?(?P<value>{re.escape(value)})[\"']?\s*$")
    if re.fullmatch(r"\d+(?:\.\d+)?", value):
        yield from _on_line(path, number, repo.lines(path)[number - 1], COMMAND, (pattern,))


def _of_file(question: Question, path: str, config: str | None) -> Iterator[Gate]:
    name, section = path.rpartition("/")[2], ""
    for number, line in enumerate(question.repo.lines(path), 1):
        head = _SECTION.match(line) if name not in ("noxfile.py",) and not name.lower().endswith("makefile") else None
        section = head["name"].strip() if head else section
        if section == _COVERAGE_SECTIONS.get(name):
            yield from _on_line(path, number, line, SETTING, (_SETTING,))
        elif section == _PYTEST_SECTIONS.get(name):
            # pytest reads one of these files alone, and its header names it.
            yield from _on_line(path, number, line, OPTIONS, (_OPTION,)) if config in (None, path) else ()
        elif _runs(question.step, _COMMANDS.get(name, "")):
            yield from _on_line(path, number, line, COMMAND, (_OPTION, _REPORT))


def _runs(step: Step | None, program: str) -> bool:
    return bool(program and step and re.search(rf"(?:^|[\s/;&]){program}(?:\s|$)", step.run))


def _on_line(path: str, number: int, line: str, rank: int, patterns: tuple[re.Pattern[str], ...]) -> Iterator[Gate]:
    for pattern in patterns:
        for found in pattern.finditer(_COMMENT.sub("", line)):
            shown = found[0].strip() if rank != COMMAND or "fail-under" in found[0] else line.strip()
            yield Gate(path, number, float(found["value"]), shown, rank, *found.span("value"))


def _folders(question: Question) -> list[str]:
    """Where the step's programs look for settings, and the folders above, the nearest first."""
    changed = _CHANGE.findall(question.step.run) if question.step else ()
    starts = [question.folder, *(normpath(f"{question.folder}/{name}".strip("/")) for name in changed)]
    starts += [root for root, _ in _headers(question)]
    found: dict[str, None] = {}
    for start in reversed(starts):
        folder = "" if start == "." or start.startswith(("..", "/")) else start
        while folder:
            found[folder] = None
            folder = folder.rpartition("/")[0]
    return [*found, ""]


def config_file(question: Question) -> str | None:
    """The file that pytest took its options from; None where the log does not say."""
    told = {f"{root}/{config}".strip("/") for root, config in _headers(question) if config}
    paths = {normpath(path) for path in told}
    return paths.pop() if len(paths) == 1 else None


def _headers(question: Question) -> Iterator[tuple[str, str]]:
    """The root folder and the file of settings that each run of pytest prints at its head."""
    lines = list(question.lines)
    for number, line in enumerate(lines):
        head = _HEADER.match(line)
        if not head:
            continue
        inside = in_repository(head["root"].rstrip("/") + "/")
        if inside.startswith(("/", "..")) or ":" in inside:
            continue
        below = _CONFIG.match(lines[number + 1]) if number + 1 < len(lines) else None
        yield inside.strip("/"), head["old"] or (below["new"] if below else "")
