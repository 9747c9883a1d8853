"""The manifest asks for what the code uses, and for nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot import events
from bot.github.auth import PERMISSIONS
from tests.bot.payloads import workflow_run

MANIFEST: dict[str, Any] = YAML(typ="safe").load(Path(__file__).parents[1] / "app.yml")

ALWAYS = {"installation", "ping"}
"""What GitHub sends to every App; a manifest that lists `installation` is refused."""


def test_it_grants_exactly_what_our_tokens_ask_for() -> None:
    assert MANIFEST["default_permissions"] == PERMISSIONS


def test_it_grants_the_least() -> None:
    written = {name for name, right in MANIFEST["default_permissions"].items() if right != "read"}
    assert written == {"issues", "pull_requests"}


def test_it_subscribes_to_what_is_handled() -> None:
    assert MANIFEST["default_events"] == ["workflow_run"]
    assert all(events.parse(name, workflow_run()) is not None for name in MANIFEST["default_events"])
    assert not ALWAYS & set(MANIFEST["default_events"])


def test_webhooks_go_to_the_route_that_takes_them() -> None:
    assert MANIFEST["hook_attributes"]["url"].endswith("/webhook")
    assert MANIFEST["public"] is False
