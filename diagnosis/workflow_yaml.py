"""Reads a workflow file into its model, each value with its line and column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from diagnosis.workflow import Job, Port, Service, Step, Value, Values, Workflow

MOST_BYTES: Final = 500 * 1024
"""GitHub's own limit for a workflow file."""

MOST_BRACKETS: Final = 2_000

_PORT: Final = re.compile(r"^(?:(?:[\d.]+:)?(?P<host>\d{1,5}):)?(?P<container>\d{1,5})(?:/(?:tcp|udp))?$")


def parse(path: str, text: str, called: Mapping[str, Workflow] | None = None) -> Workflow | None:
    """The model of a workflow file; None when it does not parse or is no workflow."""
    if len(text) > MOST_BYTES or text.count("[") + text.count("{") > MOST_BRACKETS:
        return None
    try:
        root = YAML(pure=True).compose(text)
    except (YAMLError, RecursionError, ValueError):
        return None
    jobs = _get(root, "jobs")
    if not isinstance(jobs, MappingNode):
        return None
    return Workflow(
        path=path,
        name=_text(_get(root, "name")),
        events=_events(_get(root, "on")),
        env=_values(_get(root, "env")),
        permissions=_permissions(_get(root, "permissions")),
        working_directory=_text(_get(root, "defaults", "run", "working-directory")),
        jobs=tuple(_job(key.value, _line(key), node) for key, node in _pairs(jobs)),
        permissions_line=_key_line(root, "permissions"),
        called=called or {},
    )


def _job(key: str, line: int, node: Node) -> Job:
    steps, services = _get(node, "steps"), _get(node, "services")
    return Job(
        key=key,
        name=_text(_get(node, "name")),
        uses=_text(_get(node, "uses")),
        needs=_list(_get(node, "needs")),
        condition=_text(_get(node, "if")),
        may_fail=_is_true(_get(node, "continue-on-error")),
        runs_on=" ".join(_list(_get(node, "runs-on"))),
        container=_text(_get(node, "container")) or _text(_get(node, "container", "image")),
        working_directory=_text(_get(node, "defaults", "run", "working-directory")),
        env=_values(_get(node, "env")),
        permissions=_permissions(_get(node, "permissions")),
        matrix=_matrix(_get(node, "strategy", "matrix")),
        services=tuple(_service(name.value, _line(name), item) for name, item in _pairs(services)),
        steps=tuple(_step(item) for item in (steps.value if isinstance(steps, SequenceNode) else ())),
        line=line,
        last_line=_last_line(node),
        env_line=_key_line(node, "env"),
        permissions_line=_key_line(node, "permissions"),
        steps_line=_key_line(node, "steps"),
    )


def _service(name: str, line: int, node: Node) -> Service:
    ports = [_PORT.match(text.strip()) for text in _list(_get(node, "ports"))]
    return Service(
        name=name,
        image=_text(_get(node, "image")),
        env=_values(_get(node, "env")),
        ports=tuple(
            Port(int(port["host"]) if port["host"] else None, int(port["container"])) for port in ports if port
        ),
        options=_text(_get(node, "options")),
        line=line,
        last_line=_last_line(node),
    )


def _step(node: Node) -> Step:
    run = _get(node, "run")
    block = isinstance(run, ScalarNode) and run.style in ("|", ">")
    return Step(
        name=_text(_get(node, "name")),
        run=_text(run),
        uses=_text(_get(node, "uses")),
        env=_values(_get(node, "env")),
        inputs=_values(_get(node, "with")),
        working_directory=_text(_get(node, "working-directory")),
        condition=_text(_get(node, "if")),
        may_fail=_is_true(_get(node, "continue-on-error")),
        line=_line(node),
        last_line=_last_line(node),
        run_line=_line(run) + block if run is not None else 0,
        uses_line=_key_line(node, "uses"),
    )


def _matrix(node: Node | None) -> dict[str, tuple[str, ...]]:
    axes = {key.value: _list(value) for key, value in _pairs(node) if key.value not in ("include", "exclude")}
    return {name: values for name, values in axes.items() if values}


def _permissions(node: Node | None) -> Values | None:
    """`read-all` and `write-all` stand under the name `*`."""
    if node is None:
        return None
    return {"*": _value(node)} if isinstance(node, ScalarNode) else _values(node)


def _events(node: Node | None) -> tuple[str, ...]:
    return tuple(key.value for key, _ in _pairs(node)) if isinstance(node, MappingNode) else _list(node)


def _pairs(node: Node | None) -> Iterator[tuple[ScalarNode, Node]]:
    if isinstance(node, MappingNode):
        yield from ((key, value) for key, value in node.value if isinstance(key, ScalarNode))


def _get(node: Node | None, *keys: str) -> Node | None:
    for wanted in keys:
        node = next((value for key, value in _pairs(node) if key.value == wanted), None)
    return node


def _key_line(node: Node | None, wanted: str) -> int:
    return next((_line(key) for key, _ in _pairs(node) if key.value == wanted), 0)


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _last_line(node: Node) -> int:
    """The last line that holds something of the node: the parser puts a block's end behind the blanks after it."""
    if isinstance(node, MappingNode) and node.value:
        return max(_last_line(value) for _, value in node.value[-1:])
    if isinstance(node, SequenceNode) and node.value:
        return _last_line(node.value[-1])
    if isinstance(node, ScalarNode) and node.style in ("|", ">"):
        text = str(node.value).rstrip("\n")
        return _line(node) + 1 + text.count("\n") + text.count("\a")
    return int(node.end_mark.line) + 1


def _text(node: Node | None) -> str:
    """A scalar's text. The parser marks with a bell where it folded a line."""
    return str(node.value).replace("\a", "") if isinstance(node, ScalarNode) else ""


def _value(node: ScalarNode) -> Value:
    return Value(_text(node), _line(node), int(node.start_mark.column) + 1)


def _values(node: Node | None) -> dict[str, Value]:
    return {key.value: _value(value) for key, value in _pairs(node) if isinstance(value, ScalarNode)}


def _list(node: Node | None) -> tuple[str, ...]:
    if isinstance(node, SequenceNode):
        return tuple(_text(item) for item in node.value if isinstance(item, ScalarNode))
    return (_text(node),) if _text(node) else ()


def _is_true(node: Node | None) -> bool:
    return _text(node).strip().lower() == "true"
