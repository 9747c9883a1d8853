"""Makes wishes of `.github/whyred.yml`, over those that hold already, or says in friendly words what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Final

import jsonschema_rs

from bot import config_yaml
from bot.config import DEFAULTS, Chat, Config, Route
from bot.config_yaml import Document, Steps, YamlError
from bot.errors import UserError
from bot.render.safe import code_span

SCHEMA: Final = Path(__file__).with_name("whyred.schema.json")
"""What editors are told; the product itself asks nothing else."""

_MOST_OPTIONS: Final = 8
"""Values that are listed when another one is found; of more only the nearest is named."""


class ConfigError(ValueError):
    """A file that can not be used: where, counted from 1, and why, in Markdown."""

    def __init__(self, says: str, line: int, column: int) -> None:
        super().__init__(says)
        self.says, self.line, self.column = says, line, column

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.says}"


def read(data: bytes, over: Config) -> Config:
    """The wishes of a file; what it does not tell is as it was. Routes are told category by category.

    Raises ConfigError for the first thing that is wrong.
    """
    try:
        document = config_yaml.read(data)
    except YamlError as error:
        raise ConfigError(error.says, error.line, error.column) from None
    told = _without_blanks(document.value)
    told = {} if told is None else told
    wrong = sorted(_wrong(told, document), key=lambda error: (error.line, error.column))
    if wrong:
        raise wrong[0]
    made = {key: _MAKE.get(key, _plain)(value) for key, value in told.items()}
    if "routes" in made:
        made["routes"] = {**over.routes, **made["routes"]}
    return replace(over, **made)


@cache
def defaults(path: Path | None) -> Config:
    """The wishes of a whole installation. Raises UserError where their file can not be used."""
    if path is None:
        return DEFAULTS
    try:
        return read(path.read_bytes(), DEFAULTS)
    except OSError as error:
        raise UserError(f"CONFIG_DEFAULTS can not be read: {error.strerror or error}") from error
    except ConfigError as error:
        raise UserError(f"CONFIG_DEFAULTS ({path}), {error}") from None


def _without_blanks(value: Any) -> Any:
    """A key without a value is as good as one that is not there."""
    if isinstance(value, dict):
        return {key: _without_blanks(inner) for key, inner in value.items() if inner is not None}
    return [_without_blanks(inner) for inner in value] if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _made(kind: type[Any]) -> Callable[[Mapping[str, Any]], Any]:
    return lambda told: kind(**{key: _plain(value) for key, value in told.items()})


_MAKE: Final[Mapping[str, Callable[[Any], Any]]] = {
    "routes": lambda told: {category: _made(Route)(route) for category, route in told.items()},
    "chat": _made(Chat),
}


@cache
def _schema() -> tuple[dict[str, Any], jsonschema_rs.Draft202012Validator]:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    return schema, jsonschema_rs.Draft202012Validator(schema)


def _wrong(told: Any, document: Document) -> Iterator[ConfigError]:
    schema, validator = _schema()
    for error in validator.iter_errors(told):
        path = _path(error.instance_path, told)
        part = _part(schema, path)
        kind: Any = error.kind
        if kind.name == "additionalProperties":
            for key in kind.unexpected:
                yield ConfigError(_no_key(key, list(part["properties"])), *document.keys[*path, key])
        elif kind.name == "propertyNames":
            key = str(kind.error.instance)
            yield ConfigError(_no_key(key, part["propertyNames"]["enum"]), *document.keys[*path, key])
        else:
            # A whole block is shown by its key.
            block = isinstance(error.instance, dict | list) and path in document.keys
            place = document.keys[path] if block else document.values[path]
            yield ConfigError(_says(kind, error.instance, part), *place)


def _path(reported: list[str | int], told: Any) -> Steps:
    """The validator takes a key that is a number for a place in a list."""
    path: Steps = ()
    for step in reported:
        key = str(step) if isinstance(told, dict) else step
        path, told = (*path, key), told[key]
    return path


def _part(schema: dict[str, Any], path: tuple[str | int, ...]) -> dict[str, Any]:
    """What the schema says of the value at this path."""
    for step in path:
        if isinstance(step, int):
            schema = schema["items"]
        else:
            named = schema.get("properties", {})
            schema = named[step] if step in named else schema["additionalProperties"]
    return schema


def _no_key(key: str, known: list[str]) -> str:
    return f"{code_span(key)} is no key here; {_instead(key, known)}"


def _instead(value: str, known: list[str]) -> str:
    near = get_close_matches(value.lower(), known, 1)
    if near:
        return f"did you mean {code_span(near[0])}?"
    if len(known) > _MOST_OPTIONS:
        return "docs/configuration.md lists what can stand here"
    return f"it can be {', '.join(map(code_span, known))}"


_TYPES: Final = {
    "boolean": "true or false",
    "array": "a list, such as [one, two]",
    "object": "a mapping: keys, indented, with a value each",
    "integer": "a whole number",
    "string": "a text; put it in quotes if it looks like a number",
}


def _says(kind: Any, value: Any, part: dict[str, Any]) -> str:
    """What is wrong with a value, and what is allowed."""
    shown = code_span(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    match kind.name:
        case "type":
            return f"{shown} is not what is wanted here: {_TYPES[part['type']]}"
        case "enum":
            return f"{shown} can not stand here; {_instead(str(value), part['enum'])}"
        case "minimum" | "maximum":
            return f"{shown} is not from {part['minimum']} to {part['maximum']}"
        case "maxItems":
            return f"these are more than {kind.limit}"
        case "uniqueItems":
            return f"{shown} says the same twice"
        case _:
            return f"{shown} does not fit: {part['description'][0].lower()}{part['description'][1:].rstrip('.')}"
