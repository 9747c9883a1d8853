"""Commits, trees, blobs, files, branches and comparisons."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, jsonify, request

from sandbox.git import Commit, Entry, blob_sha, changes
from sandbox.http import Answer, needs, world
from sandbox.problems import ApiError, not_found
from sandbox.shapes import contents as shapes
from sandbox.state.world import Repository

routes = Blueprint("contents", __name__, url_prefix="/repos/<owner>/<repo>")


def find_commit(repository: Repository, ref: str) -> Commit:
    """The commit that a ref names, or GitHub's own refusal."""
    found = repository.commit(ref)
    if found is None:
        raise ApiError(422, f"No commit found for SHA: {ref}")
    return found


@routes.get("/commits/<path:ref>")
@needs("contents:read")
def show_commit(repository: Repository, ref: str) -> Answer:
    """A commit with what it changed."""
    return jsonify(shapes.commit(world(), repository, find_commit(repository, ref), with_files=True))


@routes.get("/branches/<path:branch>")
@needs("contents:read")
def show_branch(repository: Repository, branch: str) -> Answer:
    """A branch and its head."""
    if branch not in repository.branches:
        raise ApiError(404, "Branch not found")
    link = f"{world().api}/repos/{repository.full_name}/branches/{quote(branch)}"
    checks = repository.protected_checks if branch == repository.default_branch else []
    required = {"checks": [{"context": name, "app_id": None} for name in checks], "contexts": checks}
    level = {"enforcement_level": "non_admins" if checks else "off"}
    return jsonify(
        {
            "name": branch,
            "commit": shapes.commit(world(), repository, repository.commits[repository.branches[branch]]),
            "_links": {"self": link, "html": f"{world().url}/{repository.full_name}/tree/{quote(branch)}"},
            "protected": bool(checks or repository.required_checks),
            "protection": {"enabled": bool(checks), "required_status_checks": {**required, **level}},
            "protection_url": f"{link}/protection",
        }
    )


@routes.get("/contents/", defaults={"path": ""})
@routes.get("/contents/<path:path>")
@needs("contents:read")
def show_contents(repository: Repository, path: str) -> Answer:
    """A file, or what a folder holds."""
    ref = request.args.get("ref", repository.default_branch)
    found = repository.commit(ref)
    if found is None:
        raise ApiError(404, f"No commit found for the ref {ref}")
    path = path.strip("/")
    if path in found.files:
        content = found.files[path]
        entry = Entry(path, blob_sha(content), len(content))
        return jsonify(shapes.file(world(), repository, ref, entry, content))
    entries = found.entries(path)
    if not entries:
        raise not_found()
    return jsonify([shapes.entry_shape(world(), repository, ref, entry) for entry in entries])


@routes.get("/git/trees/<path:tree_sha>")
@needs("contents:read")
def show_tree(repository: Repository, tree_sha: str) -> Answer:
    """The tree of a commit, a branch, or a tree's own name."""
    found = repository.commit(tree_sha)
    if found is None:
        found = next((one for one in repository.commits.values() if one.tree_sha == tree_sha), None)
    if found is None:
        raise not_found()
    entries = found.entries(recursive="recursive" in request.args)
    return jsonify(shapes.tree(world(), repository, found.tree_sha, entries))


@routes.get("/git/blobs/<file_sha>")
@needs("contents:read")
def show_blob(repository: Repository, file_sha: str) -> Answer:
    """A file by git's name for its content."""
    for commit in repository.commits.values():
        for content in commit.files.values():
            if blob_sha(content) == file_sha:
                return jsonify(shapes.blob(world(), repository, file_sha, content))
    raise not_found()


@routes.get("/compare/<path:basehead>")
@needs("contents:read")
def compare(repository: Repository, basehead: str) -> Answer:
    """What lies between two commits."""
    base_ref, _, head_ref = basehead.partition("...")
    base, head = repository.commit(base_ref), repository.commit(head_ref.rsplit(":", 1)[-1])
    if base is None or head is None:
        raise not_found()
    ours, theirs = ancestry(repository, head), ancestry(repository, base)
    ahead, behind = [one for one in ours if one not in theirs], [one for one in theirs if one not in ours]
    common = next((one for one in ours if one in theirs), base.sha)
    state = "diverged" if ahead and behind else "ahead" if ahead else "behind" if behind else "identical"
    page = f"{world().url}/{repository.full_name}/compare/{quote(basehead)}"
    changed = changes(repository.commits[common].files, head.files)
    return jsonify(
        {
            "url": f"{world().api}/repos/{repository.full_name}/compare/{quote(basehead)}",
            **{f"{kind}_url": page for kind in ("html", "permalink", "diff", "patch")},
            "base_commit": shapes.commit(world(), repository, base),
            "merge_base_commit": shapes.commit(world(), repository, repository.commits[common]),
            "status": state,
            "ahead_by": len(ahead),
            "behind_by": len(behind),
            "total_commits": len(ahead),
            "commits": [shapes.commit(world(), repository, repository.commits[one]) for one in reversed(ahead)],
            "files": [shapes.diff_entry(world(), repository, head.sha, change) for change in changed],
        }
    )


def ancestry(repository: Repository, commit: Commit) -> list[str]:
    """The commit and all that came before it, newest first."""
    found: list[str] = []
    waiting = [commit.sha]
    while waiting:
        sha = waiting.pop(0)
        if sha not in found:
            found.append(sha)
            waiting += repository.commits[sha].parents
    return found
