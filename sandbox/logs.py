"""The log host: another host name than the API's, which refuses credentials as the blob store does."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from flask import Flask, Response, request

from sandbox.faults import Faults
from sandbox.middleware import Recorder, install
from sandbox.state.actions import Artifact, Attempt, Job, Run
from sandbox.state.world import Repository, World

BLOB_NOT_FOUND = (
    '\ufeff<?xml version="1.0" encoding="utf-8"?><Error><Code>BlobNotFound</Code>'
    "<Message>The specified blob does not exist.</Message></Error>"
)
REFUSED = (
    '\ufeff<?xml version="1.0" encoding="utf-8"?><Error><Code>InvalidAuthenticationInfo</Code>'
    "<Message>Authentication information is not given in the correct format.</Message></Error>"
)


def create(world: World, faults: Faults, recorder: Recorder) -> Flask:
    """The log host's application."""
    app = Flask("sandbox.logs")
    install(app, faults, recorder, host="logs")

    @app.get("/actions-results/<int:repository>/jobs/<int:job>.txt")
    def job_log(repository: int, job: int) -> Response:
        """The text of a job, with the byte order mark that GitHub's logs begin with."""
        with world.lock:
            found = find_job(world.repositories.get(repository), job)
        if "Authorization" in request.headers:
            return xml(REFUSED, 400)
        if found is None or found.log_state != "available":
            return xml(BLOB_NOT_FOUND, 404)
        return Response(b"\xef\xbb\xbf" + found.log, content_type="text/plain")

    @app.get("/actions-results/<int:repository>/runs/<int:run>/<int:attempt>.zip")
    def run_zip(repository: int, run: int, attempt: int) -> Response:
        """The logs of all jobs of an attempt."""
        with world.lock:
            found = find_attempt(world.repositories.get(repository), run, attempt)
        if "Authorization" in request.headers:
            return xml(REFUSED, 400)
        if found is None or not any(job.log_state == "available" for job in found.jobs):
            return xml(BLOB_NOT_FOUND, 404)
        return Response(zipped(found), content_type="application/zip")

    @app.get("/actions-results/<int:repository>/artifacts/<int:artifact>.zip")
    def artifact_zip(repository: int, artifact: int) -> Response:
        """What a run has handed in under one name."""
        with world.lock:
            found = find_artifact(world.repositories.get(repository), artifact)
        if "Authorization" in request.headers:
            return xml(REFUSED, 400)
        if found is None:
            return xml(BLOB_NOT_FOUND, 404)
        return Response(packed(found.files), content_type="application/zip")

    return app


def xml(text: str, status: int) -> Response:
    """An answer of the blob store."""
    return Response(text, status, content_type="application/xml")


def find_job(repository: Repository | None, number: int) -> Job | None:
    """The job of that id."""
    runs = repository.runs.values() if repository else ()
    jobs = (job for run in runs for attempt in run.attempts for job in attempt.jobs)
    return next((job for job in jobs if job.id == number), None)


def find_attempt(repository: Repository | None, run_id: int, number: int) -> Attempt | None:
    """The attempt of that number."""
    run: Run | None = repository.runs.get(run_id) if repository else None
    return next((one for one in run.attempts if one.number == number), None) if run else None


def find_artifact(repository: Repository | None, number: int) -> Artifact | None:
    """The artifact of that id."""
    runs = repository.runs.values() if repository else ()
    return next((one for run in runs for one in run.artifacts if one.id == number), None)


def zipped(attempt: Attempt) -> bytes:
    """The archive: one file a job at the top, numbered from nought."""
    return packed(
        {
            f"{place}_{job.name.replace('/', '')}.txt": b"\xef\xbb\xbf" + job.log
            for place, job in enumerate(attempt.jobs)
            if job.log_state == "available"
        }
    )


def packed(files: Mapping[str, bytes]) -> bytes:
    """A zip of these files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return target.getvalue()
