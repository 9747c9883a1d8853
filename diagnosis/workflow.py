"""A workflow as a model with positions: jobs, services, environment and steps, found again by a log's names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

_EXPRESSION: Final = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)
_MATRIX: Final = re.compile(r"\$\{\{\s*matrix\.([\w-]+)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Value:
    """A scalar of the file as it is written; `line` and `column` count from 1."""

    text: str
    line: int
    column: int

    @property
    def is_expression(self) -> bool:
        """Whether GitHub fills it in, so that the file does not tell it."""
        return bool(_EXPRESSION.search(self.text))


Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Port:
    """A port of a service; `host` is None where Docker chooses one."""

    host: int | None
    container: int


@dataclass(frozen=True, slots=True)
class Service:
    """A service container of a job. `line` is that of its name, `last_line` the last of its block."""

    name: str
    image: str
    env: Values
    ports: tuple[Port, ...]
    options: str
    line: int
    last_line: int


@dataclass(frozen=True, slots=True)
class Step:
    """A step. `run_line` is the line on which the text of `run` begins, as far as it can be told."""

    name: str
    run: str
    uses: str
    env: Values
    inputs: Values
    working_directory: str
    condition: str
    may_fail: bool
    line: int
    last_line: int
    run_line: int = 0
    uses_line: int = 0

    @property
    def called(self) -> tuple[str, ...]:
        """What a log or GitHub's API may call it: its name, and what its script or action begins with."""
        first = next((line.strip() for line in self.run.splitlines() if line.strip()), "")
        return tuple(name for name in (self.name, f"Run {first or self.uses}") if name)


@dataclass(frozen=True, slots=True)
class Job:
    """A job. `matrix` holds the values of each axis as they are written; `permissions` None where it sets none."""

    key: str
    name: str
    uses: str
    needs: tuple[str, ...]
    condition: str
    may_fail: bool
    runs_on: str
    container: str
    working_directory: str
    env: Values
    permissions: Values | None
    matrix: Mapping[str, tuple[str, ...]]
    services: tuple[Service, ...]
    steps: tuple[Step, ...]
    line: int
    last_line: int
    env_line: int = 0
    """The line of `env:`, 0 where there is none."""
    permissions_line: int = 0
    steps_line: int = 0

    def service(self, *images: str) -> Service | None:
        """The first service whose image is one of these, whatever its registry and tag."""
        for service in self.services:
            base = service.image.partition("@")[0].rpartition("/")[2].partition(":")[0]
            if base in images:
                return service
        return None

    def step(self, shown: str | None) -> Step | None:
        """The step that a log calls so; None where none, or more than one, may be meant."""
        if not shown:
            return None
        same = [step for step in self.steps if shown in step.called]
        likely = same or [step for step in self.steps if any(_fits(name, shown) for name in step.called)]
        return likely[0] if len(likely) == 1 else None


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow file. `events` are its triggers."""

    path: str
    name: str
    events: tuple[str, ...]
    env: Values
    permissions: Values | None
    working_directory: str
    jobs: tuple[Job, ...]
    permissions_line: int = 0
    called: Mapping[str, Workflow] = field(default_factory=dict)
    """The reusable workflows of the same repository that its jobs call, by their path."""

    def job(self, shown: str | None) -> Job | None:
        """The job that a run calls so, matrix values and callers told; None where it is not clear."""
        found = self.find(shown)
        return found[1] if found else None

    def find(self, shown: str | None) -> tuple[Workflow, Job] | None:
        """The job that a run calls so, with the workflow that it stands in."""
        if not shown:
            return self._only()
        call = self._call(shown)
        if call:
            _, inner, rest = call
            return inner.find(rest) if inner else None
        own = self._own(shown)
        return (self, own) if own else None

    def keys(self, shown: str) -> tuple[str, ...]:
        """The keys of the jobs that call one another down to the one that a run calls so; none where it is not clear.

        Of a reusable workflow that can not be read, there is the key of the job that calls it.
        """
        call = self._call(shown)
        if call:
            job, inner, rest = call
            return (job.key, *(inner.keys(rest) if inner else ()))
        own = self._own(shown)
        return (own.key,) if own else ()

    def _call(self, shown: str) -> tuple[Job, Workflow | None, str] | None:
        """The job that calls a reusable workflow, that workflow as far as it was read, and what is called in it."""
        caller, slash, rest = shown.partition(" / ")
        job = self._own(caller) if slash else None
        return (job, self.called.get(job.uses.removeprefix("./")), rest) if job and job.uses else None

    def _only(self) -> tuple[Workflow, Job] | None:
        return (self, self.jobs[0]) if len(self.jobs) == 1 and not self.jobs[0].uses else None

    def _own(self, shown: str) -> Job | None:
        exact = [job for job in self.jobs if shown in (job.name, job.key)]
        if exact:
            return exact[0]
        likely = [(len(_EXPRESSION.sub("", job.name or job.key)), job) for job in self.jobs if _is_called(job, shown)]
        most = max((length for length, _ in likely), default=0)
        best = [job for length, job in likely if length == most]
        return best[0] if len(best) == 1 else None


@dataclass(frozen=True, slots=True)
class Setting:
    """Where the workflow sets something: the value, and at which level (`workflow`, `job` or `step`)."""

    value: Value
    level: str


def environment(workflow: Workflow, job: Job, step: Step | None) -> dict[str, Setting]:
    """What the step's processes find in their environment, as far as the file sets it: the innermost level wins."""
    levels: list[tuple[str, Values]] = [("workflow", workflow.env), ("job", job.env)]
    if step:
        levels.append(("step", step.env))
    return {name: Setting(value, level) for level, values in levels for name, value in values.items()}


def matrix_values(job: Job, shown: str | None) -> dict[str, str]:
    """The values of the matrix that a job's name tells: `test (3.12, ubuntu-latest)` or a name of the file's own."""
    names = list(job.matrix)
    template = job.name or job.key
    if _MATRIX.search(template):
        axes = _MATRIX.findall(template)
        found = _pattern(template, "(.+?)").fullmatch(shown or "")
        return dict(zip(axes, found.groups(), strict=True)) if found and len(axes) == found.re.groups else {}
    listed = re.fullmatch(re.escape(template) + r" \((.*)\)", shown or "")
    values = listed[1].split(", ") if listed else []
    return dict(zip(names, values, strict=True)) if len(values) == len(names) else {}


def _is_called(job: Job, shown: str) -> bool:
    template = job.name or job.key
    return _fits(template, shown) or bool(re.fullmatch(re.escape(template) + r" \(.*\)", shown))


def _fits(template: str, shown: str) -> bool:
    """Whether a name is this template with its expressions filled in."""
    told = _EXPRESSION.sub("", template).removeprefix("Run ").strip()
    return bool(told and _EXPRESSION.search(template) and _pattern(template, ".*?").fullmatch(shown))


def _pattern(template: str, hole: str) -> re.Pattern[str]:
    parts: Sequence[str] = _EXPRESSION.split(template)
    return re.compile(hole.join(map(re.escape, parts)), re.DOTALL)
