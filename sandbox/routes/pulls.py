"""Pull requests, and the rules of their base branches."""

from __future__ import annotations

from flask import Blueprint, jsonify, request

from sandbox.git import changes
from sandbox.http import Answer, listed, needs, world
from sandbox.problems import not_found
from sandbox.shapes import contents, issues
from sandbox.state.conversation import Issue, Pull
from sandbox.state.world import Repository

routes = Blueprint("pulls", __name__, url_prefix="/repos/<owner>/<repo>")
Pair = tuple[Issue, Pull]


def find(repository: Repository, number: int) -> Pair:
    """The pull request of that number, or 404."""
    record = repository.issues.get(number)
    if record is None or record.pull is None:
        raise not_found()
    return record, record.pull


def head_label(pull: Pull) -> str:
    """`OWNER:BRANCH` of where the changes come from."""
    head = world().repositories.get(pull.head_repository) if pull.head_repository else None
    return f"{head.owner if head else 'unknown'}:{pull.head}"


@routes.get("/pulls")
@needs("pull_requests:read")
def list_pulls(repository: Repository) -> Answer:
    """Pull requests, newest first, by state, head and base."""
    state, head, base = request.args.get("state", "open"), request.args.get("head"), request.args.get("base")
    found = [
        (issue, issue.pull)
        for issue in sorted(repository.issues.values(), key=lambda one: -one.number)
        if issue.pull
        and state in ("all", issue.state)
        # GitHub ignores a head without its owner, and answers with every pull request.
        and (not head or ":" not in head or head == head_label(issue.pull))
        and base in (None, issue.pull.base)
    ]
    return listed(found, lambda pair: issues.simple_pull(world(), repository, *pair))


@routes.get("/pulls/<int:pull_number>")
@needs("pull_requests:read")
def show_pull(repository: Repository, pull_number: int) -> Answer:
    """A pull request."""
    return jsonify(issues.pull_request(world(), repository, *find(repository, pull_number)))


@routes.get("/pulls/<int:pull_number>/files")
@needs("pull_requests:read")
def list_files(repository: Repository, pull_number: int) -> Answer:
    """What the pull request changes."""
    _, pull = find(repository, pull_number)
    before, after = repository.commits[pull.base_sha], repository.commits[pull.head_sha]
    changed = changes(before.files, after.files)
    return listed(changed, lambda one: contents.diff_entry(world(), repository, after.sha, one))


@routes.get("/rules/branches/<path:branch>")
@needs("metadata:read")
def branch_rules(repository: Repository, branch: str) -> Answer:
    """Which checks must pass before a merge into the default branch."""
    if branch != repository.default_branch or not repository.required_checks:
        return jsonify([])
    parameters = {
        "required_status_checks": [{"context": name} for name in repository.required_checks],
        "strict_required_status_checks_policy": False,
    }
    source = {"ruleset_source_type": "Repository", "ruleset_source": repository.full_name, "ruleset_id": 1}
    return jsonify([{"type": "required_status_checks", "parameters": parameters, **source}])
