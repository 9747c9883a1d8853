"""What the steps of a job install with pip, Poetry and uv, read from their commands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import normpath
from typing import Final

from diagnosis.probes.question import Question
from diagnosis.workflow import Step

_SPLIT: Final = re.compile(r"&&|\|\||;|\|")
_OPAQUE: Final = re.compile(
    r"(?:^|\s)(?:make|just|task|tox|nox|hatch|pdm|conda|mamba|micromamba|docker|rye|pixi|invoke|inv)\s"
)
_SCRIPT: Final = re.compile(r"(?:^|\s)(?:\./|bash |sh |source |\. )[\w./-]*\w")
_INSTALLING: Final = re.compile(r"^\./|^docker:|pip-|conda|mamba|pixi|hatch|pdm|tox|nox|depend|devcontainer")
"""Actions that may install packages: the repository's own, and those whose names say so."""
_PIP: Final = re.compile(r"(?:^|\s)(?:pip3?|uv pip|python[\d.]* -m pip)\s+install\s")
_OTHER: Final = re.compile(
    r"(?:^|\s)(?:(?P<tool>poetry|pipenv)\s+(?:install|sync)|(?P<runner>uv)\s+(?:sync|run))(?=\s)"
)
_VALUED: Final = frozenset(
    {"-c", "-i", "-t", "--constraint", "--index-url", "--extra-index-url", "--find-links", "-f", "--target", "--python"}
)
_OWN: Final = re.compile(r"^(?P<where>\.{1,2}(?:/[\w./-]*)?|[\w-]+(?:/[\w.-]+)*/)(?:\[(?P<extras>[\w\s,.-]*)\])?$")
_EDITABLE: Final = re.compile(r"^(?P<where>[\w./-]+)(?:\[(?P<extras>[\w\s,.-]*)\])?$")


@dataclass(frozen=True, slots=True)
class Install:
    """A command that installs: `line` of the workflow file, the folder it runs in, its words behind the verb."""

    tool: str
    line: int
    folder: str
    text: str
    words: tuple[str, ...]

    @property
    def project(self) -> str | None:
        """The folder whose own package it installs; None where it installs none."""
        if self.tool == "pip":
            return next((self._below(found["where"]) for found in self._own()), None)
        left_out = {"--no-root", "--no-install-project", "--no-install-workspace"}
        return None if left_out & set(self.words) else self.folder

    @property
    def extras(self) -> frozenset[str]:
        """The extras that are asked for."""
        asked = self.values("--extra", "-E", "--extras")
        named = [found["extras"] or "" for found in self._own()] if self.tool == "pip" else asked
        return frozenset(name for text in named for name in re.split(r"[\s,]+", text) if name)

    @property
    def files(self) -> tuple[str, ...]:
        """The requirement files, from the repository's root."""
        return tuple(self._below(name) for name in self.values("-r", "--requirement", "--requirements"))

    def values(self, *options: str) -> list[str]:
        """What these options are given, in both ways of writing."""
        found: list[str] = []
        for at, word in enumerate(self.words):
            name, equals, value = word.partition("=")
            if name in options:
                found += [value] if equals else list(self.words[at + 1 : at + 2])
            elif word[:2] in options and not word.startswith("--") and len(word) > 2:
                found.append(word[2:])
        return found

    def names(self, *options: str) -> set[str]:
        """The names in comma-separated lists that these options are given."""
        return {name for value in self.values(*options) for name in re.split(r"[\s,]+", value) if name}

    def _own(self) -> Iterator[re.Match[str]]:
        before = ""
        for word in self.words:
            found = (_EDITABLE if before in ("-e", "--editable") else _OWN).match(word)
            if found and before not in _VALUED | {"-r", "--requirement"}:
                yield found
            before = word

    def _below(self, name: str) -> str:
        path = normpath(f"{self.folder}/{name}" if self.folder else name)
        return "" if path == "." else path


def installs(question: Question) -> list[Install] | None:
    """The commands that install, up to the failing step; None where a step may install in a way that is not read,
    or where the job begins on a machine that may have packages of its own."""
    if question.job is None or question.step is None or question.workflow is None:
        return None
    if question.job.container or "self-hosted" in question.job.runs_on:
        return None
    found: list[Install] = []
    for step in question.job.steps:
        if step.line > question.step.line:
            break
        commands = _of_step(question, step)
        if commands is None:
            return None
        found += commands
    return found


def _of_step(question: Question, step: Step) -> list[Install] | None:
    if _INSTALLING.search(step.uses):
        return None
    folder = Question(question.finding, question.repo, (), question.workflow, question.job, step).folder
    found: list[Install] = []
    last = step is question.step
    for number, line in _lines(step):
        for part in _SPLIT.split(line):
            command = f" {part.strip()} "
            if part.strip().startswith("cd "):
                folder = normpath(f"{folder}/{part.strip()[3:].strip()}".strip("/"))
                continue
            if (_OPAQUE.search(command) or _SCRIPT.search(command)) and not last:
                return None
            start = _PIP.search(command) or _OTHER.search(command)
            if not start:
                continue
            words = _words(command[start.end() :])
            if words is None or "${{" in command:
                return None
            named = start.groupdict()
            tool = named.get("tool") or named.get("runner") or "pip"
            found.append(Install(tool, number, "" if folder == "." else folder, part.strip(), words))
    return found


def _lines(step: Step) -> Iterator[tuple[int, str]]:
    """The commands of a step with the line that each begins on, joined where a backslash ends a line."""
    start, held = step.run_line, ""
    for number, line in enumerate(step.run.split("\n"), step.run_line):
        text = line.split(" #")[0].rstrip() if not line.lstrip().startswith("#") else ""
        start = start if held else number
        if text.endswith("\\"):
            held += text[:-1] + " "
            continue
        yield start, held + text
        held = ""


def _words(text: str) -> tuple[str, ...] | None:
    try:
        return tuple(shlex.split(text))
    except ValueError:
        return None
