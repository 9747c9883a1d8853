"""Which checks a branch requires, by its rules and by its protection, as far as that is for us to know."""

from __future__ import annotations

from typing import Any

import pytest

from bot.github.client import Client
from bot.github.rules import required_checks
from tests.bot.fake_hub import Answer, FakeHub

ACTIONS, OTHERS = 15368, 57789
RULES = r"/repos/acme/shop/rules/branches/release%2F1"
BRANCH = r"/repos/acme/shop/branches/release%2F1"


def rule(*names: str, **of_app: int) -> dict[str, Any]:
    checks: list[dict[str, Any]] = [{"context": name} for name in names]
    checks += [{"context": name, "integration_id": app} for name, app in of_app.items()]
    return {"type": "required_status_checks", "parameters": {"required_status_checks": checks}}


def protection(level: str, *names: str, **of_app: int | None) -> Answer:
    checks = [{"context": name, "app_id": app} for name, app in of_app.items()]
    required = {"enforcement_level": level, "contexts": [*names, *of_app], "checks": checks}
    return Answer(200, {"protection": {"enabled": True, "required_status_checks": required}})


def test_both_are_asked(client: Client, hub: FakeHub) -> None:
    hub.on("GET", RULES, Answer(200, [{"type": "deletion"}, rule("test"), rule("lint", "test")]))
    hub.on("GET", BRANCH, protection("non_admins", "build / deploy"))
    assert required_checks(client, "release/1", ACTIONS) == {"test", "lint", "build / deploy"}


@pytest.mark.parametrize(
    ("asked", "expected"), [(ACTIONS, {"test", "build"}), (None, {"test", "lint", "build", "deploy"})]
)
def test_what_another_app_must_say_no_job_of_that_name_can_say(
    client: Client, hub: FakeHub, asked: int | None, expected: set[str]
) -> None:
    hub.on("GET", RULES, Answer(200, [rule(test=ACTIONS, lint=OTHERS)]))
    hub.on("GET", BRANCH, protection("non_admins", build=None, deploy=OTHERS))
    assert required_checks(client, "release/1", asked) == expected


def test_what_one_rule_wants_of_another_app_a_second_may_want_of_a_job(client: Client, hub: FakeHub) -> None:
    hub.on("GET", RULES, Answer(200, [rule(test=OTHERS)]))
    hub.on("GET", BRANCH, protection("non_admins", test=ACTIONS))
    assert required_checks(client, "release/1", ACTIONS) == {"test"}


@pytest.mark.parametrize("status", [403, 404])
def test_what_is_not_for_us_to_know_requires_nothing(client: Client, hub: FakeHub, status: int) -> None:
    for path in (RULES, BRANCH):
        hub.on("GET", path, Answer(status, {"message": "Resource not accessible by integration"}))
    assert required_checks(client, "release/1", ACTIONS) == frozenset()
    assert len(hub.seen) == 2


@pytest.mark.parametrize(
    "answer", [protection("off", "test"), Answer(200, {"protection": {"enabled": False}}), Answer(200, {})]
)
def test_a_protection_that_is_off_requires_nothing(client: Client, hub: FakeHub, answer: Answer) -> None:
    hub.on("GET", RULES, Answer(200, []))
    hub.on("GET", BRANCH, answer)
    assert required_checks(client, "release/1", ACTIONS) == frozenset()
