"""Reactions, permissions, pressed buttons and lost repositories, as GitHub tells of them."""

from __future__ import annotations

import pytest

from sandbox.client import Sandbox
from tests.sandbox.conftest import SHOP, Api, Hook

HOME = f"/repos/{SHOP}"


def test_the_same_reaction_is_given_once(sandbox: Sandbox, bot: Api) -> None:
    number = sandbox.open_issue(SHOP, "A question", author="mona")
    comment = sandbox.comment(SHOP, number, "mona", "Well?")
    path = f"{HOME}/issues/comments/{comment}/reactions"
    assert [bot.call("POST", path, {"content": "eyes"}).status_code for _ in range(2)] == [201, 200]
    (told,) = sandbox.comments(SHOP, number)
    assert (told["reactions"]["eyes"], told["reactions"]["total_count"]) == (1, 1)


def test_a_reaction_to_nothing_is_refused(sandbox: Sandbox, bot: Api) -> None:
    assert bot.call("POST", f"{HOME}/issues/comments/9/reactions", {"content": "eyes"}).status_code == 404


@pytest.mark.parametrize(
    ("login", "role", "permission"),
    [("octo", "", "admin"), ("mona", "maintain", "write"), ("mona", "triage", "read"), ("mona", "", "read")],
)
def test_everybody_has_a_permission(sandbox: Sandbox, bot: Api, login: str, role: str, permission: str) -> None:
    sandbox.open_issue(SHOP, "A question", author=login)
    if role:
        sandbox.grant(SHOP, login, role)
    told = bot.get(f"{HOME}/collaborators/{login}/permission")
    assert (told["permission"], told["user"]["login"]) == (permission, login)


def test_nobody_has_none(sandbox: Sandbox, bot: Api) -> None:
    assert bot.call("GET", f"{HOME}/collaborators/stranger/permission").status_code == 404


@pytest.mark.parametrize(("button", "action"), [("diagnose", "requested_action"), (None, "rerequested")])
def test_a_pressed_button_is_told(sandbox: Sandbox, bot: Api, hook: Hook, button: str | None, action: str) -> None:
    sha = sandbox.push(SHOP, "main", {"a.py": "1\n"}, author="mona")
    made = bot.call("POST", f"{HOME}/check-runs", {"name": "whyred", "head_sha": sha}).json()
    sandbox.press(SHOP, made["id"], button, sender="mona")
    payload = hook.wait_for("check_run", action).payload
    assert (payload["check_run"]["id"], payload["check_run"]["head_sha"]) == (made["id"], sha)
    assert payload.get("requested_action") == ({"identifier": button} if button else None)


def test_a_repository_and_then_the_whole_installation_are_lost(sandbox: Sandbox, bot: Api, hook: Hook) -> None:
    second = sandbox.create_repository("octo/till")
    home = sandbox.state(SHOP)["id"]
    sandbox.uninstall("octo", SHOP)
    removed = hook.wait_for("installation_repositories", "removed").payload
    assert [one["id"] for one in removed["repositories_removed"]] == [home]
    sandbox.uninstall("octo")
    deleted = hook.wait_for("installation", "deleted").payload
    assert [one["id"] for one in deleted["repositories"]] == [second]
