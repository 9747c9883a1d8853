"""Nothing that reads a repository, a log or a configuration can run any of it, or make objects of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("diagnosis", "workers", "bot/deliver", "bot/github", "bot/handlers", "bot/render", "bot/store", "bot/ui")
FILES = sorted(
    [*(path for room in ROOMS for path in (ROOT / room).rglob("*.py")), *(ROOT / "bot").glob("config*.py")],
)
MODULES = {"subprocess", "pickle", "shelve", "dill", "jsonpickle", "code", "runpy", "pty", "yaml", "ctypes"}
BUILT_INS = {"eval", "exec", "compile", "__import__", "input"}
METHODS = {("os", "system"), ("os", "popen"), ("os", "execv"), ("os", "spawnv"), ("os", "posix_spawn")}


def dangers(source: str) -> Iterator[str]:
    """What a module calls or imports that could run what it reads."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
            yield from (name for name in names if name.partition(".")[0] in MODULES)
        elif isinstance(node, ast.Call):
            yield from _called(node)


def _called(node: ast.Call) -> Iterator[str]:
    function = node.func
    if isinstance(function, ast.Name) and function.id in BUILT_INS:
        yield function.id
    elif isinstance(function, ast.Name) and function.id == "YAML":
        told = {one.arg: ast.unparse(one.value) for one in node.keywords}
        if told.get("pure") != "True" or told.get("typ", "'safe'") != "'safe'":
            yield ast.unparse(node)
    elif isinstance(function, ast.Attribute) and (ast.unparse(function.value), function.attr) in METHODS:
        yield ast.unparse(function)


@pytest.mark.parametrize("path", FILES, ids=[path.relative_to(ROOT).as_posix() for path in FILES])
def test_a_module_runs_nothing_that_it_reads(path: Path) -> None:
    assert list(dangers(path.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    [
        "import subprocess",
        "from pickle import loads",
        "import yaml\n",
        "eval(text)",
        "exec(text)",
        "import os\nos.system(text)",
        "YAML(typ='unsafe', pure=True).compose(text)",
        "YAML(typ='safe').parse(text)",
    ],
)
def test_a_module_that_could_would_be_seen(source: str) -> None:
    assert list(dangers(source))
