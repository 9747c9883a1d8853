"""The review on the local GitHub: one a fix, however many commits leave it undone and whatever is lost on the way."""

from __future__ import annotations

from dataclasses import replace

import pytest
import redis

from bot.deliver import review
from bot.deliver.review import ReviewMark
from bot.github.client import Client
from bot.review import ReviewText, Suggestion
from sandbox.client import Sandbox
from tests.bot.deliver.conftest import NAME

TEXT = ReviewText("The fix:", (Suggestion("shop.py", 1, 1, "Do it.\n\n```suggestion\nPRICE = 2\n```"),))


class Outlet:
    def __init__(self, client: Client, connection: redis.Redis, github: Sandbox, pull: int) -> None:
        self._told, self._github, self._pull = (client, connection, pull), github, pull

    def suggest(self, text: ReviewText = TEXT, fingerprint: str = "0" * 16, workflow: int = 55) -> str:
        sha = self._github.state(NAME)["branches"]["discounts"]
        return review.publish(*self._told, ReviewMark(fingerprint, workflow, sha), text)

    def settle(self, workflow: int = 55) -> None:
        client, _, number = self._told
        review.settle(client, number, workflow)

    def shown(self) -> list[list[str]]:
        return [[one["body"] for one in made["comments"]] for made in self._github.reviews(NAME, self._pull)]

    def hidden(self) -> list[str | None]:
        return [one["minimized"] for made in self._github.reviews(NAME, self._pull) for one in made["comments"]]


@pytest.fixture
def outlet(client: Client, connection: redis.Redis, github: Sandbox, pull: int) -> Outlet:
    return Outlet(client, connection, github, pull)


def test_a_fix_is_suggested_once(outlet: Outlet, connection: redis.Redis) -> None:
    assert outlet.suggest() == "suggested"
    assert outlet.suggest().startswith("silent")
    connection.flushall()
    assert outlet.suggest() == "silent: it was suggested already"
    assert outlet.shown() == [["Do it.\n\n```suggestion\nPRICE = 2\n```"]]


def test_another_failure_and_another_commit_are_suggested_for_anew_and_hide_what_was(
    outlet: Outlet, github: Sandbox
) -> None:
    outlet.suggest()
    assert outlet.hidden() == [None]
    assert outlet.suggest(fingerprint="1" * 16) == "suggested"
    github.push(NAME, "discounts", {"shop.py": "PRICE = 3\n"}, author="mona")
    assert outlet.suggest() == "suggested"
    assert outlet.hidden() == ["outdated", "outdated", None]


def test_what_passes_hides_what_was_suggested_for_it_and_nothing_else(outlet: Outlet) -> None:
    outlet.settle()
    outlet.suggest()
    outlet.suggest(fingerprint="1" * 16, workflow=66)
    assert outlet.hidden() == [None, None]
    outlet.settle()
    assert outlet.hidden() == ["outdated", None]


def test_what_two_workflows_suggest_in_turn_is_not_suggested_again(outlet: Outlet, github: Sandbox) -> None:
    outlet.suggest()
    outlet.suggest(workflow=66)
    github.push(NAME, "discounts", {"README.md": "# Shop\n"}, author="mona")
    for workflow in (55, 66):
        assert outlet.suggest(workflow=workflow) == "silent: it was suggested already"


def test_what_stands_undone_is_not_suggested_again_for_each_commit(outlet: Outlet, github: Sandbox) -> None:
    outlet.suggest()
    github.push(NAME, "discounts", {"README.md": "# Shop\n"}, author="mona")
    assert outlet.suggest() == "silent: it was suggested already"
    (one,) = TEXT.suggestions
    github.push(NAME, "discounts", {"shop.py": "# Prices\nPRICE = 1\n"}, author="mona")
    assert outlet.suggest(ReviewText("Elsewhere:", (replace(one, start=2, line=2),))).startswith("silent")
    assert outlet.hidden() == [None]
    assert outlet.suggest(ReviewText("Of another line:", (replace(one, old=("PRICE = 3",)),))) == "suggested"


def test_what_can_not_be_hidden_stays(outlet: Outlet, github: Sandbox) -> None:
    outlet.suggest()
    github.fault("status", "POST", "/graphql", status=403, message="Resource not accessible by integration")
    assert outlet.suggest(fingerprint="1" * 16) == "suggested"
    github.fault("drop-502", "POST", "/graphql")
    assert outlet.suggest(fingerprint="2" * 16) == "suggested"
    assert outlet.hidden() == ["outdated", "outdated", None]
    for status in (403, 404):
        github.fault("status", "GET", "*/reviews", status=status)
        outlet.settle()
    assert outlet.hidden() == ["outdated", "outdated", None]


@pytest.mark.parametrize("kind", ["drop", "drop-502"])
def test_a_review_whose_answer_was_lost_is_not_made_twice(outlet: Outlet, github: Sandbox, kind: str) -> None:
    github.fault(kind, "POST", "*/reviews")
    assert outlet.suggest() == "suggested"
    assert len(outlet.shown()) == 1


def test_a_line_that_the_diff_does_not_show_is_refused_and_left(outlet: Outlet) -> None:
    beyond = ReviewText("The fix:", (Suggestion("shop.py", 5, 6, "x"),))
    assert outlet.suggest(beyond).startswith("silent: the review was refused (422")
    assert outlet.shown() == []


def test_several_lines_are_named_from_the_first_to_the_last(outlet: Outlet, github: Sandbox) -> None:
    github.push(NAME, "discounts", {"shop.py": "A = 1\nB = 2\nC = 3\n"}, author="mona")
    assert outlet.suggest(ReviewText("The fix:", (Suggestion("shop.py", 1, 3, "x"),))) == "suggested"
    (sent,) = github.requests("POST", "/reviews")
    (one,) = sent["body"]["comments"]
    assert (one["start_line"], one["line"], one["start_side"], one["side"]) == (1, 3, "RIGHT", "RIGHT")
    assert sent["body"]["event"] == "COMMENT"


def test_a_mark_that_somebody_else_writes_is_none_of_ours(outlet: Outlet, github: Sandbox, client: Client) -> None:
    sha = github.state(NAME)["branches"]["discounts"]
    forged = ReviewText(f"{ReviewMark('0' * 16, 55, sha, '0' * 16).line()}\nhello", TEXT.suggestions)
    assert outlet.suggest(forged, fingerprint="1" * 16) == "suggested"
    assert outlet.suggest() == "suggested"
