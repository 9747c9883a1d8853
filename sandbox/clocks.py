"""Finds the steps of a job in its log: on which lines they stand and when they ran, by the runner's marks and clock."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from sandbox.state.actions import Step

_MARK: Final = re.compile(r"^[\dT:.-]+Z (?:##\[group\](?P<name>Run .*)|Post job cleanup\.)$")
_SECOND: Final = len("2026-03-02T09:14:00")


def placed(steps: Sequence[Step], log: bytes) -> list[Step]:
    """The steps with their lines and times, as far as each has a mark in the log that is its name, in their order."""
    lines = log.decode(errors="replace").splitlines()
    marks = [(number, mark["name"]) for number, line in enumerate(lines) if (mark := _MARK.match(line))]
    where = {step.number: _next(marks, step.name, len(lines)) for step in steps}
    return [_at(step, lines, where[step.number]) for step in steps]


def _next(marks: list[tuple[int, str | None]], name: str, end: int) -> range | None:
    """From the first mark of this name to before the mark behind it; the marks up to there are used up."""
    for place, ((first, marked), (after, _)) in enumerate(pairwise([*marks, (end, None)])):
        if marked == name:
            del marks[: place + 1]
            return range(first, after)
    return None


def _at(step: Step, lines: Sequence[str], where: range | None) -> Step:
    if where is None:
        return step
    started, completed = (f"{lines[number][:_SECOND]}Z" for number in (where[0], where[-1]))
    return replace(step, lines=where, started_at=started, completed_at=completed)
