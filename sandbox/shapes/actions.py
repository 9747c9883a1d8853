"""Workflows, runs, jobs and check runs as GitHub shows them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from sandbox.shapes.common import Shape, app, email, minimal_repository, node_id, user
from sandbox.state.actions import Annotation, Artifact, Attempt, CheckRun, Job, Run, Workflow
from sandbox.state.world import Repository, World


def workflow(world: World, repository: Repository, record: Workflow) -> Shape:
    """A workflow file."""
    file_name = record.path.rsplit("/", 1)[-1]
    page = f"{world.url}/{repository.full_name}"
    return {
        "id": record.id,
        "node_id": node_id("Workflow", record.id),
        "name": record.name,
        "path": record.path,
        "state": "active",
        "created_at": repository.created_at,
        "updated_at": repository.created_at,
        "url": f"{world.api}/repos/{repository.full_name}/actions/workflows/{record.id}",
        "html_url": f"{page}/blob/{repository.default_branch}/{quote(record.path)}",
        "badge_url": f"{page}/workflows/{file_name}/badge.svg",
    }


def linked_pulls(world: World, repository: Repository, run: Run) -> list[Shape]:
    """The pull requests that GitHub names with a run: none for forks."""
    if not run.linked:
        return []
    place = {"id": repository.id, "name": repository.name, "url": f"{world.api}/repos/{repository.full_name}"}
    return [
        {
            "id": issue.id,
            "number": issue.number,
            "url": f"{world.api}/repos/{repository.full_name}/pulls/{issue.number}",
            "head": {"ref": issue.pull.head, "sha": issue.pull.head_sha, "repo": place},
            "base": {"ref": issue.pull.base, "sha": issue.pull.base_sha, "repo": place},
        }
        for issue in repository.issues.values()
        if issue.pull
        and issue.state == "open"
        and issue.pull.head == run.head_branch
        and issue.pull.head_repository == repository.id
    ]


def head_commit(repository: Repository, sha: str) -> Shape | None:
    """The commit inside a run."""
    commit = repository.commits.get(sha)
    if commit is None:
        return None
    person = {"name": commit.author, "email": email(commit.author)}
    return {
        "id": commit.sha,
        "tree_id": commit.tree_sha,
        "message": commit.message,
        "timestamp": commit.date,
        "author": person,
        "committer": person,
    }


def run(world: World, repository: Repository, record: Run, attempt: Attempt | None = None) -> Shape:
    """A run at an attempt, the latest if not told."""
    attempt = attempt or record.latest
    head = world.repositories[record.head_repository]
    link = f"{world.api}/repos/{repository.full_name}/actions/runs/{record.id}"
    suite = record.id + 7_000_000
    return {
        "id": record.id,
        "name": record.name,
        "node_id": node_id("WorkflowRun", record.id),
        "check_suite_id": suite,
        "check_suite_node_id": node_id("CheckSuite", suite),
        "head_branch": record.head_branch,
        "head_sha": record.head_sha,
        "path": record.workflow.path,
        "display_title": record.title,
        "run_number": record.number,
        "run_attempt": attempt.number,
        "event": record.event,
        "status": attempt.status,
        "conclusion": attempt.conclusion,
        "workflow_id": record.workflow.id,
        "url": link,
        "html_url": f"{world.url}/{repository.full_name}/actions/runs/{record.id}",
        "pull_requests": linked_pulls(world, repository, record),
        "created_at": record.created_at,
        "updated_at": attempt.updated_at,
        "run_started_at": attempt.started_at,
        "actor": user(world, record.actor),
        "triggering_actor": user(world, attempt.actor),
        "referenced_workflows": [],
        "jobs_url": f"{link}/jobs",
        "logs_url": f"{link}/logs",
        "check_suite_url": f"{world.api}/repos/{repository.full_name}/check-suites/{suite}",
        "artifacts_url": f"{link}/artifacts",
        "cancel_url": f"{link}/cancel",
        "rerun_url": f"{link}/rerun",
        "previous_attempt_url": f"{link}/attempts/{attempt.number - 1}" if attempt.number > 1 else None,
        "workflow_url": f"{world.api}/repos/{repository.full_name}/actions/workflows/{record.workflow.id}",
        "head_commit": head_commit(head, record.head_sha),
        "repository": minimal_repository(world, repository),
        "head_repository": minimal_repository(world, head),
    }


def artifact(world: World, repository: Repository, owner: Run, record: Artifact) -> Shape:
    """An artifact of a run."""
    link = f"{world.api}/repos/{repository.full_name}/actions/artifacts/{record.id}"
    return {
        "id": record.id,
        "node_id": node_id("Artifact", record.id),
        "name": record.name,
        "size_in_bytes": sum(map(len, record.files.values())),
        "url": link,
        "archive_download_url": f"{link}/zip",
        "expired": record.expired,
        "created_at": record.created_at,
        "updated_at": record.created_at,
        "expires_at": "2030-01-01T00:00:00Z",
        "workflow_run": {
            "id": owner.id,
            "repository_id": repository.id,
            "head_repository_id": owner.head_repository,
            "head_branch": owner.head_branch,
            "head_sha": owner.head_sha,
        },
    }


def steps(record: Job) -> list[Shape]:
    """The steps of a job; one that has not begun has no times."""
    return [
        {
            "name": step.name,
            "status": step.status,
            "conclusion": step.conclusion,
            "number": step.number,
            "started_at": None if step.status == "queued" else step.started_at or record.started_at,
            "completed_at": step.completed_at or record.completed_at if step.status == "completed" else None,
        }
        for step in record.steps
    ]


def job(world: World, repository: Repository, owner: Run, attempt: Attempt, record: Job) -> Shape:
    """A job."""
    link = f"{world.api}/repos/{repository.full_name}"
    return {
        "id": record.id,
        "run_id": owner.id,
        "workflow_name": owner.workflow.name,
        "head_branch": owner.head_branch,
        "run_url": f"{link}/actions/runs/{owner.id}",
        "run_attempt": attempt.number,
        "node_id": node_id("CheckRun", record.id),
        "head_sha": owner.head_sha,
        "url": f"{link}/actions/jobs/{record.id}",
        "html_url": f"{world.url}/{repository.full_name}/actions/runs/{owner.id}/job/{record.id}",
        "status": record.status,
        "conclusion": record.conclusion,
        "created_at": record.started_at,
        "started_at": record.started_at,
        "completed_at": record.completed_at,
        "name": record.name,
        "steps": steps(record),
        "check_run_url": f"{link}/check-runs/{record.id}",
        "labels": ["ubuntu-latest"],
        "runner_id": 1,
        "runner_name": "GitHub Actions 1",
        "runner_group_id": 0,
        "runner_group_name": "GitHub Actions",
    }


def check_run(world: World, repository: Repository, record: CheckRun) -> Shape:
    """A check run that the App made."""
    link = f"{world.api}/repos/{repository.full_name}/check-runs/{record.id}"
    page = f"{world.url}/{repository.full_name}/runs/{record.id}"
    return {
        "id": record.id,
        "name": record.name,
        "node_id": node_id("CheckRun", record.id),
        "head_sha": record.head_sha,
        "external_id": record.external_id or "",
        "url": link,
        "html_url": page,
        "details_url": record.details_url or page,
        "status": record.status,
        "conclusion": record.conclusion,
        "started_at": record.started_at,
        "completed_at": record.completed_at,
        "output": output(link, record.title, record.summary, record.text, record.annotations),
        "check_suite": {"id": record.id + 7_000_000},
        "app": app(world),
        "pull_requests": [],
    }


def job_check_run(world: World, repository: Repository, owner: Run, record: Job) -> Shape:
    """The check run that stands for a job."""
    link = f"{world.api}/repos/{repository.full_name}/check-runs/{record.id}"
    shown = CheckRun(record.id, record.name, owner.head_sha, record.status, record.conclusion)
    shown.started_at, shown.completed_at = record.started_at, record.completed_at
    page = f"{world.url}/{repository.full_name}/actions/runs/{owner.id}/job/{record.id}"
    actions = {**app(world), "id": 15368, "slug": "github-actions", "name": "GitHub Actions"}
    return {
        **check_run(world, repository, shown),
        **dict.fromkeys(("html_url", "details_url"), page),
        "output": output(link, None, None, None, record.annotations),
        "app": actions,
    }


def output(link: str, title: str | None, summary: str | None, text: str | None, remarks: list[Annotation]) -> Shape:
    """What a check run says."""
    return {
        "title": title,
        "summary": summary,
        "text": text,
        "annotations_count": len(remarks),
        "annotations_url": f"{link}/annotations",
    }


def annotation(world: World, repository: Repository, sha: str, record: Annotation) -> dict[str, Any]:
    """A remark at a place in the files."""
    return {
        "path": record.path,
        "blob_href": f"{world.url}/{repository.full_name}/blob/{sha}/{quote(record.path)}",
        "start_line": record.start_line,
        "end_line": record.end_line or record.start_line,
        "start_column": None,
        "end_column": None,
        "annotation_level": record.level,
        "title": record.title or "",
        "message": record.message,
        "raw_details": record.raw_details or "",
    }
