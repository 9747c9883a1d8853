"""Server addresses and users that are written into a repository's code, and how they give way to the environment."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from diagnosis.patch import edited, indent
from diagnosis.probes.question import Question
from diagnosis.probes.servers import KINDS, LOCAL
from diagnosis.probes.urls import ConnectionUrl, connection_url
from diagnosis.repo import VENDORED, Repository
from diagnosis.report import FilePatch
from diagnosis.template import code_span

MOST_READ: Final = 10
WIDTH: Final = 88

_FAMILIES: Final = (*(scheme for kind in KINDS for scheme in kind.schemes), "amqp", "amqps")
_CODE: Final = re.compile(r"(?:conftest|settings\w*|config\w*|database\w*|db|base|test|testing|ci)\.py")
_OTHER: Final = re.compile(r"\.env(?:\.\w+)*|alembic\.ini|(?:docker-)?compose[\w.-]*\.ya?ml")
_LIKELY: Final = ("conftest", "settings", "config", "database", "db")
_READERS: Final = frozenset({"getenv", "get", "env", "config"})


@dataclass(frozen=True, slots=True)
class Literal:
    """A string that code writes: where, to which name it is given, in which function, and what is read before it."""

    path: str
    node: ast.expr
    text: str
    """The string, an f-string with its placeholders in braces."""
    name: str
    function: str
    variable: str
    """The environment's variable that it is only the fallback of; empty where it is used as it is."""
    assigned: bool
    """Whether the whole value of an assignment, an argument or an entry is this string."""

    @property
    def line(self) -> int:
        return self.node.lineno


class Code:
    """A Python file's strings. No strings where it cannot be read or does not parse."""

    def __init__(self, repo: Repository, path: str) -> None:
        self.path = path
        self.text = repo.text(path) or ""

    @cached_property
    def tree(self) -> ast.Module | None:
        try:
            return ast.parse(self.text)
        except (SyntaxError, ValueError, RecursionError):
            return None

    @cached_property
    def literals(self) -> tuple[Literal, ...]:
        """Strings that are the value of something, in order; with the defaults of settings classes."""
        return tuple(sorted(self._walk(self.tree, ""), key=lambda literal: literal.line)) if self.tree else ()

    def _walk(self, node: ast.AST, function: str) -> Iterator[Literal]:
        for child in ast.iter_child_nodes(node):
            if isinstance(node, ast.ClassDef) and isinstance(child, ast.AnnAssign):
                yield from self._field(node, child)
                continue
            name = child.name if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else function
            yield from self._given(child, function)
            yield from self._walk(child, name)

    def _field(self, owner: ast.ClassDef, field: ast.AnnAssign) -> Iterator[Literal]:
        """The default of a pydantic settings class: what its variable is not set to. Other classes' tell nothing."""
        text = _string(field.value) if field.value else None
        if field.value and text is not None and any("Settings" in ast.unparse(base) for base in owner.bases):
            variable = f"{settings_prefix(owner)}{ast.unparse(field.target)}".upper()
            yield Literal(self.path, field.value, text, "", "", variable, assigned=False)

    def _given(self, node: ast.AST, function: str) -> Iterator[Literal]:
        for name, value in _valued(node):
            text = _string(value)
            if text is not None:
                yield Literal(self.path, value, text, name, function, "", assigned=True)
        for variable, value in _passed(node):
            text = _string(value)
            if text is not None:
                yield Literal(self.path, value, text, "", function, variable, assigned=False)

    def preferring(self, literals: Sequence[tuple[Literal, str, str]]) -> FilePatch | None:
        """The patch that reads each literal's variable first and keeps the literal as the fallback.

        Each comes with the variable and what is done with the value that was read (`.replace(...)`, mostly nothing).
        None where what comes out would be no Python.
        """
        text = self.text
        for literal, variable, after in sorted(literals, key=lambda item: -item[0].line):
            text = _preferring(text, literal.node, variable, after)
        changed = _with_os(text, self.tree)
        try:
            ast.parse(changed)
        except SyntaxError:
            return None
        return edited(self.path, self.text, changed)


def siblings(code: Code, literal: Literal) -> list[Literal]:
    """The other strings of the file that write the address of a server on this machine in the same way."""
    return [
        other
        for other in code.literals
        if other.line != literal.line
        and not other.variable
        and (url := connection_url(other.text, _FAMILIES))
        and url.host in LOCAL
    ]


def also_written(others: Sequence[Literal]) -> str:
    """A sentence that names the lines of siblings, empty where there are none."""
    shown = ", ".join(f"line {item.line}" + (f" ({code_span(item.name)})" if item.name else "") for item in others[:5])
    return f" The same pattern stands in {shown} of the file." if shown else ""


def code_files(question: Question) -> list[str]:
    """The Python files that usually say where a server is: those of the log first, then near the step's folder."""
    found = [path for path in question.repo.paths if path.endswith(".py") and _CODE.fullmatch(path.rpartition("/")[2])]
    named = [place.path for place in question.finding.places if place.path.endswith(".py")]
    own = [path for path in (*named, *_nearest(question, found)) if question.repo.has(path)]
    return list(dict.fromkeys(own))[:MOST_READ]


def other_files(question: Question) -> list[str]:
    """The files that are no code and tell addresses: .env and its examples, alembic.ini, those of Docker Compose."""
    found = [path for path in question.repo.paths if _OTHER.fullmatch(path.rpartition("/")[2])]
    return _nearest(question, found)[: MOST_READ // 2]


def with_url(question: Question, schemes: tuple[str, ...], fits: Callable[[ConnectionUrl], bool]) -> list[Literal]:
    """The URLs of these schemes in the code that fit, the likeliest file's first."""
    return [
        literal
        for path in code_files(question)
        for literal in Code(question.repo, path).literals
        if (url := connection_url(literal.text, schemes)) and fits(url)
    ]


def settings_prefix(found: ast.ClassDef) -> str:
    """`env_prefix` of a pydantic settings class, in either way of writing it."""
    for node in ast.walk(found):
        is_keyword = isinstance(node, ast.keyword) and node.arg == "env_prefix"
        is_assigned = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "env_prefix"
        value = getattr(node, "value", None) if is_keyword or is_assigned else None
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            return value.value
    return ""


def _nearest(question: Question, paths: Sequence[str]) -> list[str]:
    own = [path for path in paths if VENDORED.isdisjoint(path.split("/"))]

    def key(path: str) -> tuple[bool, int, int, str]:
        base = path.rpartition("/")[2]
        rank = next((number for number, word in enumerate(_LIKELY) if base.startswith(word)), len(_LIKELY))
        return not path.startswith(f"{question.folder}/" if question.folder else ""), rank, path.count("/"), path

    return sorted(own, key=key)


def _valued(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """The names and values of an assignment, of named arguments and of a dictionary's entries."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        yield ast.unparse(node.targets[0]), node.value
    elif isinstance(node, ast.AnnAssign) and node.value:
        yield ast.unparse(node.target), node.value
    elif isinstance(node, ast.Return) and node.value:
        yield "", node.value
    elif isinstance(node, ast.keyword) and node.arg and node.arg != "default":
        yield node.arg, node.value
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value, value


def _passed(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """What a call is given, or what comes behind `or`, with the variable that it is the fallback of."""
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
        yield from ((variable, node.values[-1]) for variable in [_variable(node.values[0])] if variable)
    if isinstance(node, ast.Call):
        variable = _variable(node)
        defaults = [keyword.value for keyword in node.keywords if keyword.arg == "default"]
        yield from ((variable, value) for value in (node.args[1:] + defaults if variable else node.args))


def _variable(node: ast.expr) -> str:
    """The variable that `os.getenv("NAME", ...)` and its kin read; empty for any other expression."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute | ast.Name) or not node.args:
        return ""
    first = node.args[0]
    reads = _called(node.func) in _READERS and isinstance(first, ast.Constant)
    return first.value if reads and isinstance(first, ast.Constant) and isinstance(first.value, str) else ""


def _string(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if not isinstance(node, ast.JoinedStr):
        return None
    return "".join(
        str(part.value)
        if isinstance(part, ast.Constant)
        else "{" + ast.unparse(part.value if isinstance(part, ast.FormattedValue) else part) + "}"
        for part in node.values
    )


def _called(function: ast.Attribute | ast.Name) -> str:
    return function.attr if isinstance(function, ast.Attribute) else function.id


def _preferring(text: str, node: ast.expr, variable: str, after: str) -> str:
    lines = text.splitlines(keepends=True)
    start, end = _offset(lines, node.lineno, node.col_offset), _offset(lines, node.end_lineno, node.end_col_offset)
    old, line = text[start:end], lines[node.lineno - 1]
    new = f'os.getenv("{variable}", {old}){after}'
    ending = line[len(line.rstrip("\r\n")) :]
    if len(line.rstrip()) + len(new) - len(old) > WIDTH and "\n" not in old and line.rstrip().endswith(old):
        blanks = indent(line)
        parts = ("os.getenv(", f'{blanks}    "{variable}",', f"{blanks}    {old},", f"{blanks}){after}")
        new = ending.join(parts)
    return text[:start] + new + text[end:]


def _offset(lines: Sequence[str], line: int | None, column: int | None) -> int:
    """The place in the text of a line and of a column that counts bytes."""
    number = (line or 1) - 1
    before = lines[number].encode()[: column or 0].decode()
    return sum(map(len, lines[:number])) + len(before)


def _with_os(text: str, tree: ast.Module | None) -> str:
    body = tree.body if tree else []
    if any(isinstance(node, ast.Import) and any(_is_os(name) for name in node.names) for node in body):
        return text
    imports = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
    own = [node for node in imports if not (isinstance(node, ast.ImportFrom) and node.module == "__future__")]
    lines = text.splitlines(keepends=True)
    ending = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    if own:
        earlier = [node for node in own if isinstance(node, ast.Import) and node.names[0].name < "os"]
        line = (earlier[-1].end_lineno or earlier[-1].lineno) if earlier else own[0].lineno - 1
        apart = "" if earlier or _is_standard(own[0]) else ending
        new = f"import os{ending}{apart}"
    else:
        last = imports[-1] if imports else body[0] if body and ast.get_docstring(tree or ast.Module([], [])) else None
        line = (last.end_lineno or 0) if last else 0
        new = f"{ending}import os{ending}" if last else f"import os{ending}{ending}"
    return "".join([*lines[:line], new, *lines[line:]])


def _is_standard(node: ast.Import | ast.ImportFrom) -> bool:
    module = node.names[0].name if isinstance(node, ast.Import) else node.module or ""
    return module.partition(".")[0] in sys.stdlib_module_names


def _is_os(name: ast.alias) -> bool:
    return name.name == "os" and name.asname is None
