"""An artifact that is not there: the job that should have uploaded it, and what keeps the two apart."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from diagnosis.patch import indent, inserted, replaced
from diagnosis.probes.question import Answer, Question
from diagnosis.report import FilePatch, Fix, Place
from diagnosis.template import code_span
from diagnosis.workflow import Job, Step, Workflow

DEFAULT_NAME = "artifact"
_EXPRESSION = re.compile(r"\$\{\{.*?\}\}")
_WHATEVER = re.compile(r"always\s*\(|failure\s*\(|cancelled\s*\(")


@dataclass(frozen=True, slots=True)
class _Upload:
    job: Job
    step: Step
    name: str


def upstream_job(question: Question) -> Answer | None:
    """Compares the wanted name with what the workflow's jobs upload, and the order of the jobs with it."""
    workflow, job, wanted = question.workflow, question.job, question.capture("artifact")
    if workflow is None or job is None or not wanted or _of_another_run(question.step):
        return None
    uploads = list(_uploads(workflow))
    same = [upload for upload in uploads if _may_be(upload.name, wanted)]
    if len({upload.job.key for upload in same}) > 1:
        return None
    if same:
        return _unordered(question, workflow, job, same[0]) or _not_uploaded(workflow, job, same[0])
    if any(other.uses for other in workflow.jobs) or job.uses:
        return None
    return _misnamed(question, workflow, uploads, wanted)


def _of_another_run(step: Step | None) -> bool:
    return bool(step and {"run-id", "run_id", "workflow", "repository"} & set(step.inputs))


def _uploads(workflow: Workflow) -> Iterator[_Upload]:
    for job in workflow.jobs:
        for step in job.steps:
            if step.uses.partition("@")[0] == "actions/upload-artifact":
                yield _Upload(job, step, step.inputs["name"].text if "name" in step.inputs else DEFAULT_NAME)


def _may_be(written: str, wanted: str) -> bool:
    parts = _EXPRESSION.split(written)
    return bool(re.fullmatch(".+".join(map(re.escape, parts)), wanted)) and any(len(part) > 1 for part in parts)


def _waits_for(workflow: Workflow, job: Job) -> set[str]:
    jobs = {other.key: other for other in workflow.jobs}
    seen: set[str] = set()
    ahead = list(job.needs)
    while ahead:
        key = ahead.pop()
        if key not in seen:
            seen.add(key)
            ahead += jobs[key].needs if key in jobs else ()
    return seen


def _told(workflow: Workflow, upload: _Upload) -> str:
    where = f"{code_span(workflow.path)} line {upload.step.uses_line}"
    return f"job {code_span(upload.job.key)} uploads {code_span(upload.name)} in {where}"


def _unordered(question: Question, workflow: Workflow, job: Job, upload: _Upload) -> Answer | None:
    """Nothing makes the one job wait for the other."""
    if upload.job.key == job.key or upload.job.key in _waits_for(workflow, job):
        return None
    text = question.repo.text(workflow.path)
    lines = text.splitlines() if text else []
    patches: tuple[FilePatch, ...] = ()
    if text and not job.needs and job.steps_line:
        blanks = indent(lines[job.steps_line - 1])
        patches = (inserted(workflow.path, text, job.steps_line - 1, [f"{blanks}needs: {upload.job.key}"]),)
    return Answer(
        why=f"The {_told(workflow, upload)}, and job {code_span(job.key)} does not wait for it: "
        f"its `needs` does not lead there, so both run at once.",
        fixes=(Fix(says=f"Let {code_span(job.key)} wait: `needs:` with {code_span(upload.job.key)}.", files=patches),),
        places=(
            Place(workflow.path, job.line, "does not wait"),
            Place(workflow.path, upload.step.uses_line, "uploads"),
        ),
        facts={"upstream": upload.job.key},
    )


def _not_uploaded(workflow: Workflow, job: Job, upload: _Upload) -> Answer | None:
    """The job waits, so the upload did not happen: which of the two can be told from the conditions."""
    if upload.job.key == job.key:
        return None
    place = Place(workflow.path, upload.step.uses_line, "uploads")
    key = code_span(upload.job.key)
    if _WHATEVER.search(job.condition):
        return Answer(
            title=f"Artifact {code_span(upload.name)} is missing: job {key} has not uploaded it",
            why=f"The {_told(workflow, upload)}; this job runs whatever "
            f"became of it (`if:` {code_span(job.condition)}). "
            f"Look at {key} first: it failed, was skipped, or its upload found no files.",
            fixes=(
                Fix(says=f"Mend {key}; this job needs nothing of its own."),
                Fix(
                    says=(
                        f"Download only if {key} succeeded: "
                        f"{code_span(f'needs.{upload.job.key}.result == ' + repr('success'))}."
                    )
                ),
            ),
            places=(place,),
            facts={"upstream": upload.job.key},
        )
    strict = upload.step.inputs.get("if-no-files-found")
    if upload.step.condition or upload.job.condition or (strict and strict.text == "error"):
        return None
    return Answer(
        why=f"The {_told(workflow, upload)}, and this job waits for it, but an upload that finds no files only warns.",
        fixes=(
            Fix(
                says="Look for `No files were found` in that step, correct its `path:`, and set "
                f"`if-no-files-found: error` there, so that {key} fails instead of this job."
            ),
        ),
        places=(place,),
        facts={"upstream": upload.job.key},
    )


def _misnamed(question: Question, workflow: Workflow, uploads: list[_Upload], wanted: str) -> Answer | None:
    """No job uploads the name: the nearest that one does."""
    plain = {upload.name: upload for upload in uploads if "${{" not in upload.name}
    alike = difflib.get_close_matches(wanted, plain, 1, 0.6) or (list(plain) if len(uploads) == 1 else [])
    spread = [upload for upload in uploads if "${{" in upload.name and upload.name.startswith(f"{wanted}-")]
    if spread:
        upload = spread[0]
        pattern = code_span(f"pattern: {wanted}-*")
        why = (
            f"The {_told(workflow, upload)}: one artifact for each job "
            f"of its matrix, and none is called {code_span(wanted)}."
        )
        fix = Fix(says=f"Download with {pattern} and `merge-multiple: true` in place of `name:`.")
        return Answer(why=why, fixes=(fix,), places=(Place(workflow.path, upload.step.uses_line, upload.name),))
    if not alike:
        return None
    upload = plain[alike[0]]
    value = question.step.inputs.get("name") if question.step else None
    text = question.repo.text(workflow.path)
    patches: tuple[FilePatch, ...] = ()
    if text and value and value.text == wanted:
        line = text.splitlines()[value.line - 1]
        start = value.column - 1
        patches = (
            replaced(workflow.path, text, {value.line: [line[:start] + line[start:].replace(wanted, upload.name, 1)]}),
        )
    return Answer(
        why=f"No job uploads {code_span(wanted)}: the {_told(workflow, upload)}.",
        fixes=(Fix(says=f"Ask for {code_span(upload.name)}, or upload under the other name.", files=patches),),
        places=(Place(workflow.path, upload.step.uses_line, upload.name),),
        facts={"uploaded": upload.name},
    )
