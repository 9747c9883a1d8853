"""The settings module of a Django step, with the modules that it imports whole."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from diagnosis.probes.question import Question

VARIABLE: Final = "DJANGO_SETTINGS_MODULE"
MOST_FILES: Final = 6

_COMMAND: Final = re.compile(rf"(?:--settings[= ]|\b{VARIABLE}=)['\"]?(?P<module>[A-Za-z_][\w.]*)")
_DEFAULT: Final = re.compile(rf"['\"]{VARIABLE}['\"]\s*,\s*['\"](?P<module>[A-Za-z_][\w.]*)['\"]")
_ELSEWHERE: Final = re.compile(r"\b(?:include|optional|exec|eval|locals|globals|setattr)\s*\(")
_SAMPLES: Final = frozenset({"tests", "test", "testing", "fixtures", "docs", "examples", "example", "samples", "demo"})
_READERS: Final = frozenset({"get", "getenv", "env", "config", "str", "environ"})


@dataclass(frozen=True, slots=True)
class Assignment:
    """A line, from 1, on which a setting gets its value. `variable` is the environment variable that it is read from
    with nothing in place of it, empty where it is not read so; `always` tells whether no condition decides."""

    path: str
    line: int
    variable: str
    empty: bool
    always: bool


@dataclass(frozen=True, slots=True)
class Settings:
    """The files in which a module's settings stand, its own first. `by` says where the module is named."""

    module: str
    paths: tuple[str, ...]
    by: str


def settings_of(question: Question) -> Settings | None:
    """The module that the step uses; None where it, or a file that adds to it, cannot be told."""
    managed = [path for path in question.repo.named("manage.py") if _is_run(question, path)]
    if len(managed) != 1:
        return None
    home = managed[0].rpartition("/")[0]
    module, by = _module(question, managed[0])
    path = _file(question, home, module) if module else None
    if path is None:
        return None
    paths: list[str] = []
    ahead = [path]
    while ahead:
        current = ahead.pop(0)
        text = question.repo.text(current)
        tree = _parsed(text) if text is not None and not _ELSEWHERE.search(text) else None
        if tree is None or len(paths) >= MOST_FILES:
            return None
        if current in paths:
            continue
        paths.append(current)
        for imported in _imported_whole(current, tree, home):
            below = _file(question, home, imported)
            if below is None:
                return None
            ahead.append(below)
    return Settings(module, tuple(paths), by)


def assignments(question: Question, settings: Settings, name: str) -> list[Assignment]:
    """Where the settings give this name a value, those that have the last word first."""
    return [found for path in settings.paths for found in _assigned(path, question.repo.text(path) or "", name)]


def _is_run(question: Question, manage: str) -> bool:
    """Whether the step may run this one: it lies below its folder, and not among samples unless the step says so."""
    home = manage.rpartition("/")[0]
    below = home.removeprefix(question.folder).strip("/")
    if not f"{home}/".startswith(f"{question.folder}/" if question.folder else ""):
        return False
    return _SAMPLES.isdisjoint(below.split("/")) or bool(question.step and below in question.step.run)


def _module(question: Question, manage: str) -> tuple[str, str]:
    step = question.step
    if step and (told := _COMMAND.search(step.run)):
        return told["module"], "the step's command"
    told_by = question.environment.get(VARIABLE)
    if told_by:
        return ("", "") if told_by.value.is_expression else (told_by.value.text, f"`env:` in line {told_by.value.line}")
    default = _DEFAULT.search(question.repo.text(manage) or "")
    return (default["module"], f"`{manage}`") if default else ("", "")


def _file(question: Question, home: str, module: str) -> str | None:
    inside = module.replace(".", "/")
    roots = dict.fromkeys((home, f"{home}/src".strip("/"), "src", ""))
    names = [f"{root}/{inside}{end}".lstrip("/") for root in roots for end in (".py", "/__init__.py")]
    return next(filter(question.repo.has, names), None)


def _imported_whole(path: str, tree: ast.Module, home: str) -> Iterator[str]:
    """The modules whose names are all taken over, by their full names."""
    package = path.removeprefix(f"{home}/" if home else "").removeprefix("src/").split("/")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and any(name.name == "*" for name in node.names):
            above = package[: len(package) - node.level + 1] if node.level else []
            yield ".".join([*above, *([node.module] if node.module else [])])


def _parsed(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None


def _assigned(path: str, text: str, name: str) -> Iterator[Assignment]:
    tree = _parsed(text) or ast.Module([], [])
    for node in ast.walk(tree):
        if not isinstance(node, (ast.Assign, ast.AnnAssign)):
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            empty = isinstance(node.value, ast.Constant) and not node.value.value
            yield Assignment(path, node.lineno, _variable(node.value), empty, node in tree.body)


def _variable(value: ast.expr | None) -> str:
    """The variable of `os.environ.get("X")`, `os.getenv("X", "")`, `env("X", default="")` and their like."""
    if not isinstance(value, ast.Call) or not value.args or not isinstance(value.args[0], ast.Constant):
        return ""
    called = value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", "")
    others = [*value.args[1:], *(word.value for word in value.keywords if word.arg == "default")]
    told = [other for other in others if not (isinstance(other, ast.Constant) and not other.value)]
    return str(value.args[0].value) if called in _READERS and not told else ""
