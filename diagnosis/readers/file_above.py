"""Reads the file that a linter names on a line of its own, above the lines of what it found there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from diagnosis.paths import in_repository
from diagnosis.regex import compile_regex
from diagnosis.report import Value

_HEADING: Final = compile_regex(r"^(?P<path>(?:[A-Za-z]:)?[^\s:*?\"<>|][^:*?\"<>|\n]{0,300}\.\w{1,8})$")
MOST: Final = 5


def file_above(lines: Sequence[str], captures: Mapping[str, str]) -> dict[str, Value]:
    """file (where the finding stands) and spots (up to five `file:line` of the same rule, in the log's order)."""
    here, rule = (
        f"{captures.get('line')}:{captures.get('column')} ",
        captures.get("rule") or captures.get("message", ""),
    )
    current: str | None = None
    first: str | None = None
    spots: list[str] = []
    for line in map(_unmarked, lines):
        heading = _HEADING.search(line)
        if heading:
            current = in_repository(heading.groupdict()["path"] or "").replace("\\", "/")
        elif current and rule and rule in line and line[:1].isspace():
            if first is None and line.lstrip().startswith(here):
                first = current
            spots.append(f"{current}:{line.split(':', 1)[0].strip()}")
    return {"file": first, "spots": spots[:MOST]} if first else {}


def _unmarked(line: str) -> str:
    """Without the mark that the runner's problem matcher puts in front."""
    return line.removeprefix("##[error]").removeprefix("##[warning]")
