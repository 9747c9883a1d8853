"""Workflow runs, attempts, jobs, logs and re-runs."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, jsonify, redirect, request

from sandbox import stage
from sandbox.http import Answer, bearer, listed, needs, world
from sandbox.problems import ApiError, not_found
from sandbox.routes.checks import find_job
from sandbox.shapes import actions as shapes
from sandbox.state.actions import Attempt, Run, Workflow
from sandbox.state.world import Repository

routes = Blueprint("actions", __name__, url_prefix="/repos/<owner>/<repo>/actions")


def find_run(repository: Repository, number: int) -> Run:
    """The run, or 404."""
    found = repository.runs.get(number)
    if found is None:
        raise not_found()
    return found


def find_attempt(run: Run, number: int) -> Attempt:
    """The attempt, or 404."""
    found = next((one for one in run.attempts if one.number == number), None)
    if found is None:
        raise not_found()
    return found


def find_workflow(repository: Repository, name: str) -> Workflow:
    """The workflow by its id or its file's name, or 404."""
    for one in repository.workflows.values():
        if name in (str(one.id), one.path.rsplit("/", 1)[-1]):
            return one
    raise not_found()


def matching(runs: Iterable[Run]) -> list[Run]:
    """The runs that the query's filters leave, newest first."""
    wanted = request.args
    status = wanted.get("status")
    return [
        run
        for run in sorted(runs, key=lambda one: -one.id)
        if wanted.get("branch") in (None, run.head_branch)
        and wanted.get("event") in (None, run.event)
        and wanted.get("head_sha") in (None, run.head_sha)
        and wanted.get("actor") in (None, run.actor)
        and (status is None or status in (run.latest.status, run.latest.conclusion))
    ]


@routes.get("/runs")
@needs("actions:read")
def list_runs(repository: Repository) -> Answer:
    """All runs."""
    found = matching(repository.runs.values())
    return listed(found, lambda run: shapes.run(world(), repository, run), "workflow_runs")


@routes.get("/workflows")
@needs("actions:read")
def list_workflows(repository: Repository) -> Answer:
    """All workflows."""
    found = list(repository.workflows.values())
    return listed(found, lambda one: shapes.workflow(world(), repository, one), "workflows")


@routes.get("/workflows/<workflow_id>")
@needs("actions:read")
def show_workflow(repository: Repository, workflow_id: str) -> Answer:
    """A workflow."""
    return jsonify(shapes.workflow(world(), repository, find_workflow(repository, workflow_id)))


@routes.get("/workflows/<workflow_id>/runs")
@needs("actions:read")
def list_workflow_runs(repository: Repository, workflow_id: str) -> Answer:
    """The runs of a workflow."""
    workflow = find_workflow(repository, workflow_id)
    found = matching(run for run in repository.runs.values() if run.workflow.id == workflow.id)
    return listed(found, lambda run: shapes.run(world(), repository, run), "workflow_runs")


@routes.get("/runs/<int:run_id>")
@needs("actions:read")
def show_run(repository: Repository, run_id: int) -> Answer:
    """A run at its latest attempt."""
    return jsonify(shapes.run(world(), repository, find_run(repository, run_id)))


@routes.get("/runs/<int:run_id>/attempts/<int:attempt_number>")
@needs("actions:read")
def show_attempt(repository: Repository, run_id: int, attempt_number: int) -> Answer:
    """A run at one attempt."""
    run = find_run(repository, run_id)
    return jsonify(shapes.run(world(), repository, run, find_attempt(run, attempt_number)))


@routes.get("/runs/<int:run_id>/jobs")
@needs("actions:read")
def list_latest_jobs(repository: Repository, run_id: int) -> Answer:
    """The jobs of the latest attempt, or of all of them."""
    run = find_run(repository, run_id)
    chosen = run.attempts if request.args.get("filter") == "all" else [run.latest]
    pairs = [(attempt, job) for attempt in chosen for job in attempt.jobs]
    return listed(pairs, lambda pair: shapes.job(world(), repository, run, *pair), "jobs")


@routes.get("/runs/<int:run_id>/attempts/<int:attempt_number>/jobs")
@needs("actions:read")
def list_jobs(repository: Repository, run_id: int, attempt_number: int) -> Answer:
    """The jobs of one attempt."""
    run = find_run(repository, run_id)
    attempt = find_attempt(run, attempt_number)
    return listed(attempt.jobs, lambda job: shapes.job(world(), repository, run, attempt, job), "jobs")


@routes.get("/jobs/<int:job_id>")
@needs("actions:read")
def show_job(repository: Repository, job_id: int) -> Answer:
    """A job."""
    found = find_job(repository, job_id)
    if found is None:
        raise not_found()
    run, job = found
    attempt = run.attempt_of(job)
    return jsonify(shapes.job(world(), repository, run, attempt, job))


@routes.get("/jobs/<int:job_id>/logs")
@needs("actions:read")
def job_log(repository: Repository, job_id: int) -> Answer:
    """The way to a job's log, for a minute."""
    if bearer().token is None:
        raise ApiError(403, "Must have admin rights to Repository.")
    found = find_job(repository, job_id)
    if found is None or found[1].log_state == "absent":
        raise not_found()
    if found[1].log_state == "expired":
        raise ApiError(410, "Server Error")
    return to_logs(f"{repository.id}/jobs/{job_id}.txt")


@routes.get("/runs/<int:run_id>/logs", defaults={"attempt_number": 0})
@routes.get("/runs/<int:run_id>/attempts/<int:attempt_number>/logs")
@needs("actions:read")
def run_logs(repository: Repository, run_id: int, attempt_number: int) -> Answer:
    """The way to the zip of a run's logs, for a minute."""
    if bearer().token is None:
        raise ApiError(403, "Must have admin rights to Repository.")
    run = find_run(repository, run_id)
    attempt = find_attempt(run, attempt_number or run.latest.number)
    if not attempt.jobs or all(job.log_state == "absent" for job in attempt.jobs):
        raise not_found()
    if any(job.log_state == "expired" for job in attempt.jobs):
        raise ApiError(410, "Server Error")
    return to_logs(f"{repository.id}/runs/{run_id}/{attempt.number}.zip")


def to_logs(path: str) -> Answer:
    """302 to the log host, with the signature that its addresses carry."""
    target = f"{world().logs_url}/actions-results/{path}?se=2030-01-01T00%3A00%3A00Z&sig=c2FuZGJveA%3D%3D"
    response = redirect(target, 302)
    response.set_data(b"")
    return response  # type: ignore[return-value]  # Werkzeug's base class is declared, Flask's is given


@routes.get("/runs/<int:run_id>/artifacts")
@needs("actions:read")
def list_artifacts(repository: Repository, run_id: int) -> Answer:
    """What a run has handed in."""
    run = find_run(repository, run_id)
    return listed(run.artifacts, lambda one: shapes.artifact(world(), repository, run, one), "artifacts")


@routes.get("/artifacts/<int:artifact_id>/zip")
@needs("actions:read")
def show_artifact_archive(repository: Repository, artifact_id: int) -> Answer:
    """302 to the archive, 410 when it has expired."""
    found = next((one for run in repository.runs.values() for one in run.artifacts if one.id == artifact_id), None)
    if found is None:
        raise not_found()
    if found.expired:
        raise ApiError(410, "Artifact has expired")
    return to_logs(f"{repository.id}/artifacts/{artifact_id}.zip")


@routes.post("/runs/<int:run_id>/rerun-failed-jobs")
@needs("actions:write")
def rerun_failed_jobs(repository: Repository, run_id: int) -> Answer:
    """A new attempt of the jobs that failed."""
    return rerun(repository, find_run(repository, run_id))


@routes.post("/jobs/<int:job_id>/rerun")
@needs("actions:write")
def rerun_job(repository: Repository, job_id: int) -> Answer:
    """A new attempt of one job."""
    found = find_job(repository, job_id)
    if found is None:
        raise not_found()
    return rerun(repository, found[0])


def rerun(repository: Repository, run: Run) -> Answer:
    """Begin another attempt, unless one is under way."""
    if run.latest.status != "completed":
        raise ApiError(403, "This workflow is already running")
    token = bearer().token
    stage.begin_attempt(world(), repository, run, token.login if token else run.actor)
    return jsonify({}), 201
