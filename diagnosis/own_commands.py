"""The commands that a repository gives its own checks: Makefile targets, tox, nox, package scripts, a CI script."""

from __future__ import annotations

import ast
import configparser
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from diagnosis.repo import Repository
from diagnosis.shell_commands import Call, calls

MAKEFILES: Final = ("Makefile", "makefile", "GNUmakefile")
SCRIPT_FOLDERS: Final = ("scripts", "script", "bin", "tools", "ci", ".ci", "")
SCRIPT_NAMES: Final = (
    "run_ci_checks.sh",
    "ci_checks.sh",
    "run_checks.sh",
    "checks.sh",
    "check.sh",
    "ci.sh",
    "ci_local.sh",
)

_TARGET: Final = re.compile(r"(?P<names>[A-Za-z0-9][\w. -]*?)\s*:(?![=:])")
_NAME: Final = re.compile(r"[A-Za-z0-9][\w.:-]*")
_TOX_VALUE: Final = re.compile(r"\{[^}\n]*\}")


@dataclass(frozen=True, slots=True)
class Own:
    """A command of the repository and where it is defined; `folder` is where it has to be run.

    `call` is the program that it runs; `passes` whether it hands on what is written behind ` -- `.
    """

    command: str
    folder: str
    path: str
    line: int
    call: Call
    passes: bool = False


def own_commands(repo: Repository, folder: str) -> Iterator[Own]:
    """All that can be read, the likeliest to be used by hand first; of each kind the file nearest to the folder."""
    for name in MAKEFILES:
        if path := repo.nearest(name, folder):
            yield from _of_makefile(repo, path)
            break
    if path := repo.nearest("package.json", folder):
        yield from _of_package(repo, path)
    if path := repo.nearest("tox.ini", folder):
        yield from _of_tox(repo, path)
    if path := repo.nearest("noxfile.py", folder):
        yield from _of_nox(repo, path)
    if path := repo.nearest("pyproject.toml", folder):
        yield from _of_pyproject(repo, path)
    if path := ci_script(repo):
        yield from _of_script(repo, path)


def python_runner(repo: Repository, folder: str, script: str = "") -> str:
    """What stands before a Python program: the runner that the step uses, else the one whose lock file is nearest."""
    used = {call.runner for call in calls(script) if call.runner.endswith(" run")}
    if len(used) == 1:
        return used.pop()
    locks = (("uv run", "uv.lock"), ("poetry run", "poetry.lock"), ("pdm run", "pdm.lock"), ("pipenv run", "Pipfile"))
    found = [(len(folder_of(path)), name) for name, lock in locks if (path := repo.nearest(lock, folder)) is not None]
    if found:
        most = max(found)[0]
        return next(name for depth, name in found if depth == most)
    tool = tables(repo, repo.nearest("pyproject.toml", folder)).get("tool", {})
    if isinstance(tool, dict) and "poetry" in tool:
        return "poetry run"
    return ""


def ci_script(repo: Repository) -> str | None:
    """A script that repeats on one's own machine what CI checks."""
    paths = (f"{folder}/{name}" if folder else name for folder in SCRIPT_FOLDERS for name in SCRIPT_NAMES)
    return next((path for path in paths if repo.has(path)), None)


def tables(repo: Repository, path: str | None) -> dict[str, Any]:
    """A TOML file's content; empty where there is none or it cannot be read."""
    try:
        return tomllib.loads((repo.text(path) if path else None) or "")
    except tomllib.TOMLDecodeError:
        return {}


def folder_of(path: str) -> str:
    """The folder that a file stands in, empty for the root."""
    return path.rpartition("/")[0]


def _of_makefile(repo: Repository, path: str) -> Iterator[Own]:
    names: list[str] = []
    for number, line in enumerate(_joined(repo.lines(path)), 1):
        if line.startswith("\t"):
            for call in calls(line) if names else ():
                yield Own(f"make {names[0]}", folder_of(path), path, number, call)
        elif found := _TARGET.match(line):
            names = [name for name in found["names"].split() if _NAME.fullmatch(name)]
        elif line.strip() and not line.lstrip().startswith("#"):
            names = []


def _joined(lines: tuple[str, ...]) -> list[str]:
    """The lines with those that a backslash continues joined to the first, the others left empty."""
    joined: list[str] = []
    start = 0
    for number, line in enumerate(lines):
        if number and lines[number - 1].endswith("\\"):
            joined[start] = joined[start].rstrip("\\") + " " + line.strip()
            joined.append("")
        else:
            start = number
            joined.append(line)
    return joined


def _of_package(repo: Repository, path: str) -> Iterator[Own]:
    try:
        told = json.loads(repo.text(path) or "{}")
        scripts = dict(told.get("scripts") or {})
    except (ValueError, AttributeError, TypeError):
        return
    manager = package_manager(repo, folder_of(path))
    for name, script in scripts.items():
        if not isinstance(script, str) or not _NAME.fullmatch(name):
            continue
        line = next((at for at, text in enumerate(repo.lines(path), 1) if f'"{name}"' in text), 1)
        command = f"{manager} test" if name == "test" else f"{manager} run {name}"
        for call in calls(script):
            yield Own(command, folder_of(path), path, line, call, passes=True)


def package_manager(repo: Repository, folder: str) -> str:
    """`pnpm`, `yarn` or `npm`, by the nearest lock file."""
    locks = (("pnpm", "pnpm-lock.yaml"), ("yarn", "yarn.lock"), ("npm", "package-lock.json"))
    found = [(len(folder_of(path)), name) for name, lock in locks if (path := repo.nearest(lock, folder)) is not None]
    return max(found, key=lambda item: item[0])[1] if found else "npm"


def _of_tox(repo: Repository, path: str) -> Iterator[Own]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(repo.text(path) or "")
    except configparser.Error:
        return
    for section in parser.sections():
        kind, colon, name = section.partition(":")
        name = name if colon else "py"
        if kind != "testenv" or not _NAME.fullmatch(name):
            continue
        commands = parser.get(section, "commands", fallback="", raw=True)
        line = next((at for at, text in enumerate(repo.lines(path), 1) if text.strip() == f"[{section}]"), 1)
        for call in calls(_TOX_VALUE.sub("", commands)):
            yield Own(f"tox -e {name}", folder_of(path), path, line, call, passes="{posargs" in commands)


def _of_nox(repo: Repository, path: str) -> Iterator[Own]:
    try:
        tree = ast.parse(repo.text(path) or "")
    except (SyntaxError, ValueError):
        return
    for function in tree.body:
        if not isinstance(function, ast.FunctionDef) or not (name := _session(function)):
            continue
        inside = list(ast.walk(function))
        passes = any(isinstance(node, ast.Attribute) and node.attr == "posargs" for node in inside)
        for node in inside:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "run":
                words = [item.value for item in node.args if isinstance(item, ast.Constant)]
                for call in calls(" ".join(word for word in words if isinstance(word, str))):
                    yield Own(f"nox -s {name}", folder_of(path), path, function.lineno, call, passes)


def _session(function: ast.FunctionDef) -> str:
    """The name that nox calls the function by; empty where it is no session."""
    for decorator in function.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(called, ast.Attribute | ast.Name) and ast.unparse(called) in ("nox.session", "session"):
            given = decorator.keywords if isinstance(decorator, ast.Call) else []
            told = [item.value.value for item in given if item.arg == "name" and isinstance(item.value, ast.Constant)]
            name = str(told[0]) if told else function.name
            return name if _NAME.fullmatch(name) else ""
    return ""


def _of_pyproject(repo: Repository, path: str) -> Iterator[Own]:
    tool = tables(repo, path).get("tool", {})
    scripts: list[tuple[str, str, Any]] = []
    environments = tool.get("hatch", {}).get("envs", {})
    for name, told in environments.items() if isinstance(environments, dict) else ():
        prefix = "hatch run " + (f"{name}:" if name != "default" else "")
        scripts += [("hatch", prefix + script, value) for script, value in dict(told.get("scripts", {})).items()]
    scripts += [("pdm", f"pdm run {name}", value) for name, value in tool.get("pdm", {}).get("scripts", {}).items()]
    scripts += [("poe", f"poe {name}", value) for name, value in tool.get("poe", {}).get("tasks", {}).items()]
    for _, command, value in scripts:
        text = value.get("cmd", "") if isinstance(value, dict) else value
        for line in text if isinstance(text, list) else [text]:
            for call in calls(line) if isinstance(line, str) else ():
                yield Own(command, folder_of(path), path, 1, call)


def _of_script(repo: Repository, path: str) -> Iterator[Own]:
    for number, line in enumerate(repo.lines(path), 1):
        if not line.lstrip().startswith(("#", "echo", "printf")):
            for call in calls(line):
                yield Own(f"./{path}", "", path, number, call)
