"""Judges exchanges and webhooks by GitHub's own description of its API (description/)."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema_rs

from sandbox.allowances import ALIASES, ALLOWANCES, COMMON_REFUSALS, MANY_SEGMENTS
from sandbox.openapi import closed, without_nullable

DESCRIPTION = Path(__file__).parent / "description"
Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request below the API's root and its answer; `status` None when the answer is not GitHub's (a fault)."""

    method: str
    path: str
    query: Sequence[tuple[str, str]]
    body: Any
    status: int | None
    answer: Any


@dataclass(frozen=True)
class Operation:
    """A described operation."""

    method: str
    template: str
    pattern: re.Pattern[str]
    described: Schema

    @property
    def name(self) -> str:
        """`METHOD /template`."""
        return f"{self.method} {self.template}"


class Referee:
    """Validators are made when first needed and kept."""

    def __init__(self) -> None:
        rest = json.loads((DESCRIPTION / "rest.json").read_text())
        hooks = json.loads((DESCRIPTION / "webhooks.json").read_text())
        self.rest: Schema = without_nullable(rest["components"])
        self.hooks: Schema = hooks["components"]
        self.payload_schemas: Schema = hooks["webhooks"]
        self.operations = [
            Operation(method.upper(), template, pattern_of(template), without_nullable(described))
            for template, methods in rest["paths"].items()
            for method, described in methods.items()
        ]
        # The most literal template wins: `issues/comments/{id}` before `issues/{number}/comments`.
        self.operations.sort(key=lambda one: (one.template.count("{"), -len(one.template)))
        self.validators: dict[str, jsonschema_rs.Validator] = {}

    def judge(self, exchange: Exchange) -> list[str]:
        """What is wrong with an exchange, one line each; nothing when it is as described."""
        operation = self.find(exchange.method, exchange.path)
        if operation is None:
            return [f"{exchange.method} {exchange.path}: no such operation"]
        found = [*self.judge_path(operation, exchange.path), *self.judge_query(operation, exchange.query)]
        found += self.judge_body(operation, exchange.body)
        if exchange.status is not None:
            found += self.judge_answer(operation, exchange.status, exchange.answer)
        return [f"{operation.name}: {line}" for line in found]

    def judge_payload(self, event: str, action: str | None, payload: Mapping[str, object]) -> list[str]:
        """What is wrong with a webhook's payload."""
        name = "-".join(part.replace("_", "-") for part in (event, action) if part)
        if name not in self.payload_schemas:
            return [f"webhook {name}: not described"]
        errors = self.errors(f"webhook {name}", self.payload_schemas[name], self.hooks, payload)
        return [f"webhook {name}: {line}" for line in errors]

    def find(self, method: str, path: str) -> Operation | None:
        """The operation of a request, by its template."""
        for alias, target in ALIASES:
            path = alias.sub(target, path)
        return next((one for one in self.operations if one.method == method and one.pattern.fullmatch(path)), None)

    def parameters(self, operation: Operation, place: str) -> dict[str, Schema]:
        """The declared parameters of a kind (`query`, `path`), by name."""
        declared = [self.resolved(one) for one in operation.described.get("parameters", [])]
        return {one["name"]: one for one in declared if one["in"] == place}

    def judge_path(self, operation: Operation, path: str) -> list[str]:
        """Each part of the path must be of its declared type."""
        match = operation.pattern.fullmatch(path)
        given = match.groupdict() if match else {}
        return [
            f"path {name}: {line}"
            for name, declared in self.parameters(operation, "path").items()
            if name in given
            for line in self.judge_text(f"{operation.name} path {name}", declared["schema"], given[name])
        ]

    def judge_query(self, operation: Operation, query: Sequence[tuple[str, str]]) -> list[str]:
        """Each query parameter must be declared and of its declared type."""
        declared = self.parameters(operation, "query")
        found: list[str] = []
        for name, value in query:
            if name not in declared:
                found.append(f"unknown query parameter {name}")
                continue
            key = f"{operation.name} query {name}"
            found += [f"query {name}: {line}" for line in self.judge_text(key, declared[name]["schema"], value)]
        missing = [name for name, one in declared.items() if one.get("required") and name not in dict(query)]
        return found + [f"missing query parameter {name}" for name in missing]

    def judge_text(self, key: str, schema: Schema, text: str) -> list[str]:
        """A value that travels as text: right if it is so under any reading as a JSON scalar."""
        readings: list[Any] = [text]
        if re.fullmatch(r"-?\d+", text):
            readings.append(int(text))
        if text in ("true", "false"):
            readings.append(text == "true")
        results = [self.errors(key, schema, self.rest, reading) for reading in readings]
        return [] if [] in results else results[-1]

    def judge_body(self, operation: Operation, body: Any) -> list[str]:
        """The body must match, and hold no field that the description does not name."""
        declared = operation.described.get("requestBody")
        if declared is None:
            return [] if body is None else ["a body that the description does not declare"]
        if body is None:
            return ["no body"] if declared.get("required") else []
        schema = closed(declared["content"]["application/json"]["schema"], self.resolved)
        found = self.errors(f"{operation.name} body", schema, self.rest, body)
        return [] if not found or allowed(operation, "body", body) else [f"body: {line}" for line in found]

    def judge_answer(self, operation: Operation, status: int, answer: Any) -> list[str]:
        """The status must be declared, the answer must match its schema."""
        declared = operation.described["responses"].get(str(status))
        if declared is None:
            if status in COMMON_REFUSALS or allowed(operation, "status", status):
                schema = {"$ref": "#/components/schemas/basic-error"}
                return [f"answer {status}: {line}" for line in self.errors("refusal", schema, self.rest, answer)]
            return [f"status {status} is not declared"]
        content = self.resolved(declared).get("content", {}).get("application/json")
        if content is None:
            return (
                [f"answer {status}: a body that the description does not declare"] if answer not in (None, "") else []
            )
        found = self.errors(f"{operation.name} answer {status}", content["schema"], self.rest, answer)
        return [f"answer {status}: {line}" for line in found if not allowed(operation, "answer", line)]

    def resolved(self, node: Schema) -> Schema:
        """The node itself, or the component that it refers to."""
        if "$ref" not in node:
            return node
        kind, name = node["$ref"].removeprefix("#/components/").split("/", 1)
        component: Schema = self.rest[kind][name]
        return component

    def errors(self, key: str, schema: Schema, components: Schema, value: Any) -> list[str]:
        """What a schema finds wrong, at most five lines."""
        if key not in self.validators:
            self.validators[key] = jsonschema_rs.Draft202012Validator(
                {**schema, "components": components}, validate_formats=True
            )
        validator = self.validators[key]
        if validator.is_valid(value):
            return []
        return [
            f"{'.'.join(str(part) for part in error.instance_path) or 'whole'}: {error.message[:300]}"
            for error in list(validator.iter_errors(value))[:5]
        ]


def pattern_of(template: str) -> re.Pattern[str]:
    """The paths that a template stands for."""

    def part(match: re.Match[str]) -> str:
        name = match.group(1)
        return f"(?P<{name}>{'.*' if name in MANY_SEGMENTS else '[^/]+'})"

    return re.compile(re.sub(r"\{(\w+)\}", part, template))


def allowed(operation: Operation, where: str, value: Any) -> bool:
    """Whether the allow-list knows better than the description."""
    return any(
        one.where == where and operation.method == one.method and one.template == operation.template and one.says(value)
        for one in ALLOWANCES
    )


@functools.cache
def referee() -> Referee:
    """The one referee of this process; the descriptions are read once."""
    return Referee()
