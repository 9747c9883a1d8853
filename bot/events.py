"""Webhook payloads as values: the few fields that are needed, checked one by one, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

LARGEST: Final = 2**63 - 1

RERUN_REQUESTED: Final = "rerequested"
"""Not a button of ours, but GitHub's own "Re-run" beside every check run."""


class MalformedEventError(Exception):
    """The payload lacks something or holds something else in its place; the text names the field."""


@dataclass(frozen=True, slots=True)
class WorkflowRun:
    """Something happened to an attempt of a workflow run. `conclusion` is None until it is completed."""

    action: str
    installation: int
    repository: int
    owner: str
    run: int
    attempt: int
    conclusion: str | None


@dataclass(frozen=True, slots=True)
class WorkflowJob:
    """A job of an attempt has ended."""

    installation: int
    repository: int
    owner: str
    run: int
    attempt: int
    conclusion: str


@dataclass(frozen=True, slots=True)
class IssueComment:
    """Somebody wrote a comment on an issue or a pull request. `author` is a user's id."""

    installation: int
    repository: int
    owner: str
    number: int
    comment: int
    author: int
    by_bot: bool
    body: str


@dataclass(frozen=True, slots=True)
class CheckRun:
    """Somebody asked something of an App's check run: `button` is what was pressed, or to run it again."""

    installation: int
    repository: int
    owner: str
    check_run: int
    sha: str
    app: int
    button: str


@dataclass(frozen=True, slots=True)
class ReadyForReview:
    """A pull request is no draft any more, at the commit `sha`."""

    installation: int
    repository: int
    owner: str
    number: int
    sha: str


@dataclass(frozen=True, slots=True)
class Installation:
    """The App was installed, suspended, deleted, or the like, by `account`. `lost`: what we do not reach any more.

    Of an account that is gone itself GitHub has been seen to tell no name, and even no installation, which is 0 then.
    """

    action: str
    installation: int
    account: str
    lost: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Ping:
    """GitHub tries out the webhook."""

    hook: int


Event = WorkflowRun | WorkflowJob | IssueComment | CheckRun | ReadyForReview | Installation | Ping


def parse(name: str, payload: object) -> Event | None:
    """The event that GitHub calls `name`; None for those that nobody here has asked for. Raises MalformedEventError."""
    if not isinstance(payload, dict):
        raise MalformedEventError("the payload is no object")
    read = _READERS.get(name)
    return read(payload) if read else None


def _workflow_run(payload: dict[str, Any]) -> WorkflowRun:
    action = _text(payload, "action")
    return WorkflowRun(
        action,
        *_place(payload),
        run=_id(payload, "workflow_run", "id"),
        attempt=_id(payload, "workflow_run", "run_attempt"),
        conclusion=_text(payload, "workflow_run", "conclusion") if action == "completed" else None,
    )


def _workflow_job(payload: dict[str, Any]) -> WorkflowJob | None:
    if payload.get("action") != "completed":
        return None
    return WorkflowJob(
        *_place(payload),
        run=_id(payload, "workflow_job", "run_id"),
        attempt=_id(payload, "workflow_job", "run_attempt"),
        conclusion=_text(payload, "workflow_job", "conclusion"),
    )


def _issue_comment(payload: dict[str, Any]) -> IssueComment | None:
    if payload.get("action") != "created":
        return None
    body = _at(payload, "comment").get("body")
    if not isinstance(body, str):
        raise MalformedEventError("comment.body is missing or no text")
    return IssueComment(
        *_place(payload),
        number=_id(payload, "issue", "number"),
        comment=_id(payload, "comment", "id"),
        author=_id(payload, "comment", "user", "id"),
        by_bot=_at(payload, "comment", "user").get("type") == "Bot",
        body=body,
    )


def _check_run(payload: dict[str, Any]) -> CheckRun | None:
    if payload.get("action") == "requested_action":
        button = _text(payload, "requested_action", "identifier")
    elif payload.get("action") == "rerequested":
        button = RERUN_REQUESTED
    else:
        return None
    return CheckRun(
        *_place(payload),
        check_run=_id(payload, "check_run", "id"),
        sha=_text(payload, "check_run", "head_sha"),
        app=_id(payload, "check_run", "app", "id"),
        button=button,
    )


def _pull_request(payload: dict[str, Any]) -> ReadyForReview | None:
    if payload.get("action") != "ready_for_review":
        return None
    return ReadyForReview(
        *_place(payload),
        number=_id(payload, "pull_request", "number"),
        sha=_text(payload, "pull_request", "head", "sha"),
    )


def _installation(payload: dict[str, Any]) -> Installation:
    lost = "repositories" if payload.get("action") == "deleted" else "repositories_removed"
    gone = payload.get("action") == "deleted" and payload.get("installation", 0) is None
    return Installation(
        _text(payload, "action"),
        0 if gone else _id(payload, "installation", "id"),
        "" if gone else _account(payload),
        # GitHub names none where the installation had been suspended.
        _ids(payload, lost) if payload.get(lost) else (),
    )


def _ping(payload: dict[str, Any]) -> Ping:
    return Ping(_id(payload, "hook_id"))


def _place(payload: dict[str, Any]) -> tuple[int, int, str]:
    """The installation, the repository and its owner."""
    installation, repository = _id(payload, "installation", "id"), _id(payload, "repository", "id")
    return installation, repository, _text(payload, "repository", "owner", "login")


def _account(payload: dict[str, Any]) -> str:
    """Who installed the App: a user or organisation has a login, an enterprise a slug."""
    if _at(payload, "installation").get("account", "") is None:
        return ""
    account = _at(payload, "installation", "account")
    return _text(payload, "installation", "account", "login" if "login" in account else "slug")


def _at(payload: dict[str, Any], *path: str) -> dict[str, Any]:
    found: object = payload
    for depth, name in enumerate(path, 1):
        found = found.get(name) if isinstance(found, dict) else None
        if not isinstance(found, dict):
            raise MalformedEventError(f"{'.'.join(path[:depth])} is missing or no object")
    assert isinstance(found, dict)
    return found


def _ids(payload: dict[str, Any], name: str) -> tuple[int, ...]:
    listed = payload.get(name)
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        raise MalformedEventError(f"{name} is missing or no list of objects")
    return tuple(_id(item, "id") for item in listed)


def _text(payload: dict[str, Any], *path: str) -> str:
    found = _at(payload, *path[:-1]).get(path[-1])
    if not isinstance(found, str) or not found:
        raise MalformedEventError(f"{'.'.join(path)} is missing or no text")
    return found


def _id(payload: dict[str, Any], *path: str) -> int:
    found = _at(payload, *path[:-1]).get(path[-1])
    # True is an int to Python.
    if type(found) is not int or not 0 < found <= LARGEST:
        raise MalformedEventError(f"{'.'.join(path)} is missing or no id")
    return found


_READERS: Final[Mapping[str, Callable[[dict[str, Any]], Event | None]]] = {
    "workflow_run": _workflow_run,
    "workflow_job": _workflow_job,
    "issue_comment": _issue_comment,
    "check_run": _check_run,
    "pull_request": _pull_request,
    "installation": _installation,
    "installation_repositories": _installation,
    "ping": _ping,
}

HEARD: Final = frozenset(_READERS)
"""The names of the events that mean anything to us."""
