"""Cut what we use out of GitHub's descriptions: `python slice.py OPENAPI_DIR WEBHOOKS_DIR GRAPHQL_DIR`.

The arguments are folders of unpacked npm packages (see SOURCE). The slices hold schemas only: no prose, no examples.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PROSE = {
    "description", "summary", "example", "examples", "externalDocs", "tags", "title", "operationId", "deprecated",
    "headers",
}  # fmt: skip
NAMED = {"properties", "schemas", "parameters", "responses", "paths", "webhooks", "content", "patternProperties"}
"""Keys whose children are named by the description's authors, so that a child called `description` is data."""


def without_prose(node: Any, *, named: bool = False) -> Any:
    """The same description without what only people read."""
    if isinstance(node, list):
        return [without_prose(child) for child in node]
    if not isinstance(node, dict):
        return node
    return {
        key: without_prose(child, named=not named and key in NAMED)
        for key, child in node.items()
        if named or (key not in PROSE and not key.startswith("x-"))
    }


def references(node: Any) -> set[str]:
    """The components that a node refers to, each as `kind/name`."""
    if isinstance(node, list):
        return {found for child in node for found in references(child)}
    if not isinstance(node, dict):
        return set()
    found = {found for child in node.values() for found in references(child)}
    reference = node.get("$ref")
    if isinstance(reference, str):
        found.add(reference.removeprefix("#/components/"))
    return found


def with_components(chosen: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    """What was chosen, and all that it refers to, however far."""
    needed: dict[str, dict[str, Any]] = {}
    waiting = references(chosen)
    while waiting:
        kind, name = waiting.pop().split("/", 1)
        if name in needed.setdefault(kind, {}):
            continue
        needed[kind][name] = without_prose(components[kind][name])
        waiting |= references(needed[kind][name])
    return {**chosen, "components": {kind: dict(sorted(names.items())) for kind, names in sorted(needed.items())}}


def operations(description: dict[str, Any], wanted: list[str]) -> dict[str, Any]:
    """The slice of the REST description that the wanted `METHOD /path` lines name."""
    paths: dict[str, Any] = {}
    for line in wanted:
        method, path = line.split()
        paths.setdefault(path, {})[method.lower()] = without_prose(description["paths"][path][method.lower()])
    return with_components({"paths": paths}, description["components"])


def webhooks(description: dict[str, Any], wanted: list[str]) -> dict[str, Any]:
    """The slice of the webhooks' description: name -> the schema of its payload."""
    chosen = {
        name: without_prose(
            description["webhooks"][name]["post"]["requestBody"]["content"]["application/json"]["schema"]
        )
        for name in wanted
    }
    return with_components({"webhooks": chosen}, description["components"])


def mutations(schema: dict[str, Any], wanted: list[str]) -> dict[str, Any]:
    """The slice of the GraphQL schema: the wanted mutations, and all types that they reach: name -> field -> type."""
    types = {one["name"]: one for one in schema["__schema"]["types"]}
    found: dict[str, Any] = {"Mutation": {}}
    waiting: list[str] = []
    for field in types["Mutation"]["fields"]:
        if field["name"] in wanted:
            arguments = {one["name"]: spelled(one["type"]) for one in field["args"]}
            found["Mutation"][field["name"]] = {"arguments": arguments, "type": spelled(field["type"])}
            waiting += [*arguments.values(), spelled(field["type"])]
    while waiting:
        name = waiting.pop().strip("[]!")
        fields = types[name].get("fields") or types[name].get("inputFields") or []
        if name not in found and types[name]["kind"] != "SCALAR":
            values = [one["name"] for one in types[name].get("enumValues") or []]
            found[name] = values or {one["name"]: spelled(one["type"]) for one in fields}
            waiting += [] if values else found[name].values()
    return found


def spelled(kind: dict[str, Any]) -> str:
    """A type as GraphQL writes it."""
    if kind["kind"] == "NON_NULL":
        return f"{spelled(kind['ofType'])}!"
    return f"[{spelled(kind['ofType'])}]" if kind["kind"] == "LIST" else str(kind["name"])


def write(target: Path, content: dict[str, Any]) -> None:
    """Compact and sorted, so that a new version of the package shows as a small difference."""
    text = json.dumps(content, separators=(",", ":"), sort_keys=True)
    target.write_text(text.replace('},"', '},\n"') + "\n")


def main(openapi: Path, hooks: Path, graphql: Path) -> None:
    """Write the slices next to this script."""
    for folder, wanted, cut, target in (
        (openapi, "operations.txt", operations, "rest.json"),
        (hooks, "webhooks.txt", webhooks, "webhooks.json"),
    ):
        description = json.loads((folder / "generated" / "api.github.com.json").read_text())
        write(HERE / target, cut(description, (HERE / wanted).read_text().split("\n")[:-1]))
    schema = json.loads((graphql / "schema.json").read_text())
    write(HERE / "graphql.json", mutations(schema, (HERE / "mutations.txt").read_text().split("\n")[:-1]))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
