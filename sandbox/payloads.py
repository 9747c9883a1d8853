"""The webhooks' payloads, written from the state in the shape that GitHub sends."""

from __future__ import annotations

from typing import Any

from sandbox.shapes import actions, issues
from sandbox.shapes.common import app, installation, minimal_repository, node_id, repository, user
from sandbox.state.actions import Attempt, CheckRun, Job, Run
from sandbox.state.conversation import Comment, Issue
from sandbox.state.world import EVENTS, Installation, Repository, World

Payload = dict[str, Any]


def surroundings(world: World, home: Repository, sender: str) -> Payload:
    """What every payload says: the repository, who did it, the installation."""
    shape: Payload = {"repository": repository(world, home), "sender": user(world, sender)}
    installed = world.installation_of(home)
    if installed:
        shape["installation"] = {"id": installed.id, "node_id": node_id("Installation", installed.id)}
    if world.user(home.owner).type == "Organization":
        link = f"{world.api}/orgs/{home.owner}"
        shape["organization"] = {
            "login": home.owner,
            "id": world.user(home.owner).id,
            "node_id": node_id("Organization", world.user(home.owner).id),
            "url": link,
            "avatar_url": f"{world.url}/avatars/u/{world.user(home.owner).id}",
            "description": "",
            **{f"{name}_url": f"{link}/{name}" for name in ("repos", "events", "hooks", "issues")},
            "members_url": f"{link}/members{{/member}}",
            "public_members_url": f"{link}/public_members{{/member}}",
        }
    return shape


def workflow_run(world: World, home: Repository, run: Run, attempt: Attempt, action: str) -> Payload:
    """`workflow_run`: requested, in_progress or completed."""
    shape = actions.run(world, home, run, attempt)
    if action == "requested":
        shape.update(status="queued", conclusion=None)
    return {
        "action": action,
        "workflow_run": {
            **shape,
            "head_repository": minimal_repository(world, world.repositories[run.head_repository]),
        },
        "workflow": actions.workflow(world, home, run.workflow),
        **surroundings(world, home, attempt.actor),
    }


def workflow_job(world: World, home: Repository, run: Run, job: Job, action: str) -> Payload:
    """`workflow_job`: queued, in_progress or completed."""
    attempt = run.attempt_of(job)
    return {
        "action": action,
        "workflow_job": actions.job(world, home, run, attempt, job),
        **surroundings(world, home, attempt.actor),
    }


def pull_request(world: World, home: Repository, issue: Issue, action: str, before: str | None) -> Payload:
    """`pull_request`: opened, synchronize or closed."""
    if issue.pull is None:
        raise ValueError(f"#{issue.number} is no pull request")
    shape: Payload = {
        "action": action,
        "number": issue.number,
        "pull_request": issues.pull_request(world, home, issue, issue.pull),
        **surroundings(world, home, issue.author),
    }
    return {**shape, "before": before, "after": issue.pull.head_sha} if before else shape


def issue_comment(
    world: World, home: Repository, said: tuple[Issue, Comment], action: str, before: str | None
) -> Payload:
    """`issue_comment`: created, edited or deleted."""
    parent, comment = said
    shape: Payload = {
        "action": action,
        "issue": issues.issue(world, home, parent),
        "comment": issues.comment(world, home, parent, comment),
        **surroundings(world, home, comment.author),
    }
    return shape if before is None else {**shape, "changes": {"body": {"from": before}}}


def check_run(world: World, home: Repository, record: CheckRun, sender: str, button: str | None) -> Payload:
    """`check_run`: requested_action with the pressed button's identifier, else rerequested."""
    shape: Payload = {
        "action": "requested_action" if button else "rerequested",
        "check_run": {
            **actions.check_run(world, home, record),
            "check_suite": {"id": record.id + 7_000_000, "head_sha": record.head_sha, "app": app(world)},
        },
        **surroundings(world, home, sender),
    }
    return {**shape, "requested_action": {"identifier": button}} if button else shape


def uninstalled(world: World, installed: Installation) -> Payload:
    """`installation` deleted."""
    return {
        "action": "deleted",
        "installation": installation(world, installed),
        "repositories": [_lost(world.repositories[one]) for one in sorted(installed.repositories)],
        "sender": user(world, installed.account),
    }


def repository_removed(world: World, installed: Installation, home: Repository) -> Payload:
    """`installation_repositories` removed."""
    return {
        "action": "removed",
        "installation": installation(world, installed),
        "repository_selection": "selected",
        "repositories_added": [],
        "repositories_removed": [_lost(home)],
        "requester": None,
        "sender": user(world, installed.account),
    }


def _lost(home: Repository) -> Payload:
    """The short form in which an installation names its repositories."""
    return {
        "id": home.id,
        "node_id": node_id("Repository", home.id),
        "name": home.name,
        "full_name": home.full_name,
        "private": home.private,
    }


def ping(world: World) -> Payload:
    """`ping`, as it comes when the App's webhook is set up."""
    return {
        "zen": "Keep it logically awesome.",
        "hook_id": 1,
        "hook": {
            "type": "App",
            "id": 1,
            "name": "web",
            "active": True,
            "events": EVENTS,
            "config": {"content_type": "json", "insecure_ssl": "0", "secret": "********", "url": world.hook_url or ""},
            "app_id": world.app_id,
            "created_at": "2024-01-01T00:00:00Z",
            "updated_at": "2024-01-01T00:00:00Z",
            "deliveries_url": f"{world.api}/app/hook/deliveries",
        },
    }
