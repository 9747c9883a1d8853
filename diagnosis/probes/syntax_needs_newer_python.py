"""Syntax that the job's Python is too old for: what the matrix runs, what the project promises, and which to change."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from diagnosis.patch import inserted
from diagnosis.probes.python_source import parsed
from diagnosis.probes.question import Answer, Question
from diagnosis.report import FilePatch, Fix, Place
from diagnosis.template import code_span

_NEEDED: Final = {
    "python/union-syntax-needs-3-10": "3.10",
    "python/builtin-generic-needs-3-9": "3.9",
    "python/fstring-quotes-need-3-12": "3.12",
}
_STATEMENTS: Final = (("match", "3.10"), ("except*", "3.11"), ("type ", "3.12"), ("def ", "3.12"), ("class ", "3.12"))
_RUNS: Final = re.compile(
    r"platform \w+ -- Python (\d+\.\d+)|hostedtoolcache/Python/(\d+\.\d+)|^Python (\d+\.\d+)\.\d+$"
)
_SITE: Final = re.compile(
    r'^\s*(?:E +)?(?:File "(?P<file>[^"<]+)", line (?P<number>\d+)|(?P<path>\S+\.py):(?P<line>\d+): in )'
)
_PROMISES: Final = (
    ("pyproject.toml", re.compile(r"^requires-python\s*=\s*[\"'](?P<range>[^\"']+)[\"']")),
    ("pyproject.toml", re.compile(r"^python\s*=\s*[\"'](?P<range>[^\"']+)[\"']")),
    ("setup.cfg", re.compile(r"^python_requires\s*=\s*(?P<range>\S.*?)\s*$")),
    ("setup.py", re.compile(r"\bpython_requires\s*=\s*[\"'](?P<range>[^\"']+)[\"']")),
)
_EVALUATING: Final = frozenset(
    {"pydantic", "fastapi", "sqlmodel", "attrs", "attr", "typer", "strawberry", "ninja", "msgspec"}
)
"""Libraries that evaluate annotations all the same, so that postponing them heals nothing."""

_TYPES: Final = frozenset({"int", "str", "float", "bool", "bytes", "list", "dict", "tuple", "set", "None"})


@dataclass(frozen=True, slots=True)
class _Promise:
    """What the project says it runs on; `text` as it is written."""

    text: str
    place: Place
    holds: bool
    """Whether the version that the job runs is part of it."""


def syntax_needs_newer_python(question: Question) -> Answer | None:
    """Sets the version that the syntax needs against the job's and the promised one."""
    needed, runs = _needed(question), _running(question)
    site = _site(question)
    if needed is None or runs is None or site is None or Version(runs) >= Version(needed):
        return None
    promise = _promise(question, runs)
    matrix = _matrix_place(question, runs)
    if promise is None and matrix is None:
        return None
    patch = _postponed(question, site) if (question.finding.signature or "") in tuple(_NEEDED)[:2] else None
    rewrite = Fix(
        says="Keep the old version, and let annotations be text that nobody evaluates: one line heals this file."
        if patch
        else f"Keep the old version: write line {site.line} of {code_span(site.path)} in a way that {runs} reads.",
        consequence="Other files with such syntax need the same.",
        files=(patch,) if patch else (),
    )
    drop = _dropped(runs, needed, matrix, promise)
    kept = promise.holds if promise else True
    return Answer(
        why=" ".join(
            [
                f"{code_span(site.path)} line {site.line} needs Python {needed}, and this job runs {runs}.",
                *_matrix_told(question, needed, matrix),
                *([_promise_told(promise, runs)] if promise else []),
            ]
        ),
        fixes=(rewrite, drop) if kept else (drop, rewrite),
        places=tuple(item for item in (site, matrix, promise.place if promise else None) if item),
        facts={"needs": needed, "runs": runs, **({"promised": promise.text} if promise else {})},
    )


def _matrix_told(question: Question, needed: str, matrix: Place | None) -> Iterator[str]:
    values = {value for axis in (question.job.matrix.values() if question.job else ()) for value in axis}
    newer = sorted(value for value in values if re.fullmatch(r"3\.\d+", value) and Version(value) >= Version(needed))
    if matrix:
        others = f"; {', '.join(map(code_span, newer))} there can read it" if newer else ""
        yield f"{code_span(matrix.path)} line {matrix.line} asks for it{others}."


def _promise_told(promise: _Promise, runs: str) -> str:
    where = f"{code_span(promise.place.path)} line {promise.place.line} says {code_span(promise.text)}"
    return f"{where}, so {runs} is {'promised' if promise.holds else 'not even promised'}."


def _dropped(runs: str, needed: str, matrix: Place | None, promise: _Promise | None) -> Fix:
    where = f" in {code_span(matrix.path)} line {matrix.line}" if matrix else " in the workflow"
    raised = (
        f", and raise {code_span(promise.place.path)} line {promise.place.line} to `>={needed}`"
        if promise and promise.holds
        else ""
    )
    return Fix(
        says=f"Drop Python {runs}{where}{raised}.",
        consequence=f"Who runs {runs} gets no further release." if raised else "",
    )


def _needed(question: Question) -> str | None:
    statement = question.capture("statement").removeprefix("async ")
    if statement:
        return next((version for start, version in _STATEMENTS if statement.startswith(start)), None)
    return _NEEDED.get(question.finding.signature or "")


def _running(question: Question) -> str | None:
    """The version that the matrix or the log tells; None where they disagree."""
    told = {value for name, value in question.matrix.items() if "py" in name.lower() and re.fullmatch(r"3\.\d+", value)}
    printed = {next(filter(None, found.groups())) for line in question.lines if (found := _RUNS.search(line))}
    versions = told or printed
    return versions.pop() if len(versions) == 1 and (not told or not printed or told == printed) else None


def _site(question: Question) -> Place | None:
    """The line of the repository that Python stopped at: the last frame above the error."""
    if question.capture("path") and question.capture("line").isdecimal():
        path = question.path(question.capture("path"))
        return Place(path, int(question.capture("line")), "needs a newer Python") if path else None
    for number, text in enumerate(question.lines):
        if "TypeError: " not in text or "Error: " not in text:
            continue
        frames = [found for line in question.lines[max(0, number - 6) : number] if (found := _SITE.match(line))]
        path = question.path(frames[-1]["file"] or frames[-1]["path"]) if frames else None
        if path:
            return Place(path, int(frames[-1]["number"] or frames[-1]["line"]), "needs a newer Python")
    return None


def _promise(question: Question, runs: str) -> _Promise | None:
    for name, pattern in _PROMISES:
        path = question.repo.nearest(name, question.folder)
        for number, line in enumerate(question.repo.lines(path) if path else (), 1):
            if path and (found := pattern.search(line)):
                range_ = _range(found["range"])
                place = Place(path, number, line.strip())
                return _Promise(found["range"], place, range_.contains(f"{runs}.99")) if range_ is not None else None
    return None


def _range(text: str) -> SpecifierSet | None:
    """The range of versions, also as Poetry writes it with a caret."""
    caret = re.fullmatch(r"\^(3\.\d+)(?:\.\d+)?", text.strip())
    try:
        return SpecifierSet(f">={caret[1]},<4" if caret else text)
    except InvalidSpecifier:
        return None


def _matrix_place(question: Question, runs: str) -> Place | None:
    """The line of the workflow that names the version in the job."""
    if question.workflow is None or question.job is None:
        return None
    value = re.compile(rf"python.*(?<![\d.]){re.escape(runs)}(?![\d.])|^\s*-\s*[\"']?{re.escape(runs)}[\"']?\s*$")
    for number, line in enumerate(question.repo.lines(question.workflow.path), 1):
        if question.job.line <= number <= question.job.last_line and value.search(line):
            return Place(question.workflow.path, number, line.strip())
    return None


def _postponed(question: Question, site: Place) -> FilePatch | None:
    """The patch that postpones all annotations, where it is one that stops and nothing else would stop as well."""
    tree, text = parsed(question.repo, site.path), question.repo.text(site.path)
    if tree is None or text is None or _imports(tree) & (_EVALUATING | {"__future__"}):
        return None
    annotations = list(_annotations(tree))
    inside = {node for root in annotations for node in ast.walk(root)}
    stops = any(root.lineno <= (site.line or 0) <= (root.end_lineno or 0) for root in annotations)
    if not stops or any(_is_new(node) for node in ast.walk(tree) if node not in inside):
        return None
    first = next((node for node in tree.body if not _is_docstring(node, tree)), None)
    if first is None:
        return None
    decorators = getattr(first, "decorator_list", [])
    line = min([first.lineno, *(item.lineno for item in decorators)])
    return inserted(site.path, text, line - 1, ["from __future__ import annotations", ""])


def _annotations(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        told = (
            node.annotation
            if isinstance(node, ast.arg | ast.AnnAssign)
            else node.returns
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            else None
        )
        if told is not None:
            yield told


def _is_new(node: ast.AST) -> bool:
    """Whether an expression may be a type that the old version cannot evaluate."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return any(_called(side) in _TYPES for side in (node.left, node.right))
    return isinstance(node, ast.Subscript) and _called(node.value) in _TYPES


def _called(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value) if node.value is None else ""
    return node.id if isinstance(node, ast.Name) else ""


def _imports(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


def _is_docstring(node: ast.stmt, tree: ast.Module) -> bool:
    return node is tree.body[0] and ast.get_docstring(tree, clean=False) is not None
