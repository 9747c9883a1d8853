"""Webhook payloads as values: the few fields that are needed, checked one by one, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

LARGEST: Final = 2**63 - 1


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
class Installation:
    """The App was installed, suspended, deleted, or the like, by `account`."""

    action: str
    installation: int
    account: str


@dataclass(frozen=True, slots=True)
class Ping:
    """GitHub tries out the webhook."""

    hook: int


Event = WorkflowRun | Installation | Ping


def parse(name: str, payload: object) -> Event | None:
    """The event that GitHub calls `name`; None for those that nobody here has asked for. Raises MalformedEventError."""
    if not isinstance(payload, dict):
        raise MalformedEventError("the payload is no object")
    match name:
        case "workflow_run":
            return _workflow_run(payload)
        case "installation":
            return Installation(_text(payload, "action"), _id(payload, "installation", "id"), _account(payload))
        case "ping":
            return Ping(_id(payload, "hook_id"))
    return None


def _workflow_run(payload: dict[str, Any]) -> WorkflowRun:
    action = _text(payload, "action")
    return WorkflowRun(
        action=action,
        installation=_id(payload, "installation", "id"),
        repository=_id(payload, "repository", "id"),
        owner=_text(payload, "repository", "owner", "login"),
        run=_id(payload, "workflow_run", "id"),
        attempt=_id(payload, "workflow_run", "run_attempt"),
        conclusion=_text(payload, "workflow_run", "conclusion") if action == "completed" else None,
    )


def _account(payload: dict[str, Any]) -> str:
    """Who installed the App: a user or organisation has a login, an enterprise a slug."""
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
