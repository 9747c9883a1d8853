"""Whose words they are: our App's, never a person's, never another App's."""

from __future__ import annotations

from typing import Any

import pytest

from bot.github import comments
from bot.github.client import Client, for_token
from tests.bot.conftest import REPOSITORY
from tests.bot.fake_hub import Answer, FakeHub

US = {"login": "whyred[bot]", "type": "Bot"}


@pytest.mark.parametrize(
    ("user", "via", "ours"),
    [
        pytest.param(US, {"id": 11}, True, id="our App"),
        pytest.param({"login": "whyred-before[bot]", "type": "Bot"}, {"id": 11}, True, id="our App, renamed since"),
        pytest.param(US, None, True, id="our App, unnamed by GitHub"),
        pytest.param({"login": "other[bot]", "type": "Bot"}, None, False, id="another App, unnamed"),
        pytest.param({"login": "other[bot]", "type": "Bot"}, {"id": 12}, False, id="another App"),
        pytest.param(US, {"id": 12}, False, id="another App under our name"),
        pytest.param({"login": "mona", "type": "User"}, {"id": 11}, False, id="a person through our App"),
        pytest.param({"login": "mona", "type": "User"}, None, False, id="a person"),
        pytest.param(None, None, False, id="a person who is gone"),
    ],
)
def test_a_comment_is_ours_by_its_author(
    client: Client, hub: FakeHub, user: dict[str, Any] | None, via: dict[str, Any] | None, *, ours: bool
) -> None:
    listed = [{"id": 1, "body": "<!-- whyred:v1 -->", "user": user, "performed_via_github_app": via}]
    hub.on("GET", "/repos/acme/shop/issues/1/comments", Answer(200, listed))
    assert [found.ours for found in comments.comments(client, 1)] == [ours]


def test_a_person_with_a_token_has_no_comments_of_ours(hub: FakeHub) -> None:
    hub.on("GET", "/repos/acme/shop", Answer(200, REPOSITORY))
    listed = [{"id": 1, "body": None, "user": US, "performed_via_github_app": {"id": 11}}]
    hub.on("GET", "/repos/acme/shop/issues/1/comments", Answer(200, listed))
    (found,) = comments.comments(for_token(hub.url, "ghp_x", "acme/shop"), 1)
    assert (found.ours, found.body) == (False, "")
