"""Reviews and their comments as GitHub shows them."""

from __future__ import annotations

from sandbox.shapes.common import Shape, node_id, user
from sandbox.shapes.issues import association
from sandbox.state.conversation import Issue, Review, ReviewComment
from sandbox.state.world import Repository, World

STATES = {"COMMENT": "COMMENTED", "APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED"}


def review(world: World, home: Repository, record: Issue, one: Review) -> Shape:
    """A review; GitHub does not tell the App through which it was submitted."""
    pull = f"{world.api}/repos/{home.full_name}/pulls/{record.number}"
    page = f"{world.url}/{home.full_name}/pull/{record.number}#pullrequestreview-{one.id}"
    return {
        "id": one.id,
        "node_id": node_id("PullRequestReview", one.id),
        "user": user(world, one.author),
        "body": one.body,
        "state": STATES.get(one.event, "PENDING"),
        "html_url": page,
        "pull_request_url": pull,
        "author_association": association(home, one.author),
        "_links": {"html": {"href": page}, "pull_request": {"href": pull}},
        "submitted_at": one.submitted_at,
        "commit_id": one.commit_id,
    }


def review_comment(world: World, home: Repository, record: Issue, of: Review, one: ReviewComment) -> Shape:
    """A comment at lines of the diff."""
    base = f"{world.api}/repos/{home.full_name}/pulls"
    link, pull = f"{base}/comments/{one.id}", f"{base}/{record.number}"
    page = f"{world.url}/{home.full_name}/pull/{record.number}#discussion_r{one.id}"
    return {
        "url": link,
        "pull_request_review_id": of.id,
        "id": one.id,
        "node_id": node_id("PullRequestReviewComment", one.id),
        "diff_hunk": "",
        "path": one.path,
        "commit_id": of.commit_id,
        "original_commit_id": of.commit_id,
        "user": user(world, of.author),
        "body": one.body,
        "created_at": of.submitted_at,
        "updated_at": of.submitted_at,
        "html_url": page,
        "pull_request_url": pull,
        "author_association": association(home, of.author),
        "_links": {"self": {"href": link}, "html": {"href": page}, "pull_request": {"href": pull}},
        "start_line": one.start_line,
        "start_side": "RIGHT" if one.start_line else None,
        "line": one.line,
        "side": "RIGHT",
        "subject_type": "line",
    }
