"""The pull requests that a run belongs to, forks and merge queues included."""

from __future__ import annotations

from typing import Any, Final

from bot.case import QUEUE, PullRequest, Run
from bot.github.client import Client
from bot.github.errors import NotFoundError

FOR_PULL_REQUESTS: Final = frozenset(
    {"pull_request", "pull_request_target", "pull_request_review", "pull_request_review_comment", "merge_group"}
)
"""Events whose runs belong to a pull request, whether or not it can be found."""


def find(client: Client, run: Run) -> tuple[PullRequest, ...]:
    """The pull requests that this run may be about: open ones if there are any. More than one is ambiguous.

    One may have moved on from the run's commit: the caller compares. Of a fork's, only one at that commit is taken:
    nothing but the branch's name ties it to the run.
    """
    numbers = _named(client, run)
    if numbers:
        found = tuple(item for item in (get(client, number) for number in numbers) if item)
    elif _may_have_one(client, run):
        found = _by_branch(client, run)
    else:
        found = ()
    at_commit = tuple(item for item in found if item.head_sha == run.head_sha) or found
    return tuple(item for item in at_commit if item.state == "open") or at_commit


def get(client: Client, number: int) -> PullRequest | None:
    """The pull request of this number; None where there is none."""
    try:
        return _pull_request(client.get(f"/pulls/{number}"))
    except NotFoundError:
        return None


def files(client: Client, number: int) -> tuple[str, ...]:
    """The paths of the files that a pull request changes, at most 300 of them."""
    return tuple(item["filename"] for item in client.pages(f"/pulls/{number}/files", most=3))


def diff(client: Client, number: int) -> dict[str, str]:
    """What a pull request changes in text files, by path, at most 300 of them: hunks as git writes them."""
    listed = client.pages(f"/pulls/{number}/files", most=3)
    return {item["filename"]: item["patch"] for item in listed if item.get("patch")}


def belongs(client: Client, run: Run) -> bool:
    """Whether the run is a pull request's, found or not, and nobody else's news; what a merge queue tests is."""
    theirs = run.event in FOR_PULL_REQUESTS and run.event != "merge_group"
    return theirs or run.head_repository != client.repository.name


def is_queued(client: Client, run: Run) -> bool:
    """Whether the run tests a merge queue's commit, which no pull request has as its head."""
    return _queued(client, run) is not None


def _named(client: Client, run: Run) -> tuple[int, ...]:
    queued = _queued(client, run)
    if queued is not None:
        return (queued,)
    return run.pull_requests if _may_have_one(client, run) else ()


def _queued(client: Client, run: Run) -> int | None:
    # A fork may call its branch what it likes; only this repository's own queue makes branches of that name here.
    if run.head_repository != client.repository.name or run.event not in ("merge_group", "push"):
        return None
    match = QUEUE.fullmatch(run.head_branch)
    return int(match["number"]) if match else None


def _may_have_one(client: Client, run: Run) -> bool:
    """A push to the default branch, or a schedule, is nobody's pull request, even when one starts from that branch."""
    if run.event in FOR_PULL_REQUESTS:
        return True
    own = run.head_repository == client.repository.name
    return run.event != "schedule" and not (own and run.head_branch == client.repository.default_branch)


def _by_branch(client: Client, run: Run) -> tuple[PullRequest, ...]:
    owner = run.head_repository.partition("/")[0]
    if not owner or not run.head_branch:
        return ()
    listed = client.pages("/pulls", most=3, state="all", head=f"{owner}:{run.head_branch}")
    # The list is by owner and branch: a second fork of the same owner would be in it too.
    return tuple(_pull_request(data) for data in listed if _is_of(client, run, data))


def _is_of(client: Client, run: Run, data: dict[str, Any]) -> bool:
    head = data["head"]
    name = (head.get("repo") or {}).get("full_name")
    if head["sha"] == run.head_sha:
        return name in (run.head_repository, None)
    return name == run.head_repository == client.repository.name and data["state"] == "open"


def _pull_request(data: dict[str, Any]) -> PullRequest:
    return PullRequest(
        number=data["number"],
        author=(data.get("user") or {}).get("login") or "",
        head_sha=data["head"]["sha"],
        base_branch=data["base"]["ref"],
        state="open" if data["state"] == "open" else "closed",
        draft=bool(data.get("draft")),
        html_url=data["html_url"],
    )
