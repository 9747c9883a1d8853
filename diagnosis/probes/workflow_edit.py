"""Edits of a workflow file for patches: a variable for a job, ports and options for a service, a new service."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final

from diagnosis.patch import edited, indent, replaced
from diagnosis.report import FilePatch
from diagnosis.workflow import Job, Port, Service, Value
from diagnosis.workflow_yaml import parse

_PLAIN: Final = re.compile(r"[A-Za-z/][\w./@+-]*(?::[\w./@+-]+)*|\$\{\{[^#{}]*\}\}", re.ASCII)
_OTHER_TYPES: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_KEY: Final = re.compile(r"\s*(?P<key>[\w-]+)\s*:(?:\s+#.*|\s*)$")


def scalar(value: str) -> str:
    """The value as YAML writes a string, in quotes where it would be read as something else."""
    plain = _PLAIN.fullmatch(value) and value.lower() not in _OTHER_TYPES
    return value if plain else json.dumps(value, ensure_ascii=False)


def with_job_environment(path: str, text: str, job: Job, values: Mapping[str, str]) -> FilePatch | None:
    """The patch that sets these variables for the whole job; None where its `env:` is written in a way of its own."""
    lines = text.splitlines()
    if job.env_line:
        if not _is_block(lines[job.env_line - 1], "env") or not job.env:
            return None
        first, last = (choose(value.line for value in job.env.values()) for choose in (min, max))
        blanks = indent(lines[first - 1])
        after = job.env_line if _spans_lines(lines[last - 1]) else last
        new = [f"{blanks}{name}: {scalar(value)}" for name, value in values.items()]
    elif job.steps_line and _is_block(lines[job.steps_line - 1], "steps"):
        blanks = indent(lines[job.steps_line - 1])
        step = blanks[: max(2, len(blanks) // 2)]
        after = job.steps_line - 1
        new = [f"{blanks}env:", *(f"{blanks}{step}{name}: {scalar(value)}" for name, value in values.items())]
    else:
        return None
    changed = _put(text, after, new)
    found = _job(path, changed, job)
    told = {name: value.text for name, value in found.env.items()} if found else None
    wanted = {name: value.text for name, value in job.env.items()} | dict(values)
    return edited(path, text, changed) if told == wanted else None


def with_value(path: str, text: str, value: Value, before: str, after: str) -> FilePatch | None:
    """The patch that changes a part of a value where it stands; None where the part is not there exactly once."""
    line = text.splitlines()[value.line - 1]
    tail = line[value.column - 1 :]
    if tail.count(before) != 1:
        return None
    return replaced(path, text, {value.line: [line[: value.column - 1] + tail.replace(before, after)]})


def with_health(path: str, text: str, job: Job, service: Service, command: str) -> FilePatch | None:
    """The patch that has GitHub wait for the service, its other options kept; None where they are written unusually."""
    lines = text.splitlines()
    flags = [f'--health-cmd "{command}"', "--health-interval 10s", "--health-timeout 5s", "--health-retries 10"]
    block = range(service.line + 1, service.last_line + 1)
    blanks = indent(lines[service.line]) if service.line < len(lines) else ""
    deeper = blanks + "  "
    told = [number for number in block if lines[number - 1].strip().startswith("options:")]
    written = lines[told[0] - 1].strip().removeprefix("options:").strip() if told else ""
    if not told:
        changed = _put(text, service.last_line, [f"{blanks}options: >-", *(f"{deeper}{flag}" for flag in flags)])
    elif written in (">-", ">"):
        changed = _put(text, told[0], [f"{indent(lines[told[0]])}{flag}" for flag in flags])
    elif written and written == service.options and '"' not in written[:1] + written[-1:]:
        kept = [f"{blanks}options: >-", f"{deeper}{written}", *(f"{deeper}{flag}" for flag in flags)]
        changed = _put(text, told[0], kept, instead=1)
    else:
        return None
    found = _service(path, changed, job, service)
    sound = found and set(service.options.split()) <= set(found.options.split()) and flags[0] in found.options
    return edited(path, text, changed) if sound and found and found.ports == service.ports else None


def with_port(path: str, text: str, job: Job, service: Service, port: int) -> FilePatch | None:
    """The patch that publishes a port of a service that publishes none; None where its block is written unusually."""
    blanks = indent(text.splitlines()[service.line])
    changed = _put(text, service.last_line, [f"{blanks}ports:", f"{blanks}  - {port}:{port}"])
    found = _service(path, changed, job, service)
    return edited(path, text, changed) if found and found.ports == (Port(port, port),) else None


def with_service(path: str, text: str, job: Job, block: Sequence[str]) -> FilePatch | None:
    """The patch that declares a service; `block` are its lines, two blanks to a level."""
    lines = text.splitlines()
    if not job.steps_line or not _is_block(lines[job.steps_line - 1], "steps"):
        return None
    blanks = indent(lines[job.steps_line - 1])
    unit = "  " if len(blanks) <= 4 else blanks[: len(blanks) // 2]
    new = [_indented(line, unit) for line in block]
    if job.services:
        first = job.services[0].line
        before = indent(lines[first - 1])
        changed = _put(text, first - 1, [f"{before}{line}" for line in new])
    else:
        changed = _put(text, job.steps_line - 1, [f"{blanks}services:", *(f"{blanks}{unit}{line}" for line in new)])
    found = _job(path, changed, job)
    names = {service.name for service in job.services} | {block[0].rstrip(":")}
    sound = found and {service.name for service in found.services} == names and len(found.steps) == len(job.steps)
    return edited(path, text, changed) if sound else None


def _put(text: str, after: int, new: Sequence[str], instead: int = 0) -> str:
    """The text with lines behind the line `after`, or in the place of that many lines from it on."""
    lines = text.splitlines(keepends=True)
    ending = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    start = after - 1 if instead else after
    head = lines[:start]
    if head and not head[-1].endswith("\n"):
        head[-1] += ending
    return "".join([*head, *(line + ending for line in new), *lines[start + instead :]])


def _job(path: str, text: str, job: Job) -> Job | None:
    """The same job in the changed file, to see that the change says what it should."""
    workflow = parse(path, text)
    return next((found for found in workflow.jobs if found.key == job.key), None) if workflow else None


def _service(path: str, text: str, job: Job, service: Service) -> Service | None:
    changed = _job(path, text, job)
    same = [found for found in changed.services if found.name == service.name] if changed else []
    return same[0] if same and same[0].image == service.image else None


def declares(text: str, service: Service, key: str) -> bool:
    """Whether the block of a service has this key."""
    block = text.splitlines()[service.line - 1 : service.last_line]
    return any(re.search(rf"(?:^|[\s{{,]){key}\s*:", line) for line in block)


def _indented(line: str, unit: str) -> str:
    bare = line.lstrip(" ")
    return unit * ((len(line) - len(bare)) // 2) + bare


def _is_block(line: str, key: str) -> bool:
    found = _KEY.match(line)
    return bool(found and found["key"] == key)


def _spans_lines(line: str) -> bool:
    """Whether what the line begins goes on below, so that nothing may be put behind it."""
    value = line.partition(":")[2].strip()
    return value[:1] in ("|", ">", "'", '"') and (value[:1] in "|>" or value.count(value[0]) < 2)
