"""Asks the repository about findings: which workflow, job and step they come from, then each probe in turn."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from diagnosis import workflow_yaml
from diagnosis.local_commands import local_commands
from diagnosis.probes import PROBES, Answer, Question
from diagnosis.repo import Repository, RepoView
from diagnosis.report import Finding, Value
from diagnosis.side_notes import side_notes
from diagnosis.tell import Verdict
from diagnosis.template import code_span
from diagnosis.workflow import Job, Step, Workflow

FOLDER: Final = ".github/workflows"
MOST_WORKFLOWS: Final = 30
MOST_ASKED: Final = 12
"""Findings of one diagnosis that the repository is asked about."""

_BUGS: Final = (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RecursionError)
"""What a probe with a fault raises. What the view raises (rate limits, server errors) is for the caller."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The repository at the failing commit. `workflow_path` is the file of the run, None where that is not known."""

    view: RepoView
    workflow_path: str | None = None
    local: bool = False
    """Whether a look costs nothing but time, so that no budget is needed."""


@dataclass(frozen=True, slots=True)
class _Spot:
    workflow: Workflow | None = None
    job: Job | None = None
    step: Step | None = None


class Prober:
    """One diagnosis' view of the repository."""

    def __init__(self, around: Surroundings) -> None:
        self._repo = Repository(around.view, *((5_000, 1 << 30) if around.local else ()))
        self._path = around.workflow_path
        self._asked = 0

    def explain(self, finding: Finding, probes: Sequence[str], lines: Sequence[str]) -> Finding:
        """The finding with what its probes found out; `lines` are those of its step.

        A probe that fails is named in the facts and loses its own evidence, never the finding.
        """
        if self._asked >= MOST_ASKED:
            return finding
        self._asked += 1
        spot = self._place(finding.job, finding.step)
        question = Question(finding, self._repo, lines, spot.workflow, spot.job, spot.step)
        finding = _placed(question)
        failed: list[str] = []
        for name in probes:
            try:
                answer = PROBES[name](replace(question, finding=finding))
            except _BUGS as error:
                failed.append(f"{name}: {type(error).__name__}")
                continue
            if answer:
                return _locally(question, _told(finding, answer))
        told = replace(finding, facts={**finding.facts, "probes_failed": failed}) if failed else finding
        return _locally(question, told)

    def with_standing(self, verdicts: Sequence[Verdict]) -> list[Verdict]:
        """The verdicts on the jobs of a run, those that do not block or only report what failed elsewhere marked so."""
        shown = {verdict.findings[0].job for verdict in verdicts if verdict.findings and verdict.findings[0].job}
        if len(shown) < 2:
            return list(verdicts)
        failed = [self._keys(name) for name in shown]
        return [self._standing(verdict, failed) for verdict in verdicts]

    def _standing(self, verdict: Verdict, failed: Collection[tuple[str, ...]]) -> Verdict:
        name = verdict.findings[0].job if verdict.findings else None
        job = self._place(name, None).job if name else None
        if name is None or job is None:
            return verdict
        callers = self._keys(name)[:-1]
        waited = [key for key in job.needs if any(keys[: len(callers) + 1] == (*callers, key) for keys in failed)]
        told: dict[str, Value] = {"waits_for": waited} if waited else {"may_fail": True} if job.may_fail else {}
        findings = tuple(replace(finding, facts={**finding.facts, **told}) for finding in verdict.findings)
        return verdict._replace(findings=findings, secondary=bool(told))

    def _keys(self, job: str) -> tuple[str, ...]:
        """The keys of a job and of those that call it; none where more than one may be meant."""
        found = {keys for file in self._workflows if (keys := file.keys(job))}
        return found.pop() if len(found) == 1 else ()

    def _place(self, job: str | None, step: str | None) -> _Spot:
        """Where in which workflow the step stands; nothing where more than one may be meant."""
        spots = [spot for file in self._workflows if (spot := _find(file, job, step))]
        certain = [spot for spot in spots if spot.step] or spots
        return certain[0] if len(certain) == 1 else _Spot()

    @cached_property
    def _workflows(self) -> tuple[Workflow, ...]:
        listed = [
            path for path in self._repo.paths if path.startswith(f"{FOLDER}/") and path.endswith((".yml", ".yaml"))
        ]
        chosen = [self._path] if self._path else listed[:MOST_WORKFLOWS]
        return tuple(found for path in chosen if (found := self._workflow(path)))

    def _workflow(self, path: str, depth: int = 0) -> Workflow | None:
        text = self._repo.text(path)
        found = workflow_yaml.parse(path, text) if text else None
        if found is None or depth > 3:
            return found
        called = {job.uses.removeprefix("./") for job in found.jobs if job.uses.startswith("./")}
        inner = {name: model for name in sorted(called) if (model := self._workflow(name, depth + 1))}
        return replace(found, called=inner)


def _find(file: Workflow, job: str | None, step: str | None) -> _Spot | None:
    if job:
        found = file.find(job)
        return _Spot(found[0], found[1], found[1].step(step)) if found else None
    spots = [_Spot(file, one, meant) for one in file.jobs if (meant := one.step(step))]
    return spots[0] if len(spots) == 1 else None


def _placed(question: Question) -> Finding:
    """The finding with its paths from the repository's root, as far as that has such files."""
    finding = question.finding
    paths = {place.path: question.path(place.path) or place.path for place in finding.places}
    title, why = finding.title, finding.why
    for shown, path in paths.items():
        title, why = (text.replace(code_span(shown), code_span(path)) for text in (title, why))
    places = tuple(replace(place, path=paths[place.path]) for place in finding.places)
    return replace(finding, title=title, why=why, places=places)


def _locally(question: Question, finding: Finding) -> Finding:
    """The finding with the commands that show it in the words of the repository, and what else the files say of it."""
    try:
        verify = local_commands(replace(question, finding=finding), finding.verify)
        notes = side_notes(replace(question, finding=finding))
    except _BUGS as error:
        failed = [*_listed(finding.facts.get("probes_failed")), f"local_commands: {type(error).__name__}"]
        return replace(finding, facts={**finding.facts, "probes_failed": failed})
    return replace(
        finding,
        why=" ".join([finding.why, *(note.sentence for note in notes)]),
        places=(*finding.places, *(note.place for note in notes if note.place not in finding.places)),
        facts={**finding.facts, **{name: value for note in notes for name, value in note.facts.items()}},
        verify=verify,
    )


def _listed(value: Value | None) -> list[str]:
    return value if isinstance(value, list) else []


def _told(finding: Finding, answer: Answer) -> Finding:
    # A path that the repository does not have leads nowhere where the answer says where to go.
    places = [place for place in finding.places if not (answer.places and place.path.startswith("/"))]
    return replace(
        finding,
        title=answer.title or finding.title,
        why=answer.why,
        fixes=answer.fixes or finding.fixes,
        places=tuple(dict.fromkeys((*answer.places, *places))),
        verify=answer.verify or finding.verify,
        facts={**finding.facts, **answer.facts},
    )
