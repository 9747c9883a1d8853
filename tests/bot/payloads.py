"""Webhook payloads of the receiver's tests, and how GitHub signs them."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from tests.bot.test_settings import SECRET


def workflow_run(**changes: Any) -> dict[str, Any]:
    """A workflow run that has ended; `changes` are of the run, or `action`, `owner`."""
    action, owner = changes.pop("action", "completed"), changes.pop("owner", "shop")
    run = {"id": 31, "run_attempt": 2, "conclusion": "failure", "name": "CI", "pull_requests": [], **changes}
    return {
        "action": action,
        "workflow_run": run,
        "repository": {"id": 11, "full_name": f"{owner}/basket", "owner": {"login": owner}},
        "installation": {"id": 5},
        "sender": {"login": "mona"},
    }


def _place(owner: str) -> dict[str, Any]:
    return {
        "repository": {"id": 11, "full_name": f"{owner}/basket", "owner": {"login": owner}},
        "installation": {"id": 5},
        "sender": {"login": "mona"},
    }


def workflow_job(**changes: Any) -> dict[str, Any]:
    """A job that has failed."""
    action, owner = changes.pop("action", "completed"), changes.pop("owner", "shop")
    job = {"id": 41, "run_id": 31, "run_attempt": 2, "conclusion": "failure", "name": "test", **changes}
    return {"action": action, "workflow_job": job, **_place(owner)}


def issue_comment(body: str = "/whyred rerun", **changes: Any) -> dict[str, Any]:
    """A comment by a person."""
    action, owner = changes.pop("action", "created"), changes.pop("owner", "shop")
    user = {"id": 3, "login": "mona", "type": "User"}
    comment = {"id": 51, "body": body, "user": user, **changes}
    return {"action": action, "issue": {"number": 7}, "comment": comment, **_place(owner)}


def check_run(button: str | None = "diagnose", **changes: Any) -> dict[str, Any]:
    """A button of our check run, pressed; None: GitHub's own "Re-run"."""
    owner = changes.pop("owner", "shop")
    run = {"id": 61, "head_sha": "a" * 40, "app": {"id": 9}, **changes}
    asked = {"requested_action": {"identifier": button}} if button else {}
    action = "requested_action" if button else "rerequested"
    return {"action": action, "check_run": run, **asked, **_place(owner)}


def pull_request(**changes: Any) -> dict[str, Any]:
    """A draft that is ready for review."""
    action, owner = changes.pop("action", "ready_for_review"), changes.pop("owner", "shop")
    pull = {"number": 7, "head": {"sha": "a" * 40}, "draft": False, **changes}
    return {"action": action, "number": 7, "pull_request": pull, **_place(owner)}


UNINSTALLED = {
    "action": "deleted",
    "installation": {"id": 5, "account": {"login": "Shop"}},
    "repositories": [{"id": 11, "name": "basket"}, {"id": 12, "name": "till"}],
}
REMOVED = {
    "action": "removed",
    "installation": {"id": 5, "account": {"login": "Shop"}},
    "repositories_added": [],
    "repositories_removed": [{"id": 11, "name": "basket"}],
}
INSTALLATION = {"action": "created", "installation": {"id": 5, "account": {"login": "Shop"}, "created_at": 1}}
PING = {"zen": "Design for failure.", "hook_id": 3, "hook": {"type": "App"}}


def signature(body: bytes, secret: str = SECRET) -> str:
    """The header X-Hub-Signature-256."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
