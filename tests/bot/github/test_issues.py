"""Our issues among everybody's, our label, and who may be assigned."""

from __future__ import annotations

from typing import Any

import pytest

from bot.errors import RetryLater
from bot.github import issues
from bot.github.client import Client
from bot.github.errors import ForbiddenError
from bot.github.issues import Label
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
    found = issues.ours(client, "all", "whyred")
    assert [one.number for one in found] == [1, 5]
    assert (found[0].assignees, found[1].assignees, found[1].body, found[1].state) == (("mona",), (), "", "closed")


def test_they_are_listed_by_their_creator_whatever_their_labels(client: Client, hub: FakeHub) -> None:
    hub.on("GET", "/repos/acme/shop/issues", Answer(200, [issue(1)]))
    assert [one.number for one in issues.ours(client, "open", "whyred")] == [1]
    (asked,) = hub.asked("GET", "/issues")
    assert asked.query["creator"] == ["whyred[bot]"]
    assert "labels" not in asked.query
    assert (asked.query["state"], asked.query["direction"]) == (["open"], ["desc"])


def test_where_github_knows_no_app_as_a_creator_their_label_finds_them(client: Client, hub: FakeHub) -> None:
    def known(seen: Seen) -> Answer:
        return Answer(200, [issue(1)] if seen.query.get("labels") == ["whyred"] else [])

    hub.on("GET", "/repos/acme/shop/issues", known)
    assert [one.number for one in issues.ours(client, "all", "whyred")] == [1]


def test_of_more_than_a_thousand_the_newest_are_seen(client: Client, hub: FakeHub) -> None:
    def page(seen: Seen) -> Answer:
        number = int(seen.query["page"][0])
        return Answer(200, [issue(2000 - number)], {"Link": f'<{hub.url}/issues?page={number + 1}>; rel="next"'})

    hub.on("GET", "/repos/acme/shop/issues", page)
    assert [one.number for one in issues.ours(client, "all", "whyred")] == list(range(1999, 1989, -1))


def test_a_label_is_made_where_there_is_none(client: Client, hub: FakeHub) -> None:
    label = Label("whyred: git", "e99695", "Of this kind")
    hub.on("POST", "/repos/acme/shop/labels", Answer(201, {"name": "whyred: git"}))
    issues.make_label(client, label)
    hub.on("POST", "/repos/acme/shop/labels", Answer(422, {"message": "Validation Failed"}))
    issues.make_label(client, label)
    hub.on("GET", "/repos/acme/shop/labels/whyred%3A%20git", Answer(200, {"name": "whyred: git"}))
    issues.make_label(client, label)
    made = {"name": "whyred: git", "color": "e99695", "description": "Of this kind"}
    assert [one.body for one in hub.asked("POST", "/labels")] == [made, made]


@pytest.mark.parametrize("status", [404, 410])
def test_an_issue_that_is_gone_or_not_ours_is_none(client: Client, hub: FakeHub, status: int) -> None:
    hub.on("GET", "/repos/acme/shop/issues/4", Answer(200, issue(4, labels=[{"name": "whyred"}, "flaky"])))
    found = issues.show(client, 4)
    assert found and found.labels == ("whyred", "flaky")
    hub.on("GET", "/repos/acme/shop/issues/4", Answer(200, issue(4, user={"login": "mona", "type": "User"})))
    assert issues.show(client, 4) is None
    hub.on("GET", "/repos/acme/shop/issues/4", Answer(status, {"message": "This issue was deleted"}))
    assert issues.show(client, 4) is None


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
