"""An environment variable that the code reads and that nothing in the workflow sets for the job."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from diagnosis.probes.hard_coded import code_files, settings_prefix
from diagnosis.probes.question import Answer, Question
from diagnosis.probes.variable_sources import Source, is_secret, sources
from diagnosis.probes.workflow_edit import with_job_environment
from diagnosis.repo import Hit
from diagnosis.report import FilePatch, Fix, Place
from diagnosis.template import code_span
from diagnosis.workflow import Job, Workflow

_SPOT: Final = re.compile(
    r"^(?:E\s+)?(?:\s*File \"(?P<file>[^\"]+\.py)\", line (?P<row>\d+)|(?P<path>[\w./-]+\.py):(?P<line>\d+):)"
)
_NAME: Final = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_LIKE: Final = 0.75
_CAPTURES: Final = ("variable", "name", "second", "third", "fourth")


@dataclass(frozen=True, slots=True)
class Missing:
    """A variable that is not set; `read` is the line that needs it."""

    name: str
    read: Hit | None
    told: Sequence[Source]

    @property
    def value(self) -> str | None:
        """What another place of the repository sets it to, where it may be used here too."""
        return next((source.value for source in self.told if source.value is not None), None)


def missing_variable(question: Question) -> Answer | None:
    """Names the line that reads it, who else sets it, and adds it to the job where its value is known."""
    workflow, job = question.workflow, question.job
    if not workflow or not job or job.uses:
        return None
    told = [name for capture in _CAPTURES if _NAME.fullmatch(name := question.capture(capture))]
    reads = (
        _fields(question, told) if question.capture("settings") else [(name, _read(question, name)) for name in told]
    )
    known = {name.upper() for name in question.environment}
    if not reads or any(name.upper() in known or _is_made(job, name) for name, _ in reads):
        return None
    if question.step is None and any(name in step.env for name, _ in reads for step in job.steps):
        # That may be the very step that failed.
        return None
    missing = [Missing(name, read, sources(question, name)) for name, read in reads]
    if not any(item.read or item.told for item in missing) and not _similar(question, missing[0].name):
        return None
    return _answer(question, workflow, job, missing)


def _is_made(job: Job, name: str) -> bool:
    """Whether a script of the job speaks of the variable, and so may set it itself."""
    return any(re.search(rf"\b{re.escape(name)}\b", step.run) for step in job.steps)


def _read(question: Question, name: str) -> Hit | None:
    """The line of the traceback, or of the settings, that asks for the variable."""
    for path, number in reversed(list(spots(question))):
        lines = question.repo.lines(path)
        if number <= len(lines) and name in lines[number - 1]:
            return Hit(path, number, lines[number - 1])
    quoted = re.compile(rf"[\"']{re.escape(name)}[\"']")
    return next(question.repo.search(quoted, code_files(question)), None)


def spots(question: Question) -> Iterator[tuple[str, int]]:
    """The lines of the repository that the tracebacks of the step pass through, in the order of the log."""
    for line in question.lines:
        found = _SPOT.match(line)
        path = question.path(found["file"] or found["path"]) if found else None
        if found and path:
            yield path, int(found["row"] or found["line"])


def _fields(question: Question, fields: Sequence[str]) -> list[tuple[str, Hit | None]]:
    """The variables that the fields of a pydantic settings class are read from; none where it is not found."""
    places = list(dict.fromkeys([path for path, _ in spots(question)] + code_files(question)))
    for path in places[:8]:
        found = _settings_class(question.repo.text(path) or "", question.capture("settings"))
        if not found:
            continue
        prefix = settings_prefix(found)
        lines = {
            node.target.id: node.lineno
            for node in found.body
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
        }
        if not set(fields) <= set(lines):
            return []
        text = question.repo.lines(path)
        return [(f"{prefix}{field}".upper(), Hit(path, lines[field], text[lines[field] - 1])) for field in fields]
    return []


def _settings_class(text: str, name: str) -> ast.ClassDef | None:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    for node in ast.walk(tree):
        bases = [ast.unparse(base) for base in node.bases] if isinstance(node, ast.ClassDef) else []
        if isinstance(node, ast.ClassDef) and node.name == name and any("Settings" in base for base in bases):
            return node
    return None


def _similar(question: Question, name: str) -> str | None:
    """A variable that the job does set and that is nearly called so."""
    return next(iter(difflib.get_close_matches(name, list(question.environment), n=1, cutoff=_LIKE)), None)


def _answer(question: Question, workflow: Workflow, job: Job, missing: Sequence[Missing]) -> Answer:
    names = _listed([item.name for item in missing])
    read = next((item.read for item in missing if item.read), None)
    them = "them" if len(missing) > 1 else "it"
    by = f"{code_span(read.path)} line {read.line} needs {names}" if read else f"The code needs {names}"
    why = (
        f"{by}, and neither {code_span(workflow.path)} as a whole nor its job {code_span(job.key)} (line {job.line}) "
        f"nor this step sets {them}."
    )
    others = [source for item in missing for source in item.told]
    if others:
        here = [source for source in others if source.is_workflow]
        why += f" {_upper((here or others)[0].where)} does"
        why += "; locally a `.env` made from it does." if not here and ".env" in others[0].path else "."
    similar = _similar(question, missing[0].name)
    if similar and not others:
        line = question.environment[similar].value.line
        why += f" The job sets {code_span(similar)} (line {line}), which is nearly called so."
    return Answer(
        why=why,
        fixes=_fixes(question, workflow, job, missing, similar if not others else None),
        places=(Place(read.path, read.line, f"needs {missing[0].name}"),) if read else (),
        facts={"missing": [item.name for item in missing], "set_by": [f"{item.path}:{item.line}" for item in others]},
    )


def _fixes(
    question: Question, workflow: Workflow, job: Job, missing: Sequence[Missing], similar: str | None
) -> tuple[Fix, ...]:
    values = {item.name: item.value for item in missing}
    names = _listed(list(values))
    patch = _patch(question, workflow, job, {name: value for name, value in values.items() if value is not None})
    if patch and None not in values.values():
        return (Fix(says=f"Set {names} in the job's `env:` as it is set there.", files=(patch,)),)
    secret = [name for name in values if is_secret(name)]
    says = f"Set {names} in the `env:` of the job {code_span(job.key)}"
    if secret:
        entry = f"{secret[0]}: ${{{{ secrets.{secret[0]} }}}}"
        says += f": {code_span(entry)}, with the secret of that name in the repository's settings. For tests alone any "
        says += "value made up for them is better, because runs from forks get no secrets"
    fix = Fix(says=f"{says}.")
    if not similar:
        return (fix,)
    other = Fix(says=f"If {code_span(similar)} is meant, give both the same name.")
    return other, fix


def _patch(question: Question, workflow: Workflow, job: Job, values: dict[str, str]) -> FilePatch | None:
    text = question.repo.text(workflow.path)
    return with_job_environment(workflow.path, text, job, values) if text and values else None


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(code_span, names))


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
