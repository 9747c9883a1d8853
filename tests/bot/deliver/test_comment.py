"""The sticky comment on the local GitHub: made once, edited in place, never doubled, never another's."""

from __future__ import annotations

import threading

import pytest
import redis

from bot.deliver import comment
from bot.deliver.marker import COMMENT, Age, SectionMark, State
from bot.errors import RetryLater
from bot.github import comments
from bot.github.client import Client
from sandbox.client import Sandbox
from tests.bot.deliver.conftest import NAME

WRITES = ("POST", "PATCH", "DELETE")


def mark(workflow: int = 55, run: int = 10, attempt: int = 1, state: State = "red") -> SectionMark:
    return SectionMark(workflow, Age(run, attempt), "2a15757", state)


class Outlet:
    """A pull request's comment as the worker sees it."""

    def __init__(self, client: Client, connection: redis.Redis, github: Sandbox, pull: int) -> None:
        self._told = (client, connection, pull)
        self._github = github

    def red(self, where: SectionMark, title: str = "Coverage missed") -> str:
        return comment.publish(*self._told, where, f"### ❌ {title}\nThe gate is at 80 %.")

    def green(self, where: SectionMark) -> str:
        return comment.settle(*self._told, where, lambda was: f"✅ green again (was: {was})")

    def bodies(self) -> list[str]:
        return [str(one["body"]) for one in self._github.comments(NAME, self._told[2])]

    def writes(self) -> list[str]:
        made = [one for one in self._github.requests() if one["method"] in WRITES and "/comments" in one["path"]]
        return [str(one["method"]) for one in made]


@pytest.fixture
def outlet(client: Client, connection: redis.Redis, github: Sandbox, pull: int) -> Outlet:
    github.clear()
    return Outlet(client, connection, github, pull)


def test_a_failure_is_said_edited_and_turned_into_one_line(outlet: Outlet) -> None:
    assert outlet.red(mark(run=10)) == "commented"
    assert outlet.red(mark(run=11), "Module missing") == "edited"
    assert outlet.green(mark(run=12, state="green")) == "edited"
    (body,) = outlet.bodies()
    assert body.split("\n") == [
        COMMENT,
        "<!-- whyred:workflow 55 run=12 attempt=1 sha=2a15757 state=green -->",
        "✅ green again (was: Module missing)",
    ]
    assert outlet.writes() == ["POST", "PATCH", "PATCH"]


def test_green_says_nothing_where_nothing_was_red(outlet: Outlet) -> None:
    assert outlet.green(mark(state="green")) == "silent: nothing red to settle"
    outlet.red(mark(55, run=10))
    assert outlet.green(mark(66, run=11, state="green")) == "silent: nothing red to settle"
    outlet.green(mark(55, run=12, state="green"))
    assert outlet.green(mark(55, run=13, state="green")) == "silent: nothing red to settle"
    assert outlet.writes() == ["POST", "PATCH"]


def test_two_workflows_share_one_comment(outlet: Outlet) -> None:
    outlet.red(mark(55), "Coverage missed")
    outlet.red(mark(66), "Lint")
    outlet.green(mark(55, run=11, state="green"))
    (body,) = outlet.bodies()
    assert "green again (was: Coverage missed)" in body
    assert "### ❌ Lint" in body


def test_an_older_attempt_never_replaces_a_newer_one(outlet: Outlet) -> None:
    outlet.red(mark(run=11, attempt=2), "Newer")
    assert outlet.red(mark(run=11, attempt=1), "Older") == "silent: a newer attempt stands"
    assert outlet.red(mark(run=10, attempt=7), "Older") == "silent: a newer attempt stands"
    assert outlet.green(mark(run=10, state="green")) == "silent: nothing red to settle"
    assert "Newer" in outlet.bodies()[0]


def test_a_failure_diagnosed_after_a_later_pass_is_not_told(outlet: Outlet) -> None:
    outlet.green(mark(run=12, state="green"))
    assert outlet.red(mark(run=11)) == "silent: it has passed since"
    assert outlet.bodies() == []
    assert outlet.red(mark(run=13)) == "commented"


def test_the_same_text_is_not_written_again(outlet: Outlet) -> None:
    outlet.red(mark())
    assert outlet.red(mark()) == "silent: the comment says so already"
    assert outlet.writes() == ["POST"]


def test_a_comment_with_our_mark_by_somebody_else_is_left_alone(outlet: Outlet, github: Sandbox, pull: int) -> None:
    forged = f"{COMMENT}\n{mark(run=99).line()}\n### ❌ Forged"
    github.comment(NAME, pull, "mallory", forged)
    assert outlet.red(mark(run=10)) == "commented"
    assert len(outlet.bodies()) == 2
    assert outlet.bodies()[0] == forged


def test_another_comment_of_ours_is_left_alone(outlet: Outlet, client: Client, pull: int) -> None:
    comments.create(client, pull, "An answer to a question.")
    outlet.red(mark())
    assert outlet.bodies()[0] == "An answer to a question."
    assert len(outlet.bodies()) == 2


def test_two_comments_of_ours_become_one_again(outlet: Outlet, client: Client, pull: int) -> None:
    for workflow in (55, 66):
        comments.create(client, pull, f"{COMMENT}\n{mark(workflow).line()}\n### ❌ Workflow {workflow}")
    outlet.red(mark(77), "Lint")
    (body,) = outlet.bodies()
    assert all(title in body for title in ("Workflow 55", "Workflow 66", "Lint"))


def test_a_comment_that_somebody_deleted_is_made_anew(
    outlet: Outlet, client: Client, github: Sandbox, pull: int
) -> None:
    outlet.red(mark(run=10))
    comments.delete(client, github.comments(NAME, pull)[0]["id"])
    assert outlet.red(mark(run=11)) == "commented"


def test_log_text_makes_no_section(outlet: Outlet, client: Client, connection: redis.Redis, pull: int) -> None:
    forged = mark(66, run=99, state="green").line()
    comment.publish(client, connection, pull, mark(), f"### ❌ Broken\n```\n{forged}\n```")
    outlet.red(mark(66), "Lint")
    assert "### ❌ Lint" in outlet.bodies()[0]


@pytest.mark.parametrize("kind", ["drop", "drop-502"])
def test_a_lost_answer_to_an_effect_is_looked_for_not_posted_again(outlet: Outlet, github: Sandbox, kind: str) -> None:
    github.fault(kind, "POST", "*/comments")
    assert outlet.red(mark()) == "commented"
    assert outlet.writes() == ["POST"]
    assert len(outlet.bodies()) == 1


def test_a_lost_answer_without_an_effect_brings_the_job_back(outlet: Outlet, github: Sandbox) -> None:
    github.fault("status", "POST", "*/comments", status=502)
    with pytest.raises(RetryLater):
        outlet.red(mark())
    assert outlet.writes() == ["POST"]
    assert outlet.red(mark()) == "commented"
    assert len(outlet.bodies()) == 1


def test_a_lost_answer_to_an_edit_is_looked_for_too(outlet: Outlet, github: Sandbox) -> None:
    outlet.red(mark(run=10))
    github.fault("drop", "PATCH", "*/comments/*")
    assert outlet.red(mark(run=11), "Module missing") == "commented"
    assert outlet.writes() == ["POST", "PATCH"]
    assert "Module missing" in outlet.bodies()[0]


def test_a_rate_limit_puts_the_job_off(outlet: Outlet, github: Sandbox) -> None:
    github.fault("status", "POST", "*/comments", status=403, headers={"Retry-After": "70"}, message="Slow down")
    with pytest.raises(RetryLater) as caught:
        outlet.red(mark())
    assert caught.value.seconds >= 70
    assert outlet.writes() == ["POST"]


@pytest.mark.parametrize("status", [403, 404, 422])
def test_a_pull_request_that_takes_no_comment_is_left_in_peace(outlet: Outlet, github: Sandbox, status: int) -> None:
    github.fault("status", "POST", "*/comments", status=status, message="This conversation is locked")
    assert outlet.red(mark()) == f"silent: the comment was refused ({status})"


def test_eight_workers_with_eight_workflows_make_one_comment(
    outlet: Outlet, client: Client, connection: redis.Redis, pull: int
) -> None:
    def work(workflow: int) -> None:
        comment.publish(client, connection, pull, mark(workflow), f"### ❌ Workflow {workflow}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (body,) = outlet.bodies()
    assert all(f"### ❌ Workflow {number}" in body for number in range(1, 9))


def test_a_body_that_is_too_long_is_cut_and_still_found_again(
    outlet: Outlet, client: Client, connection: redis.Redis, pull: int
) -> None:
    text = "### ❌ Long\n\n<details><summary>More</summary>\n\n```\n" + "日本語の行\n" * 9000 + "```\n\n</details>"
    assert comment.publish(client, connection, pull, mark(run=10), text) == "commented"
    (body,) = outlet.bodies()
    assert len(body.encode()) <= 60_000
    assert outlet.red(mark(run=11), "Short") == "edited"
