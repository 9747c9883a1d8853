"""Python files of the repository as syntax trees, and where a name that one of them uses is defined."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from diagnosis.patch import replaced
from diagnosis.probes.question import Question
from diagnosis.repo import Repository
from diagnosis.report import FilePatch

MOST_STEPS: Final = 4
"""Imports that are followed from file to file."""

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Defined:
    """A class or function and the file that it stands in."""

    path: str
    node: Definition


def parsed(repo: Repository, path: str) -> ast.Module | None:
    """The file's tree; None where it cannot be read or is no Python."""
    text = repo.text(path)
    if text is None:
        return None
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None


def definition(question: Question, path: str, name: str, steps: int = MOST_STEPS) -> Defined | None:
    """What a name at the top of a file means: its own definition, or that of the repository's file it is imported from.

    None where it is defined more than once, or comes from outside.
    """
    tree = parsed(question.repo, path)
    if tree is None or steps <= 0:
        return None
    if any(isinstance(node, ast.Name) and node.id == name and _is_set(node) for node in ast.walk(tree)):
        return None
    top = [node for node in tree.body if isinstance(node, Definition) and node.name == name]
    if top:
        return Defined(path, top[0]) if len(top) == 1 else None
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    source = module_file(question, _absolute(path, node), path)
                    return definition(question, source, alias.name, steps - 1) if source else None
    return None


def functions(tree: ast.Module | None) -> Iterator[Function]:
    """All functions of a file, also those in classes."""
    yield from (node for node in (ast.walk(tree) if tree else ()) if isinstance(node, Function))


def module_file(question: Question, module: str, importer: str) -> str | None:
    """The file of a dotted module; None where it is not the repository's, or may be one of several."""
    tail = module.replace(".", "/").strip("/")
    if not tail:
        return None
    ends = (f"{tail}.py", f"{tail}/__init__.py")
    found = [path for path in question.repo.paths if path.endswith(ends) and _whole(path, ends)]
    near = [path for path in found if path.startswith(f"{question.folder}/")] if question.folder else []
    beside = [path for path in found if _root(path, ends) == importer.rpartition("/")[0]]
    chosen = found if len(found) == 1 else near if len(near) == 1 else beside
    return chosen[0] if len(chosen) == 1 else None


def members(node: ast.ClassDef) -> Iterator[Definition]:
    """The functions that stand in a class."""
    yield from (item for item in node.body if isinstance(item, Definition) and not isinstance(item, ast.ClassDef))


def respelt(repo: Repository, path: str, spots: Iterable[tuple[int, int]], old: str, new: str) -> FilePatch | None:
    """The patch that writes a name otherwise at these lines and columns (in bytes, as `ast` counts them).

    None where the name does not stand there.
    """
    text, lines = repo.text(path), dict(enumerate(repo.lines(path), 1))
    changed: set[int] = set()
    # From the last place to the first, so that what was changed moves nothing that is still to be changed.
    for number, column in sorted(spots, reverse=True):
        raw = lines[number].encode()
        rest = raw[column:].decode()
        if not rest.startswith(old):
            return None
        lines[number] = raw[:column].decode() + new + rest.removeprefix(old)
        changed.add(number)
    return replaced(path, text, {number: [lines[number]] for number in changed}) if text and changed else None


def _is_set(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def _whole(path: str, ends: tuple[str, ...]) -> bool:
    return any(path == end or path.endswith(f"/{end}") for end in ends)


def _root(path: str, ends: tuple[str, ...]) -> str:
    end = next(end for end in ends if path.endswith(end))
    return path.removesuffix(end).rstrip("/")


def _absolute(path: str, node: ast.ImportFrom) -> str:
    """The module that is imported from, as a path with dots from the repository's root where it is relative."""
    if not node.level:
        return node.module or ""
    parts = path.split("/")[: -node.level]
    return ".".join([*parts, *(node.module or "").split(".")]).strip(".")
