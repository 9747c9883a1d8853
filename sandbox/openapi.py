"""Turns OpenAPI 3.0 schemas into JSON Schema: `nullable`, and bodies closed against unknown fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def without_nullable(node: Any) -> Any:
    """The same schemas with `nullable: true` spelled as a type, or as an alternative."""
    if isinstance(node, list):
        return [without_nullable(child) for child in node]
    if not isinstance(node, dict):
        return node
    converted = {
        key: without_nullable(child)
        for key, child in node.items()
        if node.get("nullable") is not True or key != "nullable"
    }
    if node.get("nullable") is not True:
        return converted
    kind = converted.get("type")
    if not isinstance(kind, str):
        return {"anyOf": [converted, {"type": "null"}]}
    converted["type"] = [kind, "null"]
    if "enum" in converted and None not in converted["enum"]:
        converted["enum"] = [*converted["enum"], None]
    return converted


def closed(schema: dict[str, Any], resolve: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    """A body's schema in which objects with named fields take no others, as deep as the description goes."""
    schema = resolve(schema)
    result = dict(schema)
    if "properties" in schema:
        result["properties"] = {name: closed(child, resolve) for name, child in schema["properties"].items()}
        result.setdefault("additionalProperties", False)
    elif "oneOf" in schema or "anyOf" in schema:
        kind = "oneOf" if "oneOf" in schema else "anyOf"
        result[kind] = [closed(child, resolve) for child in schema[kind]]
    if isinstance(schema.get("items"), dict):
        result["items"] = closed(schema["items"], resolve)
    return result
