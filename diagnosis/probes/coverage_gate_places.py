"""A coverage gate that was missed: every place that sets it, which one was in force, and the ways out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from diagnosis.patch import replaced
from diagnosis.probes.coverage_places import COMMAND, Gate, gates
from diagnosis.probes.javascript_thresholds import thresholds
from diagnosis.probes.question import Answer, Question
from diagnosis.repo import Repository
from diagnosis.report import FilePatch, Fix, Place
from diagnosis.template import code_span


@dataclass(frozen=True, slots=True)
class _Miss:
    """What was measured and what was asked for, in percent."""

    actual: float
    required: float
    what: str

    @property
    def short(self) -> str:
        return f"{round(self.required - self.actual, 2):g}"


def coverage_gate_places(question: Question) -> Answer | None:
    """Names the places with their values, needed against actual, and patches those that are in force."""
    miss = _miss(question)
    if miss is None:
        return None
    javascript = bool(question.capture("metric"))
    found = thresholds(question, miss.required) if javascript else gates(question)
    force = _in_force(found or [], miss)
    if not force or found is None:
        return None
    others = [gate for gate in found if gate.value != miss.required]
    return Answer(
        why=" ".join(filter(None, (_measured(question, miss), _said(force), _disagreement(force, others, miss)))),
        fixes=_fixes(question, miss, force),
        places=tuple(Place(gate.path, gate.line, gate.shown) for gate in (*force, *others)),
        facts={"gates": [f"{gate.path}:{gate.line} {gate.value:g}" for gate in (*force, *others)]},
    )


def _miss(question: Question) -> _Miss | None:
    try:
        actual, required = float(question.capture("actual")), float(question.capture("required"))
    except ValueError:
        return None
    metric = question.capture("metric")
    what = f"Coverage of {code_span(metric)}" if metric else "Coverage"
    return _Miss(actual, required, what) if 0 <= actual < required <= 100 else None


def _in_force(found: Sequence[Gate], miss: _Miss) -> list[Gate]:
    """The gates that ask for what the log asks for; none where a command line of the step asks for something else."""
    commands = [gate for gate in found if gate.rank == COMMAND]
    if commands and all(gate.value != miss.required for gate in commands):
        return []
    return [gate for gate in found if gate.value == miss.required]


def _measured(question: Question, miss: _Miss) -> str:
    passed, failed = question.finding.facts.get("passed"), question.finding.facts.get("failed", 0)
    tests = f" {_all(passed)} passed, only the gate is missed." if isinstance(passed, int) and not failed else ""
    return f"{miss.what} is {miss.actual:g} %, and {miss.required:g} % is required: {miss.short} points short.{tests}"


def _all(tests: int) -> str:
    return f"All {tests:,} tests" if tests != 1 else "The one test"


def _said(force: Sequence[Gate]) -> str:
    places = _listed(f"{code_span(gate.shown)} in {_where(gate)}" for gate in force)
    return f"The gate is {places}{', the same in each' if len(force) > 1 else ''}."


def _disagreement(force: Sequence[Gate], others: Sequence[Gate], miss: _Miss) -> str:
    if not others:
        return ""
    said = _listed(f"{_where(gate)} says {gate.value:g}" for gate in others)
    weaker = all(gate.rank > force[0].rank for gate in others) and force[0].rank == COMMAND
    red = [gate for gate in others if gate.value > miss.actual]
    why = " and is not in force here, because the command line wins" if weaker else ""
    high = "" if not red else f"; {_values(red)} would stay red as well, above the measured {miss.actual:g}"
    return f"The places disagree: {said}{why}{high}."


def _fixes(question: Question, miss: _Miss, force: Sequence[Gate]) -> tuple[Fix, ...]:
    listed = question.finding.facts.get("least_covered")
    least = f", first for {_listed(map(_file, listed[:3]))}" if isinstance(listed, list) and listed else ""
    tests = Fix(
        says=f"Write tests for what is never run{least}.",
        consequence=f"The gate stays at {miss.required:g}; the job stays red until {miss.short} points more are there.",
    )
    baseline = math.floor(miss.actual)
    if not baseline:
        return (tests,)
    lower = Fix(
        says=f"Set the gate to {baseline}, what is reached now, as a baseline, and raise it with each change that adds "
        f"tests, never above what is measured: any number above {miss.actual:g} stays red.",
        consequence="The job is green at once and coverage cannot fall below today's; the goal is put off.",
        files=_patches(question.repo, force, baseline) if question.workflow or question.capture("metric") else (),
    )
    return tests, lower


def _file(row: object) -> str:
    """A row such as `shop/api.py 35%`, its path as the value that it is."""
    path, _, percent = str(row).rpartition(" ")
    return f"{code_span(path)} ({percent.removesuffix('%')} %)"


def _patches(repo: Repository, force: Sequence[Gate], value: int) -> tuple[FilePatch, ...]:
    patches: list[FilePatch] = []
    for path, group in groupby(sorted(force, key=lambda gate: (gate.path, gate.line, -gate.start)), lambda at: at.path):
        lines: dict[int, Sequence[str]] = {}
        for gate in group:
            old = lines.get(gate.line, (repo.lines(path)[gate.line - 1],))[0]
            lines[gate.line] = (old[: gate.start] + str(value) + old[gate.end :],)
        patches.append(replaced(path, repo.text(path) or "", lines))
    return tuple(patches)


def _where(gate: Gate) -> str:
    return f"{code_span(gate.path)} line {gate.line}"


def _values(found: Sequence[Gate]) -> str:
    return _listed(f"{value:g}" for value in dict.fromkeys(gate.value for gate in found))


def _listed(values: Iterable[str]) -> str:
    texts = list(values)
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
