"""Check runs and their annotations."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, request

from sandbox.http import Answer, bearer, body, grown, listed, needs, world
from sandbox.problems import forbidden, invalid, not_found
from sandbox.shapes import actions
from sandbox.state.actions import Annotation, CheckRun, Job, Run
from sandbox.state.times import now
from sandbox.state.world import Repository

routes = Blueprint("checks", __name__, url_prefix="/repos/<owner>/<repo>")


def find_job(repository: Repository, number: int) -> tuple[Run, Job] | None:
    """The job whose check run has that id."""
    for run in repository.runs.values():
        for attempt in run.attempts:
            for job in attempt.jobs:
                if job.id == number:
                    return run, job
    return None


@routes.post("/check-runs")
@needs("checks:write")
def create(repository: Repository) -> Answer:
    """A new check run of the App."""
    wanted = body()
    if not wanted.get("name"):
        raise invalid("CheckRun", "name", "missing_field")
    if wanted.get("head_sha") not in repository.commits:
        raise invalid("CheckRun", "head_sha", "invalid", wanted.get("head_sha"))
    record = CheckRun(world().next_id(), wanted["name"], wanted["head_sha"])
    update(record, wanted)
    repository.check_runs[record.id] = record
    return jsonify(actions.check_run(world(), repository, record)), 201


@routes.patch("/check-runs/<int:check_run_id>")
@needs("checks:write")
def edit(repository: Repository, check_run_id: int) -> Answer:
    """Change a check run; annotations are added to those that stand."""
    record = repository.check_runs.get(check_run_id)
    if record is None:
        raise forbidden() if find_job(repository, check_run_id) and bearer().token else not_found()
    update(record, body())
    return jsonify(actions.check_run(world(), repository, record))


def update(record: CheckRun, wanted: dict[str, Any]) -> None:
    """Take over what a body says."""
    for name in ("name", "status", "conclusion", "details_url", "external_id", "started_at", "completed_at"):
        if name in wanted:
            setattr(record, name, wanted[name])
    if record.conclusion:
        record.status, record.completed_at = "completed", record.completed_at or now()
    record.suite_queued = False
    record.actions = wanted.get("actions", record.actions)
    output = wanted.get("output", {})
    if not all(is_taken(remark) for remark in output.get("annotations", [])):
        raise invalid("CheckRun", "annotations", "invalid")
    for name in ("title", "summary", "text"):
        if name in output:
            setattr(record, name, output[name])
    for remark in output.get("annotations", []):
        record.annotations.append(
            Annotation(
                remark["path"],
                remark["start_line"],
                remark["message"],
                remark["annotation_level"],
                remark["end_line"],
                remark.get("title"),
                remark.get("raw_details"),
            )
        )


def is_taken(remark: dict[str, Any]) -> bool:
    """Whether GitHub takes this annotation: at lines that a file can have, and within its lengths."""
    lengths = {"message": 64 << 10, "raw_details": 64 << 10, "title": 255}
    fits = all(len(remark.get(name) or "") <= most for name, most in lengths.items())
    return fits and bool(remark["path"] and remark["message"]) and 1 <= remark["start_line"] <= remark["end_line"]


@routes.get("/check-runs/<int:check_run_id>")
@needs("checks:read")
def show(repository: Repository, check_run_id: int) -> Answer:
    """A check run: one of the App's, or the one of a job."""
    record = repository.check_runs.get(check_run_id)
    if record:
        return jsonify(actions.check_run(world(), repository, record))
    found = find_job(repository, check_run_id)
    if found is None:
        raise not_found()
    return jsonify(actions.job_check_run(world(), repository, *found))


@routes.get("/check-runs/<int:check_run_id>/annotations")
@needs("checks:read")
def list_annotations(repository: Repository, check_run_id: int) -> Answer:
    """The remarks of a check run."""
    own, found = repository.check_runs.get(check_run_id), find_job(repository, check_run_id)
    if own:
        sha, remarks = own.head_sha, own.annotations
    elif found:
        sha, remarks = found[0].head_sha, found[1].annotations
    else:
        raise not_found()
    return listed(remarks, lambda one: actions.annotation(world(), repository, sha, one))


@routes.get("/commits/<ref>/check-runs")
@needs("checks:read")
def list_for_commit(repository: Repository, ref: str) -> Answer:
    """The check runs of a commit, the jobs' and the App's: of those of one name the newest, unless all are wanted."""
    found = repository.commit(ref)
    if found is None:
        raise not_found()
    jobs = [
        actions.job_check_run(world(), repository, run, job)
        for run in repository.runs.values()
        if run.head_sha == found.sha
        for job in run.latest.jobs
    ]
    own = [
        actions.check_run(world(), repository, record)
        for record in grown(list(repository.check_runs.values()))
        if record.head_sha == found.sha
    ]
    wanted = request.args
    shapes = [
        shape
        for shape in [*own, *jobs]
        if wanted.get("check_name") in (None, shape["name"]) and wanted.get("app_id") in (None, str(shape["app"]["id"]))
    ]
    if wanted.get("filter") != "all":
        shapes = list({(shape["app"]["id"], shape["name"]): shape for shape in shapes}.values())
    return listed(shapes, lambda shape: shape, "check_runs")
