"""Cut the operations and webhooks that we use out of GitHub's descriptions: `python slice.py OPENAPI_DIR WEBHOOKS_DIR`.

Both arguments are folders of unpacked npm packages (see SOURCE). The slices hold schemas only: no prose, no examples.
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


def write(target: Path, content: dict[str, Any]) -> None:
    """Compact and sorted, so that a new version of the package shows as a small difference."""
    text = json.dumps(content, separators=(",", ":"), sort_keys=True)
    target.write_text(text.replace('},"', '},\n"') + "\n")


def main(openapi: Path, hooks: Path) -> None:
    """Write both slices next to this script."""
    for folder, wanted, cut, target in (
        (openapi, "operations.txt", operations, "rest.json"),
        (hooks, "webhooks.txt", webhooks, "webhooks.json"),
    ):
        description = json.loads((folder / "generated" / "api.github.com.json").read_text())
        write(HERE / target, cut(description, (HERE / wanted).read_text().split("\n")[:-1]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
