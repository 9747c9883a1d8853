"""Which programs a script calls, seen through the runners, variables and environments that stand before them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_SEPARATOR: Final = re.compile(r"&&|\|\||[;|\n]")
_ASSIGNMENT: Final = re.compile(r"[A-Za-z_]\w*=\S*")
_VARIABLE: Final = re.compile(r"\$[({]?\w+[)}]?")
_PYTHON: Final = re.compile(r"(?:python|py)(?:\d(?:\.\d+)?)?")

_RUNNERS: Final = {
    ("poetry", "run"): "poetry run",
    ("uv", "run"): "uv run",
    ("pipenv", "run"): "pipenv run",
    ("hatch", "run"): "hatch run",
    ("pdm", "run"): "pdm run",
    ("rye", "run"): "rye run",
    ("pnpm", "exec"): "pnpm exec",
    ("npm", "exec"): "npx",
}
_SHORT_RUNNERS: Final = ("npx", "uvx", "time", "exec", "sudo", "xvfb-run")

_WRITING: Final = {
    "black": (),
    "isort": (),
    "ruff format": (),
    "ruff check": ("--fix",),
    "eslint": ("--fix",),
    "prettier": ("--write", "-w"),
}
"""Tools that can change files, and the option that makes them; without one they do unless told only to check."""

_CHECKING: Final = frozenset({"--check", "--check-only", "--diff", "-c", "-l", "--list-different"})


@dataclass(frozen=True, slots=True)
class Call:
    """A program that a script calls: its name (for ruff with the subcommand), what stands behind it, its runner."""

    tool: str
    arguments: tuple[str, ...]
    runner: str = ""

    @property
    def writes(self) -> bool:
        """Whether it changes files instead of only checking them."""
        if self.tool not in _WRITING:
            return False
        options = _WRITING[self.tool]
        if options:
            return any(option in self.arguments for option in options)
        return _CHECKING.isdisjoint(self.arguments)


def calls(script: str) -> Iterator[Call]:
    """The programs of a script, in their order."""
    for part in _SEPARATOR.split(script.replace("\\\r\n", " ").replace("\\\n", " ")):
        call = _call(part.strip().lstrip("@-+").split())
        if call:
            yield call


def first_call(command: str) -> Call | None:
    """The program of a single command."""
    return next(calls(command), None)


def _call(words: list[str]) -> Call | None:
    runner = ""
    while words:
        head = tuple(words[:2])
        if _ASSIGNMENT.fullmatch(words[0]) or words[0] in ("env", "then", "do", "else"):
            words = words[1:]
        elif head in _RUNNERS:
            runner, words = runner or _RUNNERS[head], _options_left_out(words[2:])
        elif words[0] in _SHORT_RUNNERS:
            runner, words = runner or words[0], _options_left_out(words[1:])
        elif len(words) > 2 and words[1] == "-m" and _is_python(words[0]):
            words = words[2:]
        else:
            return _named(words, runner)
    return None


def _named(words: list[str], runner: str) -> Call:
    tool, arguments = words[0].rpartition("/")[2], words[1:]
    if tool == "py.test":
        tool = "pytest"
    if tool == "ruff":
        told = arguments[:1] and arguments[0].isalpha()
        tool, arguments = (f"ruff {arguments[0]}", arguments[1:]) if told else ("ruff check", arguments)
    return Call(tool, tuple(arguments), runner)


def _is_python(word: str) -> bool:
    return bool(_PYTHON.fullmatch(word.rpartition("/")[2]) or _VARIABLE.fullmatch(word))


def _options_left_out(words: list[str]) -> list[str]:
    """What a runner is told before the program: only options that surely take no value, or have it with them."""
    while words and words[0].startswith("-"):
        takes = words[0] in ("--extra", "--group", "--with", "--python", "-p", "--package", "-e", "--directory")
        words = words[2:] if takes else words[1:]
    return words
