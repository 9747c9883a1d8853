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


INSTALLATION = {"action": "created", "installation": {"id": 5, "account": {"login": "Shop"}, "created_at": 1}}
PING = {"zen": "Design for failure.", "hook_id": 3, "hook": {"type": "App"}}


def signature(body: bytes, secret: str = SECRET) -> str:
    """The header X-Hub-Signature-256."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
