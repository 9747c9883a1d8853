"""Who began a conversation, who speaks in it, and what they may do, as GitHub tells it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.github import conversation
from bot.github.client import Client
from bot.github.conversation import Conversation, Message
from bot.github.errors import NotFoundError
from tests.bot.fake_hub import Answer, FakeHub

MONA: dict[str, Any] = {"id": 3, "login": "mona", "type": "User"}
HOME = "/repos/acme/shop"


def test_a_pull_request_has_an_author(client: Client, hub: FakeHub) -> None:
    hub.on("GET", f"{HOME}/issues/7", Answer(200, {"user": MONA, "assignees": [{"id": 4}], "pull_request": {}}))
    told = conversation.conversation(client, 7)
    assert told == Conversation(7, author=3, assignees=(4,), pull_request=True, ours=False)


def test_who_is_gone_has_an_id_that_nobody_has(client: Client, hub: FakeHub) -> None:
    hub.on("GET", f"{HOME}/issues/7", Answer(200, {"user": None, "assignees": None}))
    hub.on("GET", f"{HOME}/issues/comments/51", Answer(200, {"user": None, "issue_url": f"{HOME}/issues/7"}))
    assert conversation.conversation(client, 7).author == 0
    assert conversation.message(client, 51) == Message(7, author=0, login="", body="")


def test_an_issue_of_ours_is_told_by_its_author(client: Client, hub: FakeHub) -> None:
    ours = {"user": {"id": 9, "login": "whyred[bot]", "type": "Bot"}, "performed_via_github_app": {"id": 11}}
    hub.on("GET", f"{HOME}/issues/7", Answer(200, ours))
    assert conversation.conversation(client, 7).ours


@pytest.mark.parametrize(
    ("answer", "may"),
    [
        (Answer(200, {"permission": "admin"}), True),
        (Answer(200, {"permission": "write"}), True),
        (Answer(200, {"permission": "read"}), False),
        (Answer(200, {"permission": "none"}), False),
        (Answer(404, {"message": "mona is not a user"}), False),
    ],
)
def test_writers_are_told_apart(client: Client, hub: FakeHub, answer: Answer, may: bool) -> None:
    hub.on("GET", f"{HOME}/collaborators/mona/permission", answer)
    assert conversation.may_write(client, "mona") is may


@pytest.mark.parametrize("status", [403, 404, 422, 502])
def test_a_reaction_that_fails_is_left(client: Client, hub: FakeHub, status: int) -> None:
    hub.on("POST", f"{HOME}/issues/comments/51/reactions", Answer(status, {"message": "no"}))
    conversation.react(client, 51, "eyes")
    assert len(hub.asked("POST", "reactions")) == 1


def test_a_comment_that_is_gone_is_not_found(client: Client, hub: FakeHub) -> None:
    hub.on("GET", f"{HOME}/issues/comments/51", Answer(404, {"message": "Not Found"}))
    with pytest.raises(NotFoundError):
        conversation.message(client, 51)
