"""The manifest asks for what the code uses, and for nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot import events
from bot.github.permissions import ASKED
from tests.bot.payloads import check_run, issue_comment, pull_request, workflow_job, workflow_run

MANIFEST: dict[str, Any] = YAML(typ="safe").load(Path(__file__).parents[1] / "app.yml")

ALWAYS = {"installation", "installation_repositories", "ping"}
"""What GitHub sends to every App; a manifest that lists `installation` is refused."""


def test_it_asks_for_exactly_what_the_code_uses() -> None:
    assert MANIFEST["default_permissions"] == ASKED


def test_it_asks_for_the_least() -> None:
    written = {name for name, right in MANIFEST["default_permissions"].items() if right != "read"}
    assert written == {"checks", "issues", "pull_requests"}


def test_it_subscribes_to_what_is_handled() -> None:
    heard = {
        "workflow_run": workflow_run(),
        "workflow_job": workflow_job(),
        "issue_comment": issue_comment(),
        "check_run": check_run(),
        "pull_request": pull_request(),
    }
    assert MANIFEST["default_events"] == list(heard)
    assert all(events.parse(name, payload) is not None for name, payload in heard.items())
    assert not ALWAYS & set(MANIFEST["default_events"])


def test_webhooks_go_to_the_route_that_takes_them() -> None:
    assert MANIFEST["hook_attributes"]["url"].endswith("/webhook")
    assert MANIFEST["public"] is False
