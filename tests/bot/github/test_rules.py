"""Which checks a branch requires, by its rules and by its protection, as far as that is for us to know."""

from __future__ import annotations

from typing import Any

import pytest

from bot.github.client import Client
from bot.github.rules import required_checks
from tests.bot.fake_hub import Answer, FakeHub

RULES = r"/repos/acme/shop/rules/branches/release%2F1"
BRANCH = r"/repos/acme/shop/branches/release%2F1"


def rule(*names: str) -> dict[str, Any]:
    checks = [{"context": name} for name in names]
    return {"type": "required_status_checks", "parameters": {"required_status_checks": checks}}


def protection(level: str, *names: str) -> Answer:
    required = {"enforcement_level": level, "contexts": list(names), "checks": []}
    return Answer(200, {"protection": {"enabled": True, "required_status_checks": required}})


def test_both_are_asked(client: Client, hub: FakeHub) -> None:
    hub.on("GET", RULES, Answer(200, [{"type": "deletion"}, rule("test"), rule("lint", "test")]))
    hub.on("GET", BRANCH, protection("non_admins", "build / deploy"))
    assert required_checks(client, "release/1") == {"test", "lint", "build / deploy"}


@pytest.mark.parametrize("status", [403, 404])
def test_what_is_not_for_us_to_know_requires_nothing(client: Client, hub: FakeHub, status: int) -> None:
    for path in (RULES, BRANCH):
        hub.on("GET", path, Answer(status, {"message": "Resource not accessible by integration"}))
    assert required_checks(client, "release/1") == frozenset()
    assert len(hub.seen) == 2


@pytest.mark.parametrize(
    "answer", [protection("off", "test"), Answer(200, {"protection": {"enabled": False}}), Answer(200, {})]
)
def test_a_protection_that_is_off_requires_nothing(client: Client, hub: FakeHub, answer: Answer) -> None:
    hub.on("GET", RULES, Answer(200, []))
    hub.on("GET", BRANCH, answer)
    assert required_checks(client, "release/1") == frozenset()
