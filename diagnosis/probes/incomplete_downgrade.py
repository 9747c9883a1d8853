"""A migration whose way back leaves something behind, which the second way up then meets."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from diagnosis.patch import indent, inserted, replaced
from diagnosis.probes.alembic_files import history
from diagnosis.probes.python_source import parsed
from diagnosis.probes.question import Answer, Question
from diagnosis.report import FilePatch, Fix, Place
from diagnosis.template import code_span

_FRAME: Final = re.compile(r'File "(?P<path>[^"\n]*[/\\]versions[/\\][^"\n]+\.py)", line (?P<line>\d+), in upgrade')
_THERE: Final = re.compile(r"already exists|duplicate column name", re.IGNORECASE)
_BACK: Final = re.compile(r"\balembic\b[^\n]*\sdowngrade\s")
_UPGRADE: Final = re.compile(r"\balembic\b[^\n]*\supgrade\s")
_RUNNING: Final = re.compile(r"Running upgrade (?P<start>\w*) -> \w+")
_DROPPED_BY: Final = {"drop_table": "create_table", "drop_column": "add_column", "drop_index": "create_index"}

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class _Step:
    """One operation on the schema: what it makes or drops, on which table, and the call itself."""

    made_by: str
    name: str
    table: str
    call: ast.Call

    @property
    def dropping(self) -> str:
        """The call that undoes it."""
        arguments = [ast.unparse(item) for item in self.call.args[:2]]
        if self.made_by == "create_table":
            return f"op.drop_table({_quoted(arguments[0])})"
        if self.made_by == "add_column":
            return f"op.drop_column({_quoted(arguments[0])}, {_literal(self.name)})"
        return f"op.drop_index({_quoted(arguments[0])}, table_name={_quoted(arguments[1])})"

    def undone_by(self, other: _Step) -> bool:
        whole_table = other.made_by == "create_table" and other.name == self.table
        return whole_table or (other.made_by == self.made_by and other.name == self.name)


def incomplete_downgrade(question: Question) -> Answer | None:
    """Names what `upgrade()` makes and `downgrade()` does not drop, and drops it in the opposite order."""
    path = _migration(question) if _walked_back(question) else None
    tree = parsed(question.repo, path) if path else None
    if not path or tree is None:
        return None
    up, down = _function(tree, "upgrade"), _function(tree, "downgrade")
    made, dropped = _steps(up, drops=False), _steps(down, drops=True)
    if not up or not down or made is None or dropped is None:
        return None
    left = [step for step in made if not any(step.undone_by(other) for other in dropped)]
    met = [line for line in question.lines if _THERE.search(line)]
    if not left or not any(re.search(rf"\b{re.escape(left[0].name)}\b", line) for line in met):
        return None
    return _answer(question, path, left, up, down)


def _walked_back(question: Question) -> bool:
    """Whether the job walked back before the step that failed, or in it.

    Steps of one script cannot be told apart in a log; the second of them does not begin at the empty database.
    """
    steps = question.job.steps if question.job else ()
    back = next((step.line for step in steps if _BACK.search(step.run)), None)
    if back is None:
        return False
    if question.step and question.step.line >= back:
        return True
    later = [step for step in steps if step.line > back and _UPGRADE.search(step.run)]
    begun = next((found for line in question.lines if (found := _RUNNING.search(line))), None)
    return bool(later and begun and begun["start"])


def _migration(question: Question) -> str | None:
    """The file whose `upgrade()` raised, else that of the revision that was walked back."""
    frames = [found["path"] for line in question.lines if (found := _FRAME.search(line))]
    if frames:
        return question.path(frames[-1])
    known = history(question) if question.capture("revision") else None
    named = known.named(question.capture("revision")) if known else ()
    return named[0].path if len(named) == 1 else None


def _function(tree: ast.Module, name: str) -> _Function | None:
    found = [node for node in tree.body if isinstance(node, _Function) and node.name == name]
    return found[0] if len(found) == 1 else None


def _steps(function: _Function | None, *, drops: bool) -> list[_Step] | None:
    """The operations of the function in their order; None where it does something else as well."""
    found: list[_Step] = []
    for node in _statements(function):
        step = _step(node, drops=drops)
        if step is None:
            return None
        found.append(step)
    return found


def _statements(function: _Function | None) -> Iterator[ast.stmt]:
    for node in function.body if function else ():
        if not isinstance(node, ast.Pass) and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            yield node


def _step(node: ast.stmt, *, drops: bool) -> _Step | None:
    call = node.value if isinstance(node, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or not call.args:
        return None
    made_by = _DROPPED_BY.get(call.func.attr, "") if drops else call.func.attr
    if made_by not in _DROPPED_BY.values() or ast.unparse(call.func.value) != "op":
        return None
    if any(item.arg in ("schema", None) for item in call.keywords):
        return None
    named = _named(made_by, call, drops=drops)
    return _Step(made_by, *named, call) if named else None


def _named(made_by: str, call: ast.Call, *, drops: bool) -> tuple[str, str] | None:
    """The name of what is made or dropped, and its table; that of an index may be left out where it is dropped."""
    first = _text(call.args[0])
    behind = call.args[1] if len(call.args) > 1 else None
    if first is None or made_by == "create_table":
        return (first, first) if first is not None else None
    if made_by == "create_index":
        table = _text(behind) if behind else None
        return (first, table or "") if table or drops else None
    column = (_text(behind) if drops else _column(behind)) if behind else None
    return (column, first) if column else None


def _text(node: ast.expr) -> str | None:
    """The text that an expression is, also through `op.f`."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "op.f" and len(node.args) == 1:
        return _text(node.args[0])
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _column(node: ast.expr) -> str | None:
    is_column = isinstance(node, ast.Call) and ast.unparse(node.func) in ("sa.Column", "Column", "sqlalchemy.Column")
    return _text(node.args[0]) if is_column and isinstance(node, ast.Call) and node.args else None


def _literal(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _quoted(source: str) -> str:
    """An expression's source with the quotes that formatters like."""
    return source.replace("'", '"') if '"' not in source and "\\" not in source else source


def _answer(question: Question, path: str, left: Sequence[_Step], up: _Function, down: _Function) -> Answer:
    first = left[0]
    names = ", ".join(code_span(step.name) for step in left)
    them = "it" if len(left) == 1 else "them"
    patch = _patch(question, path, left, down)
    drops = ", ".join(code_span(step.dropping) for step in reversed(left))
    return Answer(
        title=f"The rollback leaves {names} behind, and the second upgrade meets {them}",
        why=f"`upgrade()` in {code_span(path)} makes {code_span(first.name)} (line {first.call.lineno}), and "
        f"`downgrade()` (line {down.lineno}) does not drop it. The first upgrade and the rollback of this job went "
        "through; the idempotency leg, the upgrade behind the rollback, finds it there.",
        fixes=(Fix(says=f"Let `downgrade()` drop {them}: {drops}.", files=(patch,) if patch else ()),),
        places=(Place(path, down.lineno, "downgrade()"), Place(path, up.lineno, "upgrade()")),
        verify=("alembic upgrade head && alembic downgrade -1 && alembic upgrade head",),
        facts={"left_behind": [step.name for step in left], "leg": "second upgrade"},
    )


def _patch(question: Question, path: str, left: Sequence[_Step], down: _Function) -> FilePatch | None:
    """The drops in the opposite order, where nothing else is dropped yet: their place among others is a choice."""
    text, last = question.repo.text(path), down.body[-1]
    if text is None or any(_statements(down)):
        return None
    line = question.repo.lines(path)[last.lineno - 1]
    drops = [f"{indent(line)}{step.dropping}" for step in reversed(left)]
    if isinstance(last, ast.Pass):
        return replaced(path, text, {last.lineno: drops}) if line.strip() == "pass" else None
    return inserted(path, text, last.end_lineno or last.lineno, drops)
