"""The schema of workflow files as GitHub publishes it, and the differences of a file from it in GitHub's own words.

`data/workflow-v1.0.json` is the file of that name of actions/languageservices 0.3.61 (the npm package
`@actions/workflow-parser`), MIT, Copyright GitHub; its licence is beside it.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from diagnosis.actions_expression import MANY, Names, check

ROOT: Final = "workflow-root-strict"
MOST_NODES: Final = 50_000
MOST_DEPTH: Final = 60
MOST_FOUND: Final = 200
SURE: Final = 0.75
"""How alike a word must be to a known one to be taken for it (difflib's ratio)."""
"""Aliases may make a small file endless: what lies beyond is not looked at."""

CONDITIONS: Final = frozenset({"job-if", "step-if", "snapshot-if"})
"""Where the whole value is an expression, with or without braces."""

HIDDEN: Final = frozenset({"wait", "wait-all", "cancel", "parallel", "background", "description"})
"""Keys that GitHub has not opened to everybody: taken where they stand, never proposed."""

_CALL: Final = re.compile(r"(?P<name>\w+)\((?P<least>\d+),(?P<most>\d+|MAX)\)")
_TYPES: Final = {"int": "number", "float": "number", "bool": "boolean", "null": "null"}
_TYPE_WORDS: Final = {"boolean": "`true` or `false`, not in quotes", "number": "a number, not in quotes"}
_TYPE_WORDS_MORE: Final = {"mapping": "a mapping", "sequence": "a list", "string": "a text", "null": "nothing"}


@dataclass(frozen=True, slots=True)
class Definition:
    """What may stand in a place of the file."""

    kind: str
    context: tuple[str, ...] = ()
    properties: Mapping[str, str] | None = None
    required: tuple[str, ...] = ()
    loose: str = ""
    item: str = ""
    options: tuple[str, ...] = ()
    constant: str | None = None
    non_empty: bool = False


@dataclass(frozen=True, slots=True)
class Wrong:
    """A word as it is written, those that could stand in its place, and those that are there already."""

    word: str = ""
    known: tuple[str, ...] = ()
    present: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where the file is not what the schema allows; line and column count from 1.

    `expected` says in a few words what may stand there, as Markdown.
    """

    line: int
    column: int
    message: str
    expected: str = ""
    wrong: Wrong = Wrong()


_ANYTHING: Final = Definition("any")


@cache
def _definitions() -> Mapping[str, Definition]:
    text = resources.files("diagnosis").joinpath("data/workflow-v1.0.json").read_text("utf-8")
    told = {name: _definition(raw) for name, raw in json.loads(text)["definitions"].items()}
    basic = {kind: Definition(kind) for kind in ("string", "number", "boolean", "null")}
    loose = {"sequence": Definition("sequence", item="any"), "mapping": Definition("mapping", loose="any")}
    return {**basic, **loose, "any": _ANYTHING, **told}


def _definition(raw: dict[str, Any]) -> Definition:
    context = tuple(raw.get("context", ()))
    if "mapping" in raw:
        told = raw["mapping"].get("properties", {})
        types = {key: value if isinstance(value, str) else value["type"] for key, value in told.items()}
        required = tuple(key for key, value in told.items() if isinstance(value, dict) and value.get("required"))
        return Definition("mapping", context, types, required, raw["mapping"].get("loose-value-type", ""))
    if "sequence" in raw:
        return Definition("sequence", context, item=raw["sequence"].get("item-type", "any"))
    if "one-of" in raw:
        return Definition("one-of", context, options=tuple(raw["one-of"]))
    if "allowed-values" in raw:
        return Definition("allowed", context, options=tuple(raw["allowed-values"]))
    kind = next(kind for kind in ("string", "boolean", "number", "null") if kind in raw)
    told = raw[kind]
    return Definition(kind, context, constant=told.get("constant"), non_empty=bool(told.get("require-non-empty")))


def _alternatives(name: str) -> list[Definition]:
    definition = _definitions()[name]
    if definition.kind == "one-of":
        return [found for option in definition.options for found in _alternatives(option)]
    if definition.kind == "allowed":
        return [Definition("string", constant=option) for option in definition.options]
    return [definition]


def differences(root: Node, text: str) -> list[Difference]:
    """All places of a workflow file that GitHub would refuse, in the order of the file; `text` is its source."""
    reader = _Reader(text)
    reader.read(root, ROOT, ())
    return sorted(dict.fromkeys(reader.found), key=lambda fault: (fault.line, fault.column))


class _Reader:
    """Goes through a file as GitHub's template reader does: what is wrong is noted and passed over."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._nodes = self._depth = 0
        self.found: list[Difference] = []

    def read(self, node: Node, name: str, context: tuple[str, ...]) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES or self._depth > MOST_DEPTH or len(self.found) > MOST_FOUND:
            return
        self._depth += 1
        allowed = (*context, *_definitions()[name].context)
        choices = _alternatives(name)
        if isinstance(node, ScalarNode):
            self._scalar(node, name, choices, allowed)
        elif isinstance(node, SequenceNode):
            self._sequence(node, choices, allowed)
        elif isinstance(node, MappingNode):
            self._mapping(node, name, choices, allowed)
        self._depth -= 1

    def _sequence(self, node: SequenceNode, choices: Sequence[Definition], allowed: tuple[str, ...]) -> None:
        item = next((choice.item or "any" for choice in choices if choice.kind in ("sequence", "any")), None)
        if item is None:
            self._note(node, "A sequence was not expected", expected=_expected(choices))
            return
        for value in node.value:
            self.read(value, item, allowed)

    def _mapping(self, node: MappingNode, name: str, choices: Sequence[Definition], allowed: tuple[str, ...]) -> None:
        fitting = [choice for choice in choices if choice.kind in ("mapping", "any")]
        if not fitting:
            self._note(node, "A mapping was not expected", expected=_expected(choices))
            return
        keys = [key.value for key, _ in node.value if isinstance(key, ScalarNode)]
        # What a merge key brings in cannot be told apart from what it leaves out.
        unclear = any("${{" in key or key == "<<" for key in keys)
        seen: dict[str, ScalarNode] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode) or key.value == "<<":
                continue
            if key.value.lower() in seen:
                self._note(key, f"'{key.value}' is already defined", expected="each key once")
                continue
            seen[key.value.lower()] = key
            having = [choice for choice in fitting if key.value in (choice.properties or {})]
            fitting = having or fitting
            if "${{" in key.value:
                self._expressions(key, allowed)
            elif having:
                self.read(value, (having[0].properties or {})[key.value], allowed)
            elif fitting[0].loose or fitting[0].kind == "any":
                self.read(value, fitting[0].loose or "any", allowed)
            else:
                self._unknown(key, fitting, frozenset(keys))
        if not unclear:
            self._complete(node, name, fitting, set(seen))

    def _unknown(self, key: ScalarNode, fitting: Sequence[Definition], present: frozenset[str]) -> None:
        known = dict.fromkeys(name for choice in fitting for name in choice.properties or {} if name not in HIDDEN)
        wrong = Wrong(key.value, tuple(known), present)
        shown = ", ".join(f"`{name}`" for name in list(known)[:12])
        self._note(key, f"Unexpected value '{key.value}'", f"one of {shown}", wrong)

    def _complete(self, node: MappingNode, name: str, fitting: Sequence[Definition], seen: set[str]) -> None:
        if name == "steps-item" and not seen & {"run", "uses", *HIDDEN}:
            self._note(node, "Every step must define a `uses` or `run` key", expected="`run` or `uses`")
        elif len(fitting) > 1 and name == "job":
            self._note(node, "Required property is missing: runs-on", expected="`runs-on`, or `uses`")
        elif len(fitting) == 1:
            for wanted in fitting[0].required:
                if wanted not in seen and not alike(wanted, seen):
                    self._note(node, f"Required property is missing: {wanted}", expected=f"`{wanted}`")

    def _scalar(self, node: ScalarNode, name: str, choices: Sequence[Definition], allowed: tuple[str, ...]) -> None:
        kind = _kind(node)
        if kind == "string" and "${{" in node.value:
            self._expressions(node, allowed)
        elif kind == "string" and name in CONDITIONS and node.value.strip():
            self._expression(node, node.value, _start(node), allowed)
        elif not any(_fits(choice, kind, node.value) for choice in choices):
            shown = node.value if kind != "null" else ""
            constants = tuple(choice.constant for choice in choices if choice.constant)
            self._note(node, f"Unexpected value '{shown}'", _expected(choices), Wrong(shown, constants))

    def _expressions(self, node: ScalarNode, allowed: tuple[str, ...]) -> None:
        """The expressions of a text. The source has as many `${{` as the value: they tell the places."""
        start, end = _start(node), node.end_mark.index
        places = [found.start() + start for found in re.finditer(r"\$\{\{", self._text[start:end])]
        for number, (inner, closed) in enumerate(_embedded(node.value)):
            place = places[number] if number < len(places) else start
            if not closed:
                told = "The expression is not closed. An unescaped ${{ sequence was found"
                self._note(place, f"{told}, but the closing }}}} sequence was not found.", expected="`}}`")
            elif not inner.strip():
                self._note(place, "An expression was expected", expected="an expression")
            elif inner.strip() != "insert":
                self._expression(node, inner, place + 3, allowed)

    def _expression(self, node: ScalarNode, inner: str, place: int, allowed: tuple[str, ...]) -> None:
        names = _names(allowed)
        fault = check(inner.strip(), names)
        if fault is None:
            return
        lead = len(inner) - len(inner.lstrip()) + fault.offset
        exact = self._text[place + lead : place + lead + len(fault.word)] == fault.word
        expected = f"one of the contexts {', '.join(names.contexts)}" if names.contexts else "no expression"
        wanted = expected if fault.message.startswith("Unrecognized named") else ""
        wrong = Wrong(fault.word, fault.known) if exact else Wrong()
        self._note(place + lead if exact else node, fault.message, wanted, wrong)

    def _note(self, place: Node | int, message: str, expected: str = "", wrong: Wrong | None = None) -> None:
        index = place if isinstance(place, int) else _start(place)
        if isinstance(place, ScalarNode) and index == place.end_mark.index:
            # Nothing is written there: the parser's mark is that of whatever comes next.
            index = max(len(self._text[:index].rstrip()) - 1, 0)
        line = self._text.count("\n", 0, index) + 1
        column = index - (self._text.rfind("\n", 0, index) + 1) + 1
        self.found.append(Difference(line, column, message, expected, wrong or Wrong()))


def alike(word: str, known: Iterable[str]) -> str | None:
    """The known word that this one can only be a slip of."""
    found = difflib.get_close_matches(word, known, 1, SURE) if word else []
    return found[0] if found else None


def _embedded(text: str) -> Iterator[tuple[str, bool]]:
    """What stands between `${{` and `}}`, quoted texts passed over, and whether it is closed."""
    place = text.find("${{")
    while place >= 0:
        quoted, end = False, -1
        for index in range(place + 3, len(text) - 1):
            if text[index] == "'":
                quoted = not quoted
            elif not quoted and text.startswith("}}", index):
                end = index
                break
        yield (text[place + 3 : end], True) if end >= 0 else (text[place + 3 :], False)
        place = text.find("${{", end + 2) if end >= 0 else -1


def _names(allowed: Sequence[str]) -> Names:
    calls = {found["name"]: found for item in allowed if (found := _CALL.fullmatch(item))}
    return Names(
        tuple(dict.fromkeys(item for item in allowed if "(" not in item)),
        {
            name: (int(call["least"]), MANY if call["most"] == "MAX" else int(call["most"]))
            for name, call in calls.items()
        },
    )


def _fits(choice: Definition, kind: str, value: str) -> bool:
    """Whether a scalar may stand here: numbers, booleans and nothing are read as texts where texts are wanted."""
    if choice.kind in ("any", kind) and choice.kind != "string":
        return True
    if choice.kind != "string":
        return False
    text = "" if kind == "null" else value
    return text == choice.constant if choice.constant is not None else bool(text) or not choice.non_empty


def _kind(node: ScalarNode) -> str:
    return _TYPES.get(str(node.tag).rpartition(":")[2], "string")


def _start(node: Node) -> int:
    return int(node.start_mark.index)


def _expected(choices: Sequence[Definition]) -> str:
    constants = [f"`{choice.constant}`" for choice in choices if choice.constant]
    words = {**_TYPE_WORDS_MORE, **_TYPE_WORDS}
    others = dict.fromkeys(words[choice.kind] for choice in choices if not choice.constant and choice.kind in words)
    shown = constants if len(constants) <= 12 else []
    return " or ".join([*([", ".join(shown)] if shown else []), *others])
