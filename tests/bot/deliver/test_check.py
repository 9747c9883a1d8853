"""The check run on the local GitHub: one a workflow and commit, never a failure, its annotations all there, once."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
import redis

from bot.case import Age
from bot.check_run import Annotation, Button, CheckText
from bot.deliver import check
from bot.deliver.check import CheckMark, Subject
from bot.deliver.effect import Patience
from bot.deliver.marker import State
from bot.errors import RetryLater
from bot.github.client import Client
from sandbox.client import Sandbox
from tests.bot.deliver.conftest import NAME
from tests.later import some_time_passes

TEXT = CheckText(
    "Coverage missed", "The gate is at 80 %.", "Details", buttons=(Button("Diagnose again", "Tell anew", "diagnose"),)
)
GREEN = CheckText("CI is green again", "It passes.", conclusion="success")


def annotated(count: int, title: str = "Missed") -> CheckText:
    return replace(
        TEXT,
        annotations=tuple(
            Annotation("shop.py", line, "failure", title, f"line {line}", "raw") for line in range(1, count + 1)
        ),
    )


class Outlet:
    """A commit's check runs as the worker sees them."""

    def __init__(self, client: Client, connection: redis.Redis, github: Sandbox, sha: str) -> None:
        self._client, self._connection, self._github, self.sha = client, connection, github, sha

    def subject(self, run: int, attempt: int, workflow: int, state: State) -> Subject:
        return Subject(self.sha, "whyred: CI", CheckMark(workflow, Age(run, attempt), state))

    def red(self, text: CheckText = TEXT, run: int = 10, attempt: int = 1, workflow: int = 55) -> str:
        subject = self.subject(run, attempt, workflow, "red")
        return check.publish(self._client, self._connection, subject, text, Patience(lag=0.05))

    def green(self, run: int = 10, attempt: int = 1) -> str:
        some_time_passes(self._connection)
        subject = self.subject(run, attempt, 55, "green")
        return check.settle(self._client, self._connection, subject, lambda was: replace(GREEN, text=f"was: {was}"))

    def shown(self) -> list[dict[str, Any]]:
        return self._github.check_runs(NAME)

    def writes(self) -> list[str]:
        made = self._github.requests()
        return [one["method"] for one in made if one["method"] != "GET" and "/check-runs" in one["path"]]


@pytest.fixture
def outlet(client: Client, connection: redis.Redis, github: Sandbox) -> Outlet:
    sha = github.push(NAME, "discounts", {"shop.py": "PRICE = 1\n"}, author="mona")
    github.clear()
    return Outlet(client, connection, github, sha)


def test_a_failure_is_explained_and_never_counted_as_one_more(outlet: Outlet) -> None:
    assert outlet.red(annotated(2)) == "checked"
    (made,) = outlet.shown()
    assert (made["name"], made["status"], made["conclusion"]) == ("whyred: CI", "completed", "neutral")
    assert made["head_sha"] == outlet.sha
    assert (made["output"]["title"], made["output"]["summary"]) == ("Coverage missed", "The gate is at 80 %.")
    assert [(one["path"], one["start_line"], one["level"]) for one in made["annotation_list"]] == [
        ("shop.py", 1, "failure"),
        ("shop.py", 2, "failure"),
    ]
    assert [one["identifier"] for one in made["actions"]] == ["diagnose"]
    assert outlet.writes() == ["POST"]


def test_the_same_is_not_told_twice(outlet: Outlet, connection: redis.Redis) -> None:
    outlet.red()
    assert outlet.red().startswith("silent")
    connection.flushall()
    assert outlet.red() == "silent: the check says so already"
    assert outlet.writes() == ["POST"]


@pytest.mark.parametrize(("count", "writes"), [(0, 1), (50, 1), (51, 2), (150, 3), (151, 4)])
def test_annotations_go_in_batches_of_fifty(outlet: Outlet, count: int, writes: int) -> None:
    outlet.red(annotated(count))
    (made,) = outlet.shown()
    assert [one["start_line"] for one in made["annotation_list"]] == list(range(1, count + 1))
    assert outlet.writes() == ["POST", *["PATCH"] * (writes - 1)]


def test_batches_that_were_lost_are_made_up_for_and_none_is_doubled(
    outlet: Outlet, github: Sandbox, connection: redis.Redis
) -> None:
    github.fault("status", "PATCH", "*/check-runs/*", status=502)
    with pytest.raises(RetryLater):
        outlet.red(annotated(120))
    connection.flushall()
    assert outlet.red(annotated(120)) == "checked anew"
    (made,) = outlet.shown()
    assert [one["start_line"] for one in made["annotation_list"]] == list(range(1, 121))


@pytest.mark.parametrize("kind", ["drop", "drop-502"])
def test_a_check_whose_answer_was_lost_is_not_made_twice(outlet: Outlet, github: Sandbox, kind: str) -> None:
    github.fault(kind, "POST", "*/check-runs")
    assert outlet.red() == "checked"
    assert len(outlet.shown()) == 1


def test_other_words_about_the_same_attempt_are_edited_in(outlet: Outlet) -> None:
    outlet.red(annotated(3))
    assert outlet.red(replace(annotated(3), summary="The gate is at 90 %.")) == "checked anew"
    (made,) = outlet.shown()
    assert made["output"]["summary"] == "The gate is at 90 %."
    assert len(made["annotation_list"]) == 3


def test_another_attempt_gets_a_check_of_its_own_that_github_shows_instead(
    outlet: Outlet, connection: redis.Redis
) -> None:
    """GitHub never takes an annotation away."""
    outlet.red(annotated(3), attempt=1)
    some_time_passes(connection)
    assert outlet.red(annotated(1, "Another"), attempt=2) == "checked"
    some_time_passes(connection)
    assert [len(one["annotation_list"]) for one in outlet.shown()] == [3, 1]
    assert outlet.red(annotated(3), attempt=1).startswith("silent")
    assert outlet.writes() == ["POST", "POST"]


def test_an_older_attempt_does_not_follow_a_newer_one(outlet: Outlet) -> None:
    outlet.red(attempt=2)
    assert outlet.red(annotated(1), attempt=1) == "silent: a newer attempt stands"


def test_green_is_said_where_red_stands(outlet: Outlet) -> None:
    outlet.red(annotated(1))
    assert outlet.green(attempt=2) == "check settled"
    newest = outlet.shown()[-1]
    assert (newest["conclusion"], newest["output"]["title"]) == ("success", "CI is green again")
    assert newest["output"]["text"] == "was: Coverage missed"
    assert newest["annotation_list"] == newest["actions"] == []
    assert outlet.green(attempt=2) == "silent: no red check to settle"
    assert outlet.red(annotated(1)).startswith("silent")
    assert outlet.writes() == ["POST", "POST"]


def test_green_is_nobodys_news_where_nothing_red_stands(outlet: Outlet) -> None:
    assert outlet.green() == "silent: no red check to settle"
    assert outlet.red(run=9) == "silent: it has passed since"
    assert outlet.writes() == []


def test_a_diagnosis_that_points_elsewhere_replaces_the_attempts_own(outlet: Outlet, connection: redis.Redis) -> None:
    outlet.red(annotated(3))
    assert outlet.red(annotated(2, "Another")) == "checked"
    connection.flushall()
    assert outlet.red(annotated(2, "Another")) == "silent: the check says so already"
    assert [one["output"]["title"] for one in outlet.shown()] == ["Superseded", "Coverage missed"]


def test_two_workflows_have_a_check_each(outlet: Outlet) -> None:
    assert [outlet.red(workflow=55), outlet.red(workflow=66)] == ["checked", "checked"]
    assert len(outlet.shown()) == 2


def test_of_two_that_were_made_the_one_that_github_shows_is_kept(
    outlet: Outlet, github: Sandbox, client: Client, connection: redis.Redis
) -> None:
    outlet.red()
    (made,) = outlet.shown()
    fields = {"name": "whyred: CI", "head_sha": outlet.sha, "external_id": made["external_id"]}
    again = client.write("POST", "/check-runs", {**fields, "status": "completed", "conclusion": "neutral"})
    connection.flushall()
    assert outlet.red() == "silent: the check says so already"
    assert outlet.red() == "silent: the check says so already"
    assert [one["external_id"] == made["external_id"] for one in outlet.shown()] == [False, True]
    assert outlet.shown()[-1]["id"] == again["id"]
    assert [one["conclusion"] for one in outlet.shown()] == ["neutral", "neutral"]
    assert outlet.writes().count("PATCH") == 1


def test_twenty_workers_make_one(outlet: Outlet) -> None:
    threads = [threading.Thread(target=outlet.red) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outlet.shown()) == 1
    assert outlet.writes() == ["POST"]


def test_a_body_that_is_too_long_is_cut(outlet: Outlet) -> None:
    long = "ab 🔥\n" * 20_000
    assert outlet.red(replace(TEXT, summary=long, text=long)) == "checked"
    (made,) = outlet.shown()
    assert "cut here" in made["output"]["summary"]
    assert len(made["output"]["text"].encode()) <= 60_000


def test_without_the_permission_nothing_is_tried(
    github: Sandbox, outlet: Outlet, client: Client, connection: redis.Redis
) -> None:
    github.fault("status", "POST", "*/check-runs", status=403, message="Resource not accessible by integration")
    assert outlet.red() == "silent: the check was refused (403: Resource not accessible by integration)"
    assert outlet.writes() == ["POST"]


@pytest.mark.parametrize("text", ["", "superseded", "whyred:v1", str(CheckMark(1, Age(2, 3), "red")), "x" * 4000])
def test_what_others_call_theirs_is_none_of_ours(text: str) -> None:
    assert check.mark(text) is None


def test_a_mark_is_read_as_it_was_written() -> None:
    written = CheckMark(55, Age(10, 2), "green", "0" * 16, "f" * 16)
    assert check.mark(str(written)) == written
    assert check.mark(f"{written} ") is None
