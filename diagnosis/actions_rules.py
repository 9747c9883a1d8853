"""What GitHub checks of a workflow beyond the shape of its parts: needs, ids, and what a called workflow asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from diagnosis.actions_schema import Difference, Wrong, alike

EXCLUSIVE: Final = (("branches", "branches-ignore"), ("tags", "tags-ignore"), ("paths", "paths-ignore"))

_LEVELS: Final = {"none": 0, "read": 1, "write": 2}


def breaches(root: Node, called: Mapping[str, Node]) -> list[Difference]:
    """What is wrong with the file as a whole; `called` are the workflows of the same commit that its jobs call."""
    jobs = list(_pairs(_get(root, "jobs")))
    found = [*_needs(jobs), *_filters(root)]
    for key, job in jobs:
        found += _steps(key, job)
        uses = _get(job, "uses")
        inner = called.get(_scalar(uses).removeprefix("./"))
        if isinstance(uses, ScalarNode) and inner is not None:
            found += [*_inputs(job, uses, inner), *_permissions(root, job, uses, inner)]
    return found


def _needs(jobs: list[tuple[ScalarNode, Node]]) -> Iterator[Difference]:
    names = {key.value.lower(): key.value for key, _ in jobs}
    needs = {key.value.lower(): _items(_get(job, "needs")) for key, job in jobs}
    graph = {name: [need.value.lower() for need in wanted] for name, wanted in needs.items()}
    for name, wanted in needs.items():
        for need in wanted:
            if "${{" in need.value:
                continue
            if need.value.lower() not in names:
                told = f"Job '{names[name]}' depends on unknown job '{need.value}'."
                known = tuple(other for key, other in names.items() if key != name)
                yield _at(need, told, "a job of this file", Wrong(need.value, known))
            elif name in _reached(graph, need.value.lower()):
                told = f"Job '{names[name]}' depends on job '{need.value}' which creates a cycle"
                yield _at(need, f"{told} in the dependency graph.", "a job that does not wait for this one")


def _reached(graph: Mapping[str, list[str]], start: str) -> set[str]:
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            ahead += graph.get(name, [])
    return seen


def _steps(key: ScalarNode, job: Node) -> Iterator[Difference]:
    if isinstance(job, MappingNode) and _get(job, "runs-on") is not None and _get(job, "steps") is None:
        keys = {name.value for name, _ in _pairs(job)}
        if "<<" not in keys and not alike("steps", keys):
            told = "No steps defined in `steps` and no workflow called in `uses` for the following jobs"
            yield _at(key, f"{told}: {key.value}", "`steps`")
        return
    steps = _get(job, "steps")
    seen: set[str] = set()
    for step in steps.value if isinstance(steps, SequenceNode) else ():
        identifier = _get(step, "id")
        if isinstance(identifier, ScalarNode) and identifier.value:
            if identifier.value in seen:
                told = f"The identifier '{identifier.value}' may not be used more than once within the same scope."
                yield _at(identifier, told, "an id of its own")
            seen.add(identifier.value)


def _filters(root: Node) -> Iterator[Difference]:
    for _, event in _pairs(_get(root, "on")):
        keys = {key.value: key for key, _ in _pairs(event)}
        for one, other in EXCLUSIVE:
            if one in keys and other in keys:
                told = f"you may only define one of `{one}` and `{other}` for a single event"
                yield _at(keys[other], told, f"one of both; `{one}` takes exceptions that begin with `!`")


def _inputs(job: Node, uses: ScalarNode, inner: Node) -> Iterator[Difference]:
    event = _get(inner, "on", "workflow_call")
    if event is None and "workflow_call" not in [item.value for item in _items(_get(inner, "on"))]:
        yield _at(uses, "workflow is not reusable as it is missing a `on.workflow_call` trigger", "a reusable workflow")
        return
    declared = {key.value: value for key, value in _pairs(_get(event, "inputs"))}
    given = dict(_pairs_by_name(_get(job, "with")))
    lower = {name.lower() for name in declared}
    for name, value in declared.items():
        wanted = _scalar(_get(value, "required")) == "true" and _get(value, "default") is None
        if wanted and name.lower() not in {other.lower() for other in given}:
            yield _at(uses, f"Input {name} is required, but not provided while calling.", f"`with: {name}:`")
    for name, key in given.items():
        if name.lower() not in lower:
            told = f"Invalid input, {name} is not defined in the referenced workflow."
            yield _at(key, told, "an input of that workflow", Wrong(name, tuple(declared), frozenset(given)))
    yield from _secrets(job, uses, _get(event, "secrets"))


def _secrets(job: Node, uses: ScalarNode, declared: Node | None) -> Iterator[Difference]:
    secrets = _get(job, "secrets")
    if isinstance(secrets, ScalarNode):
        return
    given = {name.lower() for name, _ in _pairs_by_name(secrets)}
    for key, value in _pairs(declared):
        if _scalar(_get(value, "required")) == "true" and key.value.lower() not in given:
            told = f"Secret {key.value} is required, but not provided while calling."
            yield _at(uses, told, f"`secrets: {key.value}:`, or `secrets: inherit`")


def _permissions(root: Node, job: Node, uses: ScalarNode, inner: Node) -> Iterator[Difference]:
    """A called job may have at most what its caller has. Without a block here the repository's setting decides, which
    the file does not tell, except that it never holds `id-token`."""
    block = _get(job, "permissions") or _get(root, "permissions")
    granted = _levels(block)
    missing: dict[str, str] = {}
    for _, called in _pairs(_get(inner, "jobs")):
        wanted = _levels(_get(called, "permissions") or _get(inner, "permissions"))
        for name, level in (wanted or {}).items():
            known = name != "*" and (granted is not None or name == "id-token")
            if known and "*" not in (granted or {}) and _LEVELS[level] > _LEVELS[(granted or {}).get(name, "none")]:
                missing[name] = max(level, missing.get(name, "none"), key=_LEVELS.__getitem__)
    for name, level in missing.items():
        has = (granted or {}).get(name, "none")
        told = f"The called workflow is requesting '{name}: {level}', but is only allowed '{name}: {has}'."
        yield _at(uses, told, f"`{name}: {level}` under `permissions:` of this job or the workflow")


def _levels(node: Node | None) -> dict[str, str] | None:
    """None where there is no block; `*` where all are granted at once, so that nothing can be said of one."""
    if node is None:
        return None
    if isinstance(node, ScalarNode):
        return {"*": "read"} if node.value else {}
    return {key.value: _scalar(value) for key, value in _pairs(node) if _scalar(value) in _LEVELS}


def _at(node: Node, message: str, expected: str, wrong: Wrong | None = None) -> Difference:
    line, column = int(node.start_mark.line) + 1, int(node.start_mark.column) + 1
    return Difference(line, column, message, expected, wrong or Wrong())


def _pairs(node: Node | None) -> Iterator[tuple[ScalarNode, Node]]:
    if isinstance(node, MappingNode):
        yield from ((key, value) for key, value in node.value if isinstance(key, ScalarNode))


def _pairs_by_name(node: Node | None) -> Iterator[tuple[str, ScalarNode]]:
    yield from ((key.value, key) for key, _ in _pairs(node))


def _get(node: Node | None, *keys: str) -> Node | None:
    for wanted in keys:
        node = next((value for key, value in _pairs(node) if key.value == wanted), None)
    return node


def _items(node: Node | None) -> list[ScalarNode]:
    if isinstance(node, SequenceNode):
        return [item for item in node.value if isinstance(item, ScalarNode)]
    return [node] if isinstance(node, ScalarNode) and node.value else []


def _scalar(node: Node | None) -> str:
    return str(node.value) if isinstance(node, ScalarNode) else ""
