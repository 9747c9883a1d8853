"""Explains a workflow file that GitHub refuses: each place, the reason, and the lines that it would take."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode

from diagnosis.actions_correction import corrected
from diagnosis.actions_rules import breaches
from diagnosis.actions_schema import Difference, differences
from diagnosis.catalogue import Catalogue
from diagnosis.clean import strip_controls
from diagnosis.patch import replaced
from diagnosis.redact import redact
from diagnosis.repo import Repository, RepoView
from diagnosis.report import Excerpt, Finding, Fix, Input, Place, Report
from diagnosis.tell import fingerprint
from diagnosis.template import code_span, fill, fill_command
from diagnosis.yaml_faults import Fault, find_faults

SYNTAX: Final = "workflow/yaml-syntax"
SCHEMA: Final = "workflow/schema"
MOST_BYTES: Final = 500 * 1024
"""GitHub's own limit for a workflow file."""
MOST_NAMED: Final = 10
MOST_SHOWN: Final = 4
MOST_CALLED: Final = 10
CONTEXT: Final = 3


@dataclass(frozen=True, slots=True)
class _Told:
    """The faults of a file under the signature that they belong to. `mended` are the lines in place of the broken."""

    signature: str
    faults: Sequence[Fault]
    mended: Mapping[int, str]
    says: str
    why: str = ""


def explain(path: str, text: bytes, catalogue: Catalogue, view: RepoView | None = None) -> Report:
    """The report of a workflow file: outcome `no-failure` when GitHub would take it.

    Every value that cannot parse is reported, each found by parsing again with the one before it mended; in a file that
    parses, all that differs from GitHub's schema. `view` is the commit that it stands in: with it, workflows that it
    calls are looked at too.
    """
    started = time.perf_counter()
    source = text[:MOST_BYTES].decode("utf-8-sig", "replace")
    lines = [line.removesuffix("\r") for line in source.split("\n")]
    told = _syntax(lines) or _schema(path, lines, view)
    return Report(
        outcome="diagnosed" if told else "no-failure",
        findings=(_finding(path, source, told, catalogue),) if told else (),
        excerpt=_excerpt(lines, told.faults[0]) if told else None,
        input=Input(len(text), len(lines), len(text) > MOST_BYTES),
        seconds=round(time.perf_counter() - started, 4),
    )


def _syntax(lines: list[str]) -> _Told | None:
    faults = find_faults(lines)
    if not faults:
        return None
    mended = {fault.line: fault.replacement for fault in faults if fault.replacement is not None}
    names = ", ".join(code_span(fault.key or f"line {fault.line}") for fault in faults if fault.line in mended)
    says = f"Quote the value of {names}: without quotes YAML takes a colon in it for the start of a mapping."
    if find_faults([mended.get(number, line) for number, line in enumerate(lines, 1)]):
        says += " What is wrong after that can only be seen then."
    return _Told(SYNTAX, faults, mended, says)


def _schema(path: str, lines: list[str], view: RepoView | None) -> _Told | None:
    root = _compose("\n".join(lines))
    if not isinstance(root, MappingNode) or not _is_workflow(path, root):
        return None
    called = _called(root, Repository(view)) if view else {}
    found = _differences(lines, called)
    if not found:
        return None
    mended = _mended(lines, found, called)
    faults = [Fault(fault.line, fault.column, fault.message, "", mended.get(fault.line)) for fault in found]
    listed = ", ".join(
        f"{code_span(lines[number - 1].strip())} becomes {code_span(line.strip())}"
        for number, line in sorted(mended.items())[:MOST_SHOWN]
    )
    return _Told(SCHEMA, faults, mended, f"In place of what GitHub does not know: {listed}.", _why(found, mended))


def _mended(lines: list[str], found: Sequence[Difference], called: Mapping[str, Node]) -> dict[int, str]:
    """The lines that can be corrected for sure: with each of them its fault is gone."""
    mended: dict[int, str] = {}
    for fault in found[:MOST_NAMED]:
        line = mended.get(fault.line, lines[fault.line - 1])
        if (better := corrected(line, fault)) is None:
            continue
        trial = {**mended, fault.line: better}
        left = _differences([trial.get(number, old) for number, old in enumerate(lines, 1)], called)
        if fault.message not in [other.message for other in left if other.line == fault.line]:
            mended = trial
    return mended


def _differences(lines: list[str], called: Mapping[str, Node]) -> list[Difference]:
    """What GitHub would refuse; one of a file that does not parse at all, so that no correction breaks it."""
    text = "\n".join(lines)
    root = _compose(text)
    if root is None:
        return [Difference(1, 1, "the file does not parse")]
    found = [*_tags(root), *differences(root, text), *breaches(root, called)]
    return sorted(dict.fromkeys(found), key=lambda fault: (fault.line, fault.column))


def _compose(text: str) -> Node | None:
    try:
        root: Node | None = YAML(typ="safe", pure=True).compose(text)
    except (YAMLError, RecursionError, ValueError):
        return None
    return root


def _is_workflow(path: str, root: Node | None) -> bool:
    """Whether the file means to be one: any YAML file may be explained."""
    keys = (
        {key.value for key, _ in root.value if isinstance(key, ScalarNode)} if isinstance(root, MappingNode) else set()
    )
    return bool(keys & {"jobs"} or (keys and ".github/workflows/" in path.replace("\\", "/")))


def _called(root: MappingNode, repo: Repository) -> dict[str, Node]:
    """The workflows of the same commit that the jobs call, by their path."""
    model = {key.value: value for key, value in root.value if isinstance(key, ScalarNode)}.get("jobs")
    jobs = [job for _, job in model.value if isinstance(job, MappingNode)] if isinstance(model, MappingNode) else []
    uses = [value.value for job in jobs for key, value in job.value if key.value == "uses"]
    paths = dict.fromkeys(path.removeprefix("./") for path in uses if isinstance(path, str) and path.startswith("./"))
    texts = {path: text for path in list(paths)[:MOST_CALLED] if (text := repo.text(path))}
    return {path: node for path, text in texts.items() if (node := _compose(text)) is not None}


def _tags(root: Node) -> Iterator[Difference]:
    """Values that begin with `!`: YAML takes what follows for the name of a type."""
    seen: set[int] = set()
    ahead = [root]
    while ahead:
        node = ahead.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        tag = str(node.tag)
        if tag.startswith("!") and len(tag) > 1:
            line, column = int(node.start_mark.line) + 1, int(node.start_mark.column) + 1
            yield Difference(line, column, f"Unexpected tag '{tag}'", "an expression in `${{ }}`, or a text in quotes")
        if isinstance(node, MappingNode):
            ahead += [part for pair in node.value for part in pair]
        elif not isinstance(node, ScalarNode):
            ahead += node.value


def _why(found: Sequence[Difference], mended: Mapping[int, str]) -> str:
    """The first faults in words, each with what could stand there."""
    told = []
    for fault in found[:MOST_SHOWN]:
        wanted = f" (expected: {fault.expected})" if fault.expected and fault.line not in mended else ""
        told.append(f"line {fault.line}, column {fault.column}: {code_span(fault.message)}{wanted}")
    more = f"; and {len(found) - MOST_SHOWN} more" if len(found) > MOST_SHOWN else ""
    return f"GitHub reads the file and starts no job: {'; '.join(told)}{more}."


def _finding(path: str, source: str, told: _Told, catalogue: Catalogue) -> Finding:
    signature = catalogue.get(told.signature)
    if signature is None:
        raise LookupError(f"the catalogue has no {told.signature}")
    first = told.faults[0]
    captures = {"path": path, "line": str(first.line), "column": str(first.column), "message": first.message}
    lines = [line.removesuffix("\r") for line in source.split("\n")]
    patch = replaced(path, source, {number: [line] for number, line in told.mended.items()})
    general = Fix(says=fill(signature.fix, captures))
    return Finding(
        signature=signature.id,
        category=signature.category,
        kind=signature.kind,
        confidence="high",
        title=fill(signature.title, captures),
        why=told.why or fill(signature.why, captures),
        log=path,
        job=None,
        step=None,
        lines=tuple(dict.fromkeys(fault.line for fault in told.faults))[:10],
        evidence=_pointed_at(lines, told),
        captures=captures,
        facts={"values": [fault.key for fault in told.faults if fault.key]} if told.signature == SYNTAX else {},
        places=tuple(Place(path, fault.line, fault.message) for fault in told.faults),
        occurrences=len(told.faults),
        fixes=(Fix(says=told.says, files=(patch,)),) if told.mended else (general,),
        verify=tuple(command for text in signature.verify if (command := fill_command(text, captures))),
        fingerprint=fingerprint(signature.id, path),
    )


def _pointed_at(lines: list[str], told: _Told) -> tuple[str, ...]:
    """The first line with a caret under the place; of a workflow's other faults the lines as well."""
    shown: list[str] = []
    for fault in told.faults[: 1 if told.signature == SYNTAX else MOST_SHOWN]:
        number = f"{fault.line} | "
        line = redact(strip_controls(lines[fault.line - 1].replace("\t", " ")))
        shown += [number + line, " " * (len(number) + fault.column - 1) + "^"]
    return tuple(shown)


def _excerpt(lines: list[str], fault: Fault) -> Excerpt:
    first = max(1, fault.line - CONTEXT)
    last = min(len(lines), fault.line + CONTEXT)
    return Excerpt((first, last), tuple(redact(strip_controls(line)) for line in lines[first - 1 : last]))
