"""The little GraphQL that is spoken here: mutations with variables, read and judged by a slice of GitHub's schema."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HEAD = re.compile(r"\s*mutation\s*\((?P<variables>[^)]*)\)\s*\{(?P<calls>.*)\}\s*", re.DOTALL)
VARIABLE = re.compile(r"\$(?P<name>\w+)\s*:\s*(?P<type>[\w!\[\]]+)")
CALL = re.compile(
    r"\s*(?P<alias>\w+)\s*:\s*(?P<name>\w+)\s*\(\s*(?P<argument>\w+)\s*:\s*\$(?P<variable>\w+)\s*\)\s*"
    r"\{\s*(?P<field>\w+)\s*\{(?P<fields>[\w\s]+)\}\s*\}\s*"
)


@dataclass(frozen=True, slots=True)
class Call:
    """One mutation of a document, with what it is given, and which fields of which object it asks for."""

    alias: str
    name: str
    argument: str
    declared: str
    given: Any
    field: str
    fields: tuple[str, ...]


@functools.cache
def schema() -> dict[str, Any]:
    """Type -> field -> type; an enumeration's values."""
    found: dict[str, Any] = json.loads((Path(__file__).parent / "description" / "graphql.json").read_text())
    return found


def parse(query: str, variables: dict[str, Any]) -> list[Call]:
    """The calls of a document; none where it is not of the form that is understood here."""
    head = HEAD.fullmatch(query)
    if head is None:
        return []
    declared = {match["name"]: match["type"] for match in VARIABLE.finditer(head["variables"])}
    calls, place = [], 0
    while match := CALL.match(head["calls"], place):
        name, place = match["variable"], match.end()
        kind, given = declared.get(name, ""), variables.get(name)
        told = (match["alias"], match["name"], match["argument"], kind, given, match["field"])
        calls.append(Call(*told, tuple(match["fields"].split())))
    return calls if place == len(head["calls"]) else []


def judge(query: str, variables: dict[str, Any]) -> list[str]:
    """What is wrong with a document, one line each."""
    calls = parse(query, variables)
    return [f"graphql: {line}" for call in calls for line in judge_call(call)] if calls else ["graphql: not understood"]


def judge_call(call: Call) -> Iterator[str]:
    """What is wrong with one call."""
    described = schema()["Mutation"].get(call.name)
    if described is None:
        yield f"no such mutation {call.name}"
        return
    if described["arguments"].get(call.argument) != call.declared:
        yield f"{call.name}: {call.argument} is no {call.declared}"
    yield from judge_input(call.declared.strip("!"), call.given)
    answer = schema()[described["type"]]
    inner = schema().get(answer.get(call.field, ""), {})
    yield from (f"{call.name}: no field {call.field}.{name}" for name in call.fields if name not in inner)


def judge_input(kind: str, given: Any) -> Iterator[str]:
    """What is wrong with an input object."""
    fields = schema().get(kind, {})
    if not isinstance(given, dict):
        yield f"{kind}: no object"
        return
    yield from (f"{kind}: unknown {name}" for name in given if name not in fields)
    for name, wanted in fields.items():
        known = schema().get(wanted.strip("!"))
        if wanted.endswith("!") and name not in given:
            yield f"{kind}: {name} is missing"
        elif isinstance(known, list) and given.get(name) not in known:
            yield f"{kind}: {name} is none of {', '.join(known)}"
