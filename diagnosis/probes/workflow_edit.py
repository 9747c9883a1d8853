"""Edits of a workflow file for patches: a variable for a job, ports and options for a service, a new service."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final

from diagnosis.patch import indent, inserted, replaced
from diagnosis.report import FilePatch
from diagnosis.workflow import Job, Service, Value

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
        last = max(value.line for value in job.env.values())
        first = min(value.line for value in job.env.values())
        blanks = indent(lines[first - 1])
        if any(_spans_lines(lines[value.line - 1]) for value in job.env.values() if value.line == last):
            last = job.env_line
        return inserted(path, text, last, [f"{blanks}{name}: {scalar(value)}" for name, value in values.items()])
    if not job.steps_line:
        return None
    blanks = indent(lines[job.steps_line - 1])
    step = blanks[: max(2, len(blanks) // 2)]
    new = [f"{blanks}env:", *(f"{blanks}{step}{name}: {scalar(value)}" for name, value in values.items())]
    return inserted(path, text, job.steps_line - 1, new)


def with_value(path: str, text: str, value: Value, before: str, after: str) -> FilePatch | None:
    """The patch that changes a part of a value where it stands; None where the part is not there exactly once."""
    line = text.splitlines()[value.line - 1]
    tail = line[value.column - 1 :]
    if tail.count(before) != 1:
        return None
    return replaced(path, text, {value.line: [line[: value.column - 1] + tail.replace(before, after)]})


def with_health(path: str, text: str, service: Service, command: str) -> FilePatch | None:
    """The patch that has GitHub wait for the service, its other options kept; None where they are written unusually."""
    lines = text.splitlines()
    flags = [
        f'--health-cmd "{command}"',
        "--health-interval 10s",
        "--health-timeout 5s",
        "--health-retries 10",
    ]
    block = range(service.line + 1, service.last_line + 1)
    blanks = indent(lines[service.line]) if service.line < len(lines) else ""
    told = [number for number in block if lines[number - 1].strip().startswith("options:")]
    deeper = blanks + "  "
    if not told:
        new = [f"{blanks}options: >-", *(f"{deeper}{flag}" for flag in flags)]
        return inserted(path, text, service.last_line, new)
    number = told[0]
    written = lines[number - 1].strip().removeprefix("options:").strip()
    if written in (">-", ">"):
        return inserted(path, text, number, [f"{indent(lines[number])}{flag}" for flag in flags])
    if not written or written[0] in "|>&*!#" or " #" in written or written != service.options.strip("\n"):
        return None
    kept = [f"{blanks}options: >-", f"{deeper}{written}", *(f"{deeper}{flag}" for flag in flags)]
    return replaced(path, text, {number: kept})


def with_port(path: str, text: str, service: Service, port: int) -> FilePatch:
    """The patch that publishes a port of a service that publishes none."""
    blanks = indent(text.splitlines()[service.line])
    return inserted(path, text, service.last_line, [f"{blanks}ports:", f"{blanks}  - {port}:{port}"])


def with_service(path: str, text: str, job: Job, block: Sequence[str]) -> FilePatch | None:
    """The patch that declares a service; `block` are its lines, two blanks to a level."""
    lines = text.splitlines()
    if not job.steps_line:
        return None
    blanks = indent(lines[job.steps_line - 1])
    unit = "  " if len(blanks) <= 4 else blanks[: len(blanks) // 2]
    new = [_indented(line, unit) for line in block]
    if not job.services:
        told = [f"{blanks}services:", *(f"{blanks}{unit}{line}" for line in new)]
        return inserted(path, text, job.steps_line - 1, told)
    first = job.services[0].line
    before = indent(lines[first - 1])
    return inserted(path, text, first - 1, [f"{before}{line}" for line in new])


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
