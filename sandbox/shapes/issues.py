"""Issues, labels, comments and pull requests as GitHub shows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from urllib.parse import quote

from sandbox.git import changes
from sandbox.shapes.common import Shape, app, node_id, repository, user
from sandbox.state.conversation import Comment, Issue, Label, Pull, Reaction
from sandbox.state.world import Repository, World

REACTIONS = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")


def reactions(link: str, given: Sequence[Reaction] = ()) -> Shape:
    """How often each reaction was given."""
    counts = Counter(one.content for one in given)
    return {"url": f"{link}/reactions", "total_count": len(given), **{name: counts[name] for name in REACTIONS}}


def association(home: Repository, login: str) -> str:
    """How the author stands to the repository."""
    return "OWNER" if login == home.owner else "COLLABORATOR" if login in home.assignable else "NONE"


def label(world: World, home: Repository, record: Label) -> Shape:
    """A label."""
    return {
        "id": record.id,
        "node_id": node_id("Label", record.id),
        "url": f"{world.api}/repos/{home.full_name}/labels/{quote(record.name)}",
        "name": record.name,
        "color": record.color,
        "default": False,
        "description": record.description,
    }


def issue(world: World, home: Repository, record: Issue) -> Shape:
    """An issue, or a pull request seen as an issue."""
    base = f"{world.api}/repos/{home.full_name}"
    link = f"{base}/issues/{record.number}"
    kind = "pull" if record.pull else "issues"
    page = f"{world.url}/{home.full_name}/{kind}/{record.number}"
    shape = {
        "id": record.id,
        "node_id": node_id("Issue", record.id),
        "url": link,
        "repository_url": base,
        "labels_url": f"{link}/labels{{/name}}",
        "comments_url": f"{link}/comments",
        "events_url": f"{link}/events",
        "timeline_url": f"{link}/timeline",
        "html_url": page,
        "number": record.number,
        "title": record.title,
        "user": user(world, record.author),
        "labels": [label(world, home, home.labels[name.lower()]) for name in record.labels],
        "state": record.state,
        "state_reason": record.state_reason,
        "locked": False,
        "active_lock_reason": None,
        "assignee": user(world, record.assignees[0]) if record.assignees else None,
        "assignees": [user(world, login) for login in record.assignees],
        "milestone": None,
        "comments": len(record.comments),
        "created_at": record.created_at,
        "updated_at": record.updated_at,
        "closed_at": record.closed_at,
        "author_association": association(home, record.author),
        "body": record.body,
        "reactions": reactions(link),
        "performed_via_github_app": app(world) if record.by_app else None,
    }
    if record.pull:
        pulls = f"{base}/pulls/{record.number}"
        shape["pull_request"] = {
            "url": pulls,
            "html_url": page,
            "diff_url": f"{page}.diff",
            "patch_url": f"{page}.patch",
            "merged_at": record.pull.merged_at,
        }
        shape["draft"] = record.pull.draft
    return shape


def comment(world: World, home: Repository, parent: Issue, record: Comment) -> Shape:
    """A comment."""
    base = f"{world.api}/repos/{home.full_name}/issues"
    kind = "pull" if parent.pull else "issues"
    link = f"{base}/comments/{record.id}"
    return {
        "id": record.id,
        "node_id": node_id("IssueComment", record.id),
        "url": link,
        "html_url": f"{world.url}/{home.full_name}/{kind}/{parent.number}#issuecomment-{record.id}",
        "issue_url": f"{base}/{parent.number}",
        "user": user(world, record.author),
        "created_at": record.created_at,
        "updated_at": record.updated_at,
        "author_association": association(home, record.author),
        "body": record.body,
        "reactions": reactions(link, record.reactions),
        "performed_via_github_app": app(world) if record.by_app else None,
    }


def end(world: World, home: Repository | None, branch: str, sha: str) -> Shape:
    """One of the two branches of a pull request; its repository is gone when a fork was deleted."""
    owner = home.owner if home else "unknown"
    return {
        "label": f"{owner}:{branch}",
        "ref": branch,
        "sha": sha,
        "user": user(world, owner),
        "repo": repository(world, home) if home else None,
    }


def simple_pull(world: World, home: Repository, record: Issue, pull: Pull) -> Shape:
    """A pull request as it stands in lists."""
    base = f"{world.api}/repos/{home.full_name}"
    link = f"{base}/pulls/{record.number}"
    page = f"{world.url}/{home.full_name}/pull/{record.number}"
    seen = issue(world, home, record)
    kept = (
        "id", "number", "title", "user", "labels", "state", "locked", "active_lock_reason", "assignee", "assignees",
        "milestone", "created_at", "updated_at", "closed_at", "author_association", "body",
    )  # fmt: skip
    links = {
        "self": link,
        "html": page,
        "issue": f"{base}/issues/{record.number}",
        "comments": f"{base}/issues/{record.number}/comments",
        "review_comments": f"{link}/comments",
        "review_comment": f"{base}/pulls/comments{{/number}}",
        "commits": f"{link}/commits",
        "statuses": f"{base}/statuses/{pull.head_sha}",
    }
    head = world.repositories.get(pull.head_repository) if pull.head_repository else None
    return {
        **{key: seen[key] for key in kept},
        "node_id": node_id("PullRequest", record.id),
        "url": link,
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "issue_url": links["issue"],
        "commits_url": links["commits"],
        "review_comments_url": links["review_comments"],
        "review_comment_url": links["review_comment"],
        "comments_url": links["comments"],
        "statuses_url": links["statuses"],
        "merged_at": pull.merged_at,
        "merge_commit_sha": None,
        "auto_merge": None,
        "draft": pull.draft,
        "requested_reviewers": [],
        "requested_teams": [],
        "head": end(world, head, pull.head, pull.head_sha),
        "base": end(world, home, pull.base, pull.base_sha),
        "_links": {name: {"href": target} for name, target in links.items()},
    }


def pull_request(world: World, home: Repository, record: Issue, pull: Pull) -> Shape:
    """A pull request with its counts."""
    head = home.commits[pull.head_sha]
    changed = changes(home.commits[pull.base_sha].files, head.files)
    return {
        **simple_pull(world, home, record, pull),
        "merged": pull.merged_at is not None,
        "mergeable": True,
        "rebaseable": True,
        "mergeable_state": "unstable",
        "merged_by": None,
        "comments": len(record.comments),
        "review_comments": 0,
        "maintainer_can_modify": False,
        "commits": 1,
        "additions": sum(change.additions for change in changed),
        "deletions": sum(change.deletions for change in changed),
        "changed_files": len(changed),
    }
