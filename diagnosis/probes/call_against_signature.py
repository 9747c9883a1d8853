"""A call that does not fit the signature of what it calls: both places, and the parameter that may be meant."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from diagnosis.probes.python_source import Defined, definition, members, parsed, respelt
from diagnosis.probes.question import Answer, Question
from diagnosis.report import FilePatch, Fix, Place
from diagnosis.template import code_span

CLOSE: Final = 0.8
MOST_BASES: Final = 3

_AFTER: Final = re.compile(r"^(?P<path>[^\s:][^:]*\.py):(?P<line>\d+): TypeError$")
_BEFORE: Final = re.compile(
    r'^\s*(?:E +)?(?:File "(?P<file>[^"]+\.py)", line (?P<number>\d+)|(?P<path>[^\s:][^:]*\.py):(?P<line>\d+): )'
)
_QUOTED: Final = re.compile(r"'(\w+)'")
_TRANSPARENT: Final = {"staticmethod", "classmethod", "abstractmethod", "abc.abstractmethod", "override"}


@dataclass(frozen=True, slots=True)
class _Signature:
    """The parameters of a function or a class, without `self`; `required` those that a call has to give."""

    path: str
    line: int
    names: tuple[str, ...]
    required: tuple[str, ...]
    positional: int
    bound: bool


def call_against_signature(question: Question) -> Answer | None:
    """Names the call, the `def` and what differs. Which of the two changed cannot be told from one commit."""
    owner, _, function = question.capture("callable").replace("<locals>.", "").rpartition(".")
    site = _site(question)
    if site is None:
        return None
    path, line = site
    calls = _calls(question, path, line, owner, function)
    if len(calls) != 1:
        return None
    signature = _signature(question, path, calls[0], owner, function)
    if signature is None:
        return None
    told = _Told(question, path, calls[0], signature)
    if argument := question.capture("argument"):
        return told.unexpected(argument)
    if arguments := question.capture("arguments"):
        return told.missing(_QUOTED.findall(arguments))
    expected, given = question.capture("expected").rpartition(" ")[2], question.capture("given")
    return told.surplus(int(expected), int(given)) if expected.isdecimal() and given.isdecimal() else None


def _site(question: Question) -> tuple[str, int] | None:
    """The file and line of the call: a call that does not fit is raised in the caller's frame, the innermost one."""
    wanted = f"TypeError: {question.capture('callable')}() "
    for number, text in enumerate(question.lines):
        if wanted in text and not text.startswith(("FAILED ", "ERROR ")):
            found = _near(question.lines, number)
            path = question.path(found[0]) if found else None
            if found and path:
                return path, found[1]
    return None


def _near(lines: Sequence[str], number: int) -> tuple[str, int] | None:
    for text in lines[number + 1 : number + 4]:
        if found := _AFTER.match(text):
            return found["path"], int(found["line"])
    for text in reversed(lines[max(0, number - 40) : number]):
        if found := _BEFORE.match(text):
            return found["file"] or found["path"], int(found["number"] or found["line"])
    return None


def _calls(question: Question, path: str, line: int, owner: str, function: str) -> list[ast.Call]:
    """The calls on this line that may be meant."""
    tree = parsed(question.repo, path)
    if tree is None:
        return []
    found = [
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.lineno <= line <= (node.end_lineno or 0)
    ]
    argument = question.capture("argument")
    return [
        call
        for call in found
        if _may_call(call, owner, function)
        and (not argument or any(keyword.arg == argument for keyword in call.keywords))
        and not any(keyword.arg is None for keyword in call.keywords)
        and not any(isinstance(item, ast.Starred) for item in call.args)
    ]


def _may_call(call: ast.Call, owner: str, function: str) -> bool:
    name = _last_name(call.func)
    if function != "__init__":
        return name == function
    return name == owner.rpartition(".")[2] if owner else name[:1].isupper()


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _signature(question: Question, path: str, call: ast.Call, owner: str, function: str) -> _Signature | None:
    """The signature of what is called, found by name from the file of the call."""
    if function == "__init__":
        found = definition(question, path, _last_name(call.func))
        return _of_class(question, found) if found and isinstance(found.node, ast.ClassDef) else None
    if not owner:
        found = definition(question, path, function) if isinstance(call.func, ast.Name) else None
        return _of_function(found, bound=False) if found and not isinstance(found.node, ast.ClassDef) else None
    found = definition(question, path, owner.partition(".")[0])
    if not found or not isinstance(found.node, ast.ClassDef) or "." in owner:
        return None
    methods = [node for node in members(found.node) if node.name == function]
    return _of_function(Defined(found.path, methods[0]), bound=True) if len(methods) == 1 else None


def _of_class(question: Question, found: Defined, bases: int = MOST_BASES) -> _Signature | None:
    node = found.node
    if not isinstance(node, ast.ClassDef) or bases <= 0 or node.keywords:
        return None
    own = [item for item in members(node) if item.name == "__init__"]
    if own:
        return _of_function(Defined(found.path, own[0]), bound=True) if len(own) == 1 else None
    if node.decorator_list:
        return _of_dataclass(found.path, node)
    if len(node.bases) != 1 or any(item.name == "__new__" for item in members(node)):
        return None
    base = definition(question, found.path, ast.unparse(node.bases[0]))
    return _of_class(question, base, bases - 1) if base else None


def _of_dataclass(path: str, node: ast.ClassDef) -> _Signature | None:
    """The fields of a plain dataclass: no base, and nothing that `field()` may change."""
    plain = len(node.decorator_list) == 1 and ast.unparse(node.decorator_list[0]).startswith(
        ("dataclass", "dataclasses.dataclass")
    )
    fields = [item for item in node.body if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)]
    texts = [ast.unparse(item) for item in fields]
    if not plain or node.bases or any("field(" in text or "ClassVar" in text or "InitVar" in text for text in texts):
        return None
    names = tuple(item.target.id for item in fields if isinstance(item.target, ast.Name))
    required = tuple(name for name, item in zip(names, fields, strict=True) if item.value is None)
    return _Signature(path, node.lineno, names, required, len(names), bound=True)


def _of_function(found: Defined, *, bound: bool) -> _Signature | None:
    node = found.node
    if isinstance(node, ast.ClassDef):
        return None
    decorators = [ast.unparse(item) for item in node.decorator_list]
    if not set(decorators) <= _TRANSPARENT or node.args.kwarg:
        return None
    takes_self = bound and "staticmethod" not in decorators
    positional = [*node.args.posonlyargs, *node.args.args]
    defaults = len(node.args.defaults)
    needed = positional[: len(positional) - defaults] if defaults else positional
    keyword_only = [
        item.arg for item, value in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if value is None
    ]
    return _Signature(
        found.path,
        node.lineno,
        tuple(item.arg for item in [*positional, *node.args.kwonlyargs][takes_self:]),
        (*[item.arg for item in needed[takes_self:]], *keyword_only),
        len(positional) - takes_self,
        takes_self,
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """The call at `path`, and what it should fit."""

    question: Question
    path: str
    call: ast.Call
    signature: _Signature

    @property
    def _callee(self) -> str:
        return code_span(ast.unparse(self.call.func))

    @property
    def _def(self) -> str:
        return f"{code_span(self.signature.path)} line {self.signature.line}"

    @property
    def _here(self) -> str:
        return f"{code_span(self.path)} line {self.call.lineno}"

    @property
    def _takes(self) -> str:
        names = ", ".join(map(code_span, self.signature.names))
        return f"takes {names}" if names else "takes nothing"

    def unexpected(self, argument: str) -> Answer | None:
        if argument in self.signature.names:
            return None
        nearest = self._nearest(argument)
        hint = f" The nearest name is {code_span(nearest)}." if nearest else ""
        return Answer(
            why=f"The call of {self._callee} in {self._here} passes {code_span(argument)}, and the definition in "
            f"{self._def} {self._takes}: one side was changed without the other.{hint}",
            fixes=(self._call_changed(argument, nearest), self._definition_changed(argument)),
            places=self._places(f"passes {argument}"),
            facts=self._facts(nearest),
        )

    def missing(self, arguments: Sequence[str]) -> Answer | None:
        if not arguments or not set(arguments) <= set(self.signature.required):
            return None
        names = ", ".join(map(code_span, arguments))
        return Answer(
            why=f"The definition in {self._def} {self._takes} and has no default for {names}; the call of "
            f"{self._callee} in {self._here} does not pass {'it' if len(arguments) == 1 else 'them'}.",
            fixes=(
                Fix(says=f"If the parameter was added on purpose: pass {names} in {self._here}."),
                Fix(
                    says=f"If callers should not have to care: give {names} a default in {self._def}.",
                    consequence="Every caller that passes nothing then gets that default.",
                ),
            ),
            places=self._places("does not pass " + ", ".join(arguments)),
            facts=self._facts(""),
        )

    def surplus(self, expected: int, given: int) -> Answer | None:
        """Python counts `self` on both sides."""
        own = self.signature.bound
        if self.signature.positional + own != expected or len(self.call.args) + own != given:
            return None
        return Answer(
            why=f"The call of {self._callee} in {self._here} passes {given - own} by position, and the definition in "
            f"{self._def} {self._takes}, {expected - own} of them by position: one side was changed without the other.",
            fixes=(
                Fix(says=f"If the definition is right: drop what is too much in {self._here}, or pass it by its name."),
                Fix(says=f"If the call is right: give the definition in {self._def} the missing parameter."),
            ),
            places=self._places(f"passes {given - own} by position"),
            facts=self._facts(""),
        )

    def _nearest(self, argument: str) -> str:
        """The only free parameter that is surely much like the name, or has the same words in another order."""
        given = {keyword.arg for keyword in self.call.keywords}
        taken = set(self.signature.names[: len(self.call.args)]) | given
        free = [name for name in self.signature.names if name not in taken]
        turned = [name for name in free if sorted(name.split("_")) == sorted(argument.split("_"))]
        close = turned or difflib.get_close_matches(argument, free, n=2, cutoff=CLOSE)
        return close[0] if len(close) == 1 else ""

    def _call_changed(self, argument: str, nearest: str) -> Fix:
        if not nearest:
            return Fix(says=f"If the definition is right: change the call in {self._here} to what it takes.")
        says = f"If the definition is right: pass {code_span(nearest)} instead in {self._here}."
        if "test" not in self.path:
            return Fix(says=says)
        return Fix(says=says, files=self._patch(argument, nearest))

    def _definition_changed(self, argument: str) -> Fix:
        return Fix(
            says=f"If the call is right: give the definition in {self._def} the parameter {code_span(argument)}.",
            consequence="With a default, the other callers need no change.",
        )

    def _patch(self, argument: str, nearest: str) -> tuple[FilePatch, ...]:
        """The other name at this call and at those of the same file that are like it."""
        spots = [(item.lineno, item.col_offset) for item in self._same(argument)]
        patch = respelt(self.question.repo, self.path, spots, argument, nearest)
        return (patch,) if patch else ()

    def _same(self, argument: str) -> Iterator[ast.keyword]:
        tree = parsed(self.question.repo, self.path)
        for node in ast.walk(tree) if tree else ():
            if isinstance(node, ast.Call) and ast.unparse(node.func) == ast.unparse(self.call.func):
                yield from (keyword for keyword in node.keywords if keyword.arg == argument)

    def _places(self, message: str) -> tuple[Place, ...]:
        return (
            Place(self.path, self.call.lineno, message),
            Place(self.signature.path, self.signature.line, "takes " + ", ".join(self.signature.names)),
        )

    def _facts(self, nearest: str) -> dict[str, str | int | float | bool | list[str]]:
        facts: dict[str, str | int | float | bool | list[str]] = {
            "defined_at": f"{self.signature.path}:{self.signature.line}",
            "called_at": f"{self.path}:{self.call.lineno}",
            "parameters": list(self.signature.names),
        }
        return facts | ({"nearest": nearest} if nearest else {})
