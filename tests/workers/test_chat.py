"""Which runs a chat hears of: red once, green once, from branches that matter and from deployments."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.bot.receiver import Receiver
from tests.workers.story import COVERAGE, GROUP, MODULE, NAME, Story

DEPLOY = GROUP.format("kubectl rollout undo deployment/shop") + "##[error]Process completed with exit code 1.\n"


@pytest.fixture
def service(story: Story, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with Receiver() as opened:
        monkeypatch.setenv("CHAT_URLS", f"ops={opened.url}")
        story.github.push(NAME, "main", {".github/whyred.yml": "chat: {to: [ops]}\n"}, author="mona")
        yield opened


def told(service: Receiver) -> list[str]:
    return [text.split("\n")[0] for text in service.texts]


def test_red_on_the_default_branch_is_told_once_and_green_once(story: Story, service: Receiver) -> None:
    story.tell(story.run(story.push("main", "1"), "main", MODULE, event="push"))
    story.tell(story.run(story.push("main", "2"), "main", MODULE, event="push"))
    story.tell(story.run(story.push("main", "3"), "main", COVERAGE, event="push"))
    story.tell(story.run(story.push("main", "4"), "main", None, event="push"))
    story.tell(story.run(story.push("main", "5"), "main", None, event="push"))
    red, green = "❌ octo/shop: CI failed on main", "✅ octo/shop: CI is green again on main"
    assert told(service) == [red, red, green]


def test_what_fails_elsewhere_is_no_news(story: Story, service: Receiver, pull: int) -> None:
    story.tell(story.run(story.push("discounts", "1"), "discounts", MODULE))
    story.tell(story.run(story.push("work", "1"), "work", MODULE, event="push"))
    assert told(service) == []


def test_a_deployment_is_told_whatever_its_branch(story: Story, service: Receiver) -> None:
    story.tell(story.run(story.push("release", "1"), "release", DEPLOY, event="push", workflow="Deploy"))
    assert told(service) == ["❌ octo/shop: Deploy failed on release"]


def test_in_the_shadow_the_chat_hears_nothing(story: Story, service: Receiver) -> None:
    story.github.push(NAME, "main", {".github/whyred.yml": "chat: {to: [ops]}\nshadow: true\n"}, author="mona")
    story.tell(story.run(story.push("main", "1"), "main", MODULE, event="push"))
    assert told(service) == []


def test_a_service_that_is_gone_keeps_nothing_from_being_told(
    story: Story, monkeypatch: pytest.MonkeyPatch, service: Receiver
) -> None:
    service.status = 500
    assert not story.tell(story.run(story.push("main", "1"), "main", MODULE, event="push")).startswith("silent")
    assert len(story.issues()) == 1
