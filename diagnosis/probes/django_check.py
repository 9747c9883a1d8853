"""A setting that Django finds empty: where the job's settings module sets it, or that none of its files does."""

from __future__ import annotations

import re
from typing import Final

from diagnosis.patch import inserted
from diagnosis.probes.django_settings import Assignment, Settings, assignments, settings_of
from diagnosis.probes.question import Answer, Question
from diagnosis.probes.workflow_edit import with_job_environment
from diagnosis.report import FilePatch, Fix, Place
from diagnosis.template import code_span

SETTINGS: Final = {"django/static-root-unset": "STATIC_ROOT", "django/secret-key-empty": "SECRET_KEY"}
THROW_AWAY: Final = {"SECRET_KEY": "only-for-tests", "STATIC_ROOT": "staticfiles"}

_BASE_PATH: Final = re.compile(r"^BASE_DIR\s*=\s*Path\(", re.MULTILINE)


def django_check(question: Question) -> Answer | None:
    """Follows the settings module of the step through what it imports whole."""
    name = SETTINGS.get(question.finding.signature or "", "")
    settings = settings_of(question) if name else None
    if settings is None:
        return None
    found = assignments(question, settings, name)
    if not found:
        return _unset(question, settings, name)
    first = found[0]
    if not first.always or any(not other.always and other.path == first.path for other in found):
        return None
    if first.variable:
        return _from_environment(question, settings, name, first)
    return _emptied(settings, name, first) if first.empty else None


def _unset(question: Question, settings: Settings, name: str) -> Answer | None:
    if any(name in (question.repo.text(path) or "") for path in settings.paths):
        # It comes in by a way that is not followed here.
        return None
    read = ", ".join(map(code_span, settings.paths))
    never = "never sets" if len(settings.paths) == 1 else "never set"
    why = f"The job uses {code_span(settings.module)} (told by {settings.by}); {read} {never} {code_span(name)}."
    folder = settings.paths[0].rpartition("/")[0]
    siblings = [
        path
        for path in question.repo.paths
        if path.endswith(".py") and path.rpartition("/")[0] == folder and path not in settings.paths
    ][:4]
    elsewhere = next(
        (hit for hit in question.repo.search(re.compile(rf"^{name}\s*[:=]"), siblings)),
        None,
    )
    if elsewhere:
        why += f" {code_span(elsewhere.path)} line {elsewhere.line} does, but this job does not use that."
    place = Place(settings.paths[0], 1, f"no {name}")
    patch = _static_root(question, settings) if name == "STATIC_ROOT" else None
    says = f"Set {code_span(name)} in the settings that all environments share."
    return Answer(
        why=why,
        fixes=(Fix(says=says, files=(patch,) if patch else ()),),
        places=(place, *((Place(elsewhere.path, elsewhere.line, name),) if elsewhere else ())),
        facts={"settings": settings.module},
    )


def _static_root(question: Question, settings: Settings) -> FilePatch | None:
    """Behind `STATIC_URL`, in the form that the file's own `BASE_DIR` has."""
    for path in settings.paths:
        text = question.repo.text(path) or ""
        line = next((n for n, row in enumerate(text.splitlines(), 1) if re.match(r"STATIC_URL\s*=\s*\S+\s*$", row)), 0)
        if line and _BASE_PATH.search(text):
            return inserted(path, text, line, ['STATIC_ROOT = BASE_DIR / "staticfiles"'])
    return None


def _from_environment(question: Question, settings: Settings, name: str, found: Assignment) -> Answer | None:
    variable, workflow, job = found.variable, question.workflow, question.job
    if workflow is None or job is None or variable in question.environment or _is_made(question, variable):
        return None
    text = question.repo.text(workflow.path)
    value = THROW_AWAY[name]
    patch = with_job_environment(workflow.path, text, job, {variable: value}) if text else None
    where = f"{code_span(found.path)} line {found.line}"
    return Answer(
        why=f"{where} takes {code_span(name)} from {code_span(variable)}, which the job {code_span(job.key)} sets "
        f"nowhere. Locally it comes from your shell or a `.env` file that is not in git.",
        fixes=(
            Fix(
                says=f"Set {code_span(variable)} for the job.",
                consequence="Any value will do for tests and checks; the real one stays out of CI.",
                files=(patch,) if patch else (),
            ),
        ),
        places=(Place(found.path, found.line, f"reads {variable}"), Place(workflow.path, job.line, "does not set it")),
        facts={"variable": variable, "settings": settings.module},
    )


def _is_made(question: Question, variable: str) -> bool:
    """Whether a command of the job sets the variable, or an action that may."""
    job = question.job
    commands = "\n".join(step.run for step in job.steps) if job else ""
    return bool(re.search(rf"\b{re.escape(variable)}=|\.env\b|dotenv", commands))


def _emptied(settings: Settings, name: str, found: Assignment) -> Answer:
    where = f"{code_span(found.path)} line {found.line}"
    return Answer(
        why=f"{where} sets {code_span(name)} to nothing, and the job uses {code_span(settings.module)}.",
        fixes=(Fix(says=f"Give {code_span(name)} a value there."),),
        places=(Place(found.path, found.line, name),),
        facts={"settings": settings.module},
    )
