"""Our issues among everybody's, our label, and who may be assigned."""

from __future__ import annotations

from typing import Any

import pytest

from bot.errors import RetryLater
from bot.github import issues
from bot.github.client import Client
from bot.github.errors import ForbiddenError
from tests.bot.fake_hub import Answer, FakeHub, Seen

US = {"login": "whyred[bot]", "type": "Bot"}


def issue(number: int, **changes: Any) -> dict[str, Any]:
    made = {"number": number, "state": "open", "title": "Red", "body": "text", "user": US}
    return {**made, "performed_via_github_app": {"id": 11}, "assignees": [{"login": "mona"}], **changes}


def test_only_issues_that_our_app_wrote_are_ours(client: Client, hub: FakeHub) -> None:
    listed = [
        issue(1),
        issue(2, user={"login": "mona", "type": "User"}),
        issue(3, performed_via_github_app={"id": 12}),
        issue(4, pull_request={"url": "https://github.example/pull/4"}),
        issue(5, performed_via_github_app=None, body=None, assignees=None, state="closed"),
    ]
    hub.on("GET", "/repos/acme/shop/issues", Answer(200, listed))
    found = issues.ours(client, "all")
    assert [one.number for one in found] == [1, 5]
    assert (found[0].assignees, found[1].assignees, found[1].body, found[1].state) == (("mona",), (), "", "closed")


def test_they_are_listed_by_label_and_creator_not_searched(client: Client, hub: FakeHub) -> None:
    hub.on("GET", "/repos/acme/shop/issues", Answer(200, []))
    assert issues.ours(client, "open") == ()
    (asked,) = hub.asked("GET", "/issues")
    assert (asked.query["labels"], asked.query["creator"]) == (["whyred"], ["whyred[bot]"])
    assert (asked.query["state"], asked.query["direction"]) == (["open"], ["desc"])


def test_of_more_than_a_thousand_the_newest_are_seen(client: Client, hub: FakeHub) -> None:
    def page(seen: Seen) -> Answer:
        number = int(seen.query["page"][0])
        return Answer(200, [issue(2000 - number)], {"Link": f'<{hub.url}/issues?page={number + 1}>; rel="next"'})

    hub.on("GET", "/repos/acme/shop/issues", page)
    assert [one.number for one in issues.ours(client, "all")] == list(range(1999, 1989, -1))


def test_our_label_is_made_where_there_is_none(client: Client, hub: FakeHub) -> None:
    hub.on("POST", "/repos/acme/shop/labels", Answer(201, {"name": "whyred"}))
    issues.ensure_label(client)
    hub.on("POST", "/repos/acme/shop/labels", Answer(422, {"message": "Validation Failed"}))
    issues.ensure_label(client)
    hub.on("GET", "/repos/acme/shop/labels/whyred", Answer(200, {"name": "whyred"}))
    issues.ensure_label(client)
    assert len(hub.asked("POST", "/labels")) == 2


@pytest.mark.parametrize("login", ["mona", "mona-lisa", "octo_corp"])
def test_who_may_be_assigned_is_asked_of_github(client: Client, hub: FakeHub, login: str) -> None:
    assert not issues.assignable(client, login)
    hub.on("GET", f"/repos/acme/shop/assignees/{login}", Answer(204))
    assert issues.assignable(client, login)


@pytest.mark.parametrize("login", ["", "dependabot[bot]", "../labels", "a b", "-mona", "mona/../x", "ä"])
def test_what_is_no_persons_login_is_not_asked_about(client: Client, hub: FakeHub, login: str) -> None:
    assert not issues.assignable(client, login)
    assert hub.seen == []


def test_who_is_assigned_is_read_from_githubs_answer(client: Client, hub: FakeHub) -> None:
    hub.on("POST", "/repos/acme/shop/issues/4/assignees", Answer(201, issue(4)))
    assert issues.assign(client, 4, "hubert") == ("mona",)
    (asked,) = hub.asked("POST", "/assignees")
    assert asked.body == {"assignees": ["hubert"]}


def test_a_refusal_to_tell_is_no_answer(client: Client, hub: FakeHub) -> None:
    hub.on("GET", "/repos/acme/shop/assignees/mona", Answer(403, {"message": "Resource not accessible"}))
    with pytest.raises(ForbiddenError):
        issues.assignable(client, "mona")
    hub.on("GET", "/repos/acme/shop/assignees/mona", Answer(429, {"message": "Too Many Requests"}))
    with pytest.raises(RetryLater):
        issues.assignable(client, "mona")
