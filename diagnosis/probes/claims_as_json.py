"""A value that JSON does not know, among those that a line of the repository writes as JSON or into a token."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from diagnosis.patch import replaced
from diagnosis.probes.missing_variable import spots
from diagnosis.probes.python_source import definition, parsed
from diagnosis.probes.question import Answer, Question
from diagnosis.report import FilePatch, Fix, Place
from diagnosis.template import code_span

_WRITERS: Final = frozenset({"json.dumps", "json.dump", "dumps", "jwt.encode", "jwt.JWT.encode"})
_TIMES: Final = frozenset({"exp", "iat", "nbf", "auth_time"})
_FORMS: Final = {
    "UUID": "str({})",
    "Decimal": "str({})",
    "date": "{}.isoformat()",
    "datetime": "{}.isoformat()",
    "set": "sorted({})",
}
_MADE_BY: Final = {
    "uuid1": "UUID",
    "uuid3": "UUID",
    "uuid4": "UUID",
    "uuid5": "UUID",
    "UUID": "UUID",
    "Decimal": "Decimal",
    "datetime.now": "datetime",
    "datetime.utcnow": "datetime",
    "date.today": "date",
    "set": "set",
}

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of the dictionary whose value surely has the type; `why` says what shows it."""

    key: str
    value: ast.expr
    form: str
    why: str

    @property
    def text(self) -> str:
        return self.form.format(ast.unparse(self.value))


def claims_as_json(question: Question) -> Answer | None:
    """Names the entry whose value has the type, where its annotation or its making shows that, and converts it."""
    kind = question.capture("type")
    found = list(spots(question)) if kind in _FORMS else []
    for path, line in reversed(found):
        tree = parsed(question.repo, path)
        written = _written(tree, line) if tree else None
        if tree and written:
            function, told = written
            return _answer(question, path, kind, list(_entries(question, path, function, told, kind)))
    return None


def _written(tree: ast.Module, line: int) -> tuple[_Function, ast.Dict] | None:
    """The function around this line, and the dictionary that the line's only writing call is given."""
    functions = [
        node for node in ast.walk(tree) if isinstance(node, _Function) and node.lineno <= line <= (node.end_lineno or 0)
    ]
    if not functions:
        return None
    function = functions[-1]
    calls = [
        node
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
        and node.lineno <= line <= (node.end_lineno or 0)
        and ast.unparse(node.func) in _WRITERS
        and not any(keyword.arg in ("default", "cls", "json_encoder", None) for keyword in node.keywords)
    ]
    if len(calls) != 1 or not calls[0].args:
        return None
    told = _value(function, calls[0].args[0])
    return (function, told) if isinstance(told, ast.Dict) else None


def _value(function: _Function, node: ast.expr) -> ast.expr:
    """What a name stands for, where it is set exactly once and only read otherwise."""
    if not isinstance(node, ast.Name):
        return node
    stores = [
        item
        for item in ast.walk(function)
        if isinstance(item, ast.Name) and item.id == node.id and not isinstance(item.ctx, ast.Load)
    ]
    made = [
        item.value
        for item in ast.walk(function)
        if isinstance(item, ast.Assign) and len(item.targets) == 1 and item.targets[0] in stores
    ]
    return made[0] if len(made) == len(stores) == 1 else node


def _entries(question: Question, path: str, function: _Function, told: ast.Dict, kind: str) -> Iterator[_Entry]:
    for key, value in zip(told.keys, told.values, strict=True):
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            why = _shown(question, path, function, value, kind)
            form = _FORMS[kind]
            if kind == "datetime" and key.value in _TIMES:
                form = "int({}.timestamp())"
            if why:
                yield _Entry(key.value, value, form, why)


def _shown(question: Question, path: str, function: _Function, value: ast.expr, kind: str) -> str:
    """What shows that the value has the type; empty where nothing does."""
    made = _value(function, value)
    if isinstance(made, ast.Call):
        called = ast.unparse(made.func)
        short = called.removeprefix("uuid.").removeprefix("datetime.").removeprefix("decimal.")
        known = _MADE_BY.get(called) or _MADE_BY.get(short) or _MADE_BY.get(f"datetime.{short}")
        return f"it is made by {code_span(called)}" if known == kind else ""
    if isinstance(value, ast.Name):
        arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        notes = [item.annotation for item in arguments if item.arg == value.id and item.annotation]
        sure = made is value and not _is_set(function, value.id)
        return "the parameter is annotated so" if sure and notes and _is_kind(notes[0], kind) else ""
    if isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name):
        return _of_class(question, path, function, value, kind)
    return ""


def _of_class(question: Question, path: str, function: _Function, value: ast.Attribute, kind: str) -> str:
    """An attribute of a parameter whose class is the repository's and says the type."""
    owner = ast.unparse(value.value)
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    notes = [item.annotation for item in arguments if item.arg == owner]
    if len(notes) != 1 or not isinstance(notes[0], ast.Name) or _is_set(function, owner):
        return ""
    found = definition(question, path, notes[0].id)
    for item in found.node.body if found and isinstance(found.node, ast.ClassDef) else ():
        if (
            found
            and isinstance(item, ast.AnnAssign)
            and ast.unparse(item.target) == value.attr
            and _is_kind(item.annotation, kind)
        ):
            return f"{code_span(found.path)} line {item.lineno} says so"
    return ""


def _is_set(function: _Function, name: str) -> bool:
    return any(
        isinstance(item, ast.Name) and item.id == name and not isinstance(item.ctx, ast.Load)
        for item in ast.walk(function)
    )


def _is_kind(annotation: ast.expr, kind: str) -> bool:
    """Whether the annotation is the type itself, also as a mapped column; what may be None as well is not sure."""
    text = ast.unparse(annotation).strip("'\"")
    inner = text.removeprefix("Mapped[").removesuffix("]") if text.startswith("Mapped[") else text
    return inner.rpartition(".")[2] == kind


def _answer(question: Question, path: str, kind: str, entries: list[_Entry]) -> Answer | None:
    if not entries:
        return None
    first = entries[0]
    line = first.value.lineno
    says = ", ".join(f"{code_span(item.text)} for {code_span(item.key)}" for item in entries)
    patch = _patch(question, path, entries)
    back = " What reads it turns it back with `UUID(...)`." if kind == "UUID" else ""
    return Answer(
        why=f"{code_span(path)} line {line} puts {code_span(ast.unparse(first.value))} under {code_span(first.key)} "
        f"as it is. It is a {code_span(kind)} ({first.why}), and JSON knows texts, numbers, lists, dictionaries, true, "
        "false and null.",
        fixes=(Fix(says=f"Write {says}.{back}", files=(patch,) if patch else ()),),
        places=tuple(Place(path, item.value.lineno, f"{item.key} is a {kind}") for item in entries),
        facts={"entries": [item.key for item in entries]},
    )


def _patch(question: Question, path: str, entries: list[_Entry]) -> FilePatch | None:
    """The values converted where they stand; None where one of them goes over several lines."""
    text, lines = question.repo.text(path), dict(enumerate(question.repo.lines(path), 1))
    changed: set[int] = set()
    for item in sorted(entries, key=lambda item: (item.value.lineno, item.value.col_offset), reverse=True):
        number, node = item.value.lineno, item.value
        if node.end_lineno != number:
            return None
        raw = lines[number].encode()
        value = raw[node.col_offset : node.end_col_offset].decode()
        lines[number] = raw[: node.col_offset].decode() + item.form.format(value) + raw[node.end_col_offset :].decode()
        changed.add(number)
    return replaced(path, text, {number: [lines[number]] for number in changed}) if text else None
