"""Workflow runs and their jobs, as GitHub tells them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote

from bot.case import Job, Run, Step
from bot.github.client import Client
from bot.github.errors import ForbiddenError, InvalidError, NotFoundError

MOST_JOB_PAGES: Final = 10
"""A matrix has at most 256 jobs, a run a few of those."""


def latest(client: Client, run: int) -> Run:
    """The run in its newest attempt."""
    return _named(client, _run(client.get(f"/actions/runs/{run}"), client.repository.id))


def attempt(client: Client, run: int, number: int) -> Run:
    """The run in this attempt."""
    return _named(client, _run(client.get(f"/actions/runs/{run}/attempts/{number}"), client.repository.id))


def recent(client: Client, workflow: int, branch: str, most: int = 20) -> tuple[Run, ...]:
    """The finished runs of a workflow for pushes to a branch, the newest first."""
    path = f"/actions/workflows/{workflow}/runs"
    data = client.get(path, branch=branch, event="push", status="completed", per_page=most)
    return tuple(_run(item, client.repository.id) for item in data["workflow_runs"])


def workflows(client: Client) -> tuple[tuple[int, str], ...]:
    """The id and the name of each of the repository's workflows."""
    listed = client.pages("/actions/workflows", "workflows", most=2)
    return tuple((data["id"], data["name"]) for data in listed if data["state"] != "deleted")


def of_commit(client: Client, sha: str) -> tuple[Run, ...]:
    """The runs of a commit, of each workflow and event the newest, in its newest attempt."""
    newest: dict[tuple[int, str], Run] = {}
    for data in client.get("/actions/runs", head_sha=sha, per_page=100)["workflow_runs"]:
        run = _run(data, client.repository.id)
        known = newest.get((run.workflow_id, run.event))
        if known is None or run.id > known.id:
            newest[run.workflow_id, run.event] = run
    return tuple(newest.values())


def ended(client: Client, page: int, most: int = 100) -> tuple[Run, ...]:
    """A page of the repository's finished runs of all workflows, each in its newest attempt, the newest first."""
    data = client.get("/actions/runs", status="completed", per_page=most, page=page)
    return tuple(_run(item, client.repository.id) for item in data["workflow_runs"])


def jobs(client: Client, run: Run) -> tuple[Job, ...]:
    """The jobs of the run's attempt; none for a workflow file that GitHub could not read."""
    path = f"/actions/runs/{run.id}/attempts/{run.attempt}/jobs"
    return tuple(_job(data) for data in client.pages(path, "jobs", MOST_JOB_PAGES))


def rerun_failed(client: Client, run: Run) -> None:
    """Begin the run's next attempt, with the jobs that failed and those that wait for them.

    GitHub refuses (403) while an attempt is under way, and for runs of more than 30 days ago.
    """
    client.write("POST", f"/actions/runs/{run.id}/rerun-failed-jobs")


def head(client: Client, branch: str) -> str | None:
    """The newest commit of a branch of the repository; None where there is no such branch."""
    try:
        return str(client.get(f"/branches/{quote(branch)}")["commit"]["sha"])
    except NotFoundError:
        return None


def author(client: Client, sha: str) -> str | None:
    """The login of the commit's author; None when GitHub knows no account for the address in the commit."""
    try:
        commit = client.get(f"/commits/{sha}")
    except (ForbiddenError, NotFoundError, InvalidError):
        return None
    return _login(commit.get("author"))


def _run(data: dict[str, Any], repository: int) -> Run:
    commit = data.get("head_commit") or {}
    return Run(
        id=data["id"],
        attempt=data.get("run_attempt") or 1,
        workflow_id=data["workflow_id"],
        workflow_name=data.get("name") or data.get("path") or "",
        workflow_path=_path(data),
        event=data["event"],
        status=data.get("status") or "",
        conclusion=data.get("conclusion"),
        head_sha=data["head_sha"],
        head_branch=data.get("head_branch") or "",
        head_repository=(data.get("head_repository") or {}).get("full_name") or "",
        author=None,
        actor=_login(data.get("triggering_actor")) or _login(data.get("actor")) or "",
        html_url=data["html_url"],
        title=data.get("display_title") or "",
        commit_title=str(commit.get("message") or "").partition("\n")[0],
        commit_author=(commit.get("author") or {}).get("name") or "",
        pull_requests=_numbers(data, repository),
        updated_at=data.get("updated_at") or "",
        created_at=data.get("created_at") or "",
    )


def _named(client: Client, run: Run) -> Run:
    """The run with its workflow's name, in whose place GitHub may tell its `run-name`: another one in each run."""
    if run.workflow_name != run.title:
        return run
    try:
        workflow = client.get(f"/actions/workflows/{run.workflow_id}")
    except (ForbiddenError, NotFoundError):
        # One that the organisation's rules ask for is not shown to who only sees this repository.
        return run
    return replace(run, workflow_name=workflow["name"] or run.workflow_name)


def _path(data: dict[str, Any]) -> str:
    """The workflow's file. GitHub puts `@REF` behind it for files that another repository or branch supplies."""
    return str(data.get("path") or "").split("@", 1)[0]


def _numbers(data: dict[str, Any], repository: int) -> tuple[int, ...]:
    """The run's pull requests into this repository; GitHub also lists those that the branch has elsewhere."""
    found = data.get("pull_requests") or []
    return tuple(item["number"] for item in found if item["base"]["repo"]["id"] == repository)


def _job(data: dict[str, Any]) -> Job:
    return Job(
        id=data["id"],
        name=data["name"],
        status=data["status"],
        conclusion=data.get("conclusion"),
        html_url=data.get("html_url") or "",
        steps=tuple(_step(item) for item in data.get("steps") or []),
        started_at=data.get("started_at"),
        completed_at=data.get("completed_at"),
    )


def _step(data: dict[str, Any]) -> Step:
    return Step(
        number=data["number"],
        name=data["name"],
        status=data["status"],
        conclusion=data.get("conclusion"),
        started_at=data.get("started_at"),
        completed_at=data.get("completed_at"),
    )


def _login(account: dict[str, Any] | None) -> str | None:
    return account.get("login") if account else None
