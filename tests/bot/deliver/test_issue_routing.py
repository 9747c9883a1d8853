"""To whom an issue goes and under which labels, on the local GitHub: nobody is pinged in vain."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.deliver.issue import Draft
from bot.github.client import Client
from tests.bot.deliver.conftest import NAME
from tests.bot.deliver.tracker import DRAFT, PLACE, RELEASE, Tracker, failed

OWNERS = "* @octo/everybody\n*.py @lisa @stranger @octo/python ops@octo.example\n"
NOBODYS = Draft("Red (`main`)", "Red", "The schedule on `main` failed.", paths=("shop/main.py",))


@pytest.fixture
def owned(tracker: Tracker) -> Tracker:
    tracker.github.push(NAME, "main", {".github/CODEOWNERS": OWNERS})
    tracker.github.clear()
    return tracker


def assignees(tracker: Tracker) -> list[str]:
    return [person["login"] for person in tracker.only()["assignees"]]


def labels(tracker: Tracker) -> list[str]:
    return [label["name"] for label in tracker.only()["labels"]]


@pytest.mark.parametrize("author", [None, "dependabot[bot]", "departed"])
def test_where_no_author_can_be_assigned_the_codes_owners_are(owned: Tracker, author: str | None) -> None:
    assert owned.red(draft=replace(NOBODYS, author=author)) == "opened"
    assert assignees(owned) == ["lisa"]
    assert "Code owners of `shop/main.py`: `@lisa`, `@stranger`, `@octo/python`." in owned.only()["body"]
    assert "ops" not in owned.only()["body"]


def test_an_author_who_can_be_assigned_keeps_the_owners_out_of_it(owned: Tracker) -> None:
    assert owned.red(draft=replace(DRAFT, paths=("shop/main.py",))) == "opened"
    assert assignees(owned) == ["mona"]
    assert "Code owners" not in owned.only()["body"]
    assert owned.github.requests("GET", "/contents/") == []


def test_a_team_is_named_and_never_mentioned(owned: Tracker) -> None:
    owned.red(draft=replace(NOBODYS, paths=("README.md",)))
    assert assignees(owned) == []
    assert "Code owners of `README.md`: `@octo/everybody`." in owned.only()["body"]


def test_who_is_named_by_the_configuration_comes_first(owned: Tracker) -> None:
    owned.red(draft=replace(DRAFT, assignees=("lisa", "departed"), paths=("shop/main.py",)))
    assert assignees(owned) == ["lisa", "mona"]


def test_owners_are_still_named_when_the_failure_is_seen_again(owned: Tracker) -> None:
    owned.red(draft=NOBODYS)
    owned.red(failed(11), NOBODYS)
    assert "Code owners of `shop/main.py`" in owned.only()["body"]
    assert "Seen 2 times so far." in owned.only()["body"]


def test_without_codeowners_nobody_is_assigned(tracker: Tracker) -> None:
    assert tracker.red(draft=NOBODYS) == "opened"
    assert assignees(tracker) == []
    assert "Set off" not in tracker.only()["body"]


def test_labels_are_made_once_with_their_looks(tracker: Tracker) -> None:
    wanted = replace(DRAFT, labels=("whyred: dependency", "team/qa", "priority: high"))
    tracker.red(draft=wanted)
    assert labels(tracker) == ["whyred", "whyred: dependency", "team/qa", "priority: high"]
    looks = {label["name"]: label["color"] for label in tracker.only()["labels"]}
    assert (looks["whyred: dependency"], looks["priority: high"]) == ("e99695", "d93f0b")
    tracker.github.clear()
    tracker.red(replace(PLACE, fingerprint="ffff2233aabbccdd"), wanted)
    assert tracker.github.requests(path="/labels") == []


def test_another_branch_brings_its_label_and_one_that_was_taken_away_stays_away(
    client: Client, tracker: Tracker
) -> None:
    tracker.red(RELEASE)
    high = replace(DRAFT, labels=("priority: high",))
    tracker.red(failed(13), high)
    assert labels(tracker) == ["whyred", "priority: high"]
    client.write("PATCH", f"/issues/{tracker.only()['number']}", {"labels": ["wontfix"]})
    assert tracker.red(failed(14), high) == "counted"
    assert labels(tracker) == ["wontfix"]


def test_the_issue_is_urgent_while_the_default_branch_is_red_whatever_else_is(client: Client, tracker: Tracker) -> None:
    high = replace(DRAFT, labels=("priority: high",))
    tracker.red(failed(10), high)
    tracker.red(RELEASE)
    tracker.github.clear()
    assert tracker.green(run=20) == "silent: it is still red"
    assert len(tracker.github.requests("PATCH")) == 1
    assert labels(tracker) == ["whyred"]
    assert tracker.red(failed(30), high) == "counted"
    assert labels(tracker) == ["whyred", "priority: high"]


def test_an_issue_that_comes_back_on_another_branch_is_no_longer_urgent(tracker: Tracker) -> None:
    tracker.red(failed(10), replace(DRAFT, labels=("priority: high",)))
    assert tracker.green(run=20) == "closed"
    assert tracker.red(failed(30, RELEASE)) == "reopened"
    assert labels(tracker) == ["whyred"]


def test_urgency_that_a_person_sees_is_left_to_them(client: Client, tracker: Tracker) -> None:
    tracker.red(RELEASE)
    tracker.red(failed(13, replace(RELEASE, branch="next")))
    client.write("PATCH", f"/issues/{tracker.only()['number']}", {"labels": ["priority: high"]})
    assert tracker.green(branch="next", run=14) == "silent: it is still red"
    assert tracker.green(branch="release", run=15) == "closed"
    assert tracker.red(failed(16, RELEASE)) == "reopened"
    assert labels(tracker) == ["priority: high"]


def test_an_issue_whose_labels_were_taken_away_is_found_all_the_same(client: Client, tracker: Tracker) -> None:
    tracker.red()
    client.write("PATCH", f"/issues/{tracker.only()['number']}", {"labels": []})
    assert tracker.red(failed(11)) == "counted"
    assert tracker.green() == "closed"


def test_counting_takes_one_write_and_mails_nobody(tracker: Tracker) -> None:
    tracker.red()
    tracker.github.clear()
    tracker.red(failed(11))
    writes = [(one["method"], one["path"]) for one in tracker.github.requests() if one["method"] != "GET"]
    assert writes == [("PATCH", f"/repos/{NAME}/issues/{tracker.only()['number']}")]
    assert tracker.only()["comment_list"] == []
