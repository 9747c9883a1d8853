"""The sticky comment on the local GitHub: made once, edited in place, never doubled, never another's."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
import redis

from bot.deliver import comment
from bot.deliver.effect import Patience
from bot.deliver.sticky import Mark, Sticky, Told
from bot.deliver.sticky_marks import COMMENT, GONE, REST, of_workflow, read
from bot.deliver.sticky_text import write
from bot.errors import RetryLater
from bot.github import comments
from bot.github.client import Client
from bot.told import SUM, Seen, Telling
from sandbox.client import Sandbox
from tests.bot.deliver import told
from tests.bot.deliver.conftest import NAME
from tests.bot.deliver.told import OLD, RUNS, cause, mark
from tests.visible import visible

QUICK = Patience(lag=0.05)
WRITES = ("POST", "PATCH", "DELETE")


class Outlet:
    """A pull request's comment as the worker sees it."""

    def __init__(self, client: Client, connection: redis.Redis, github: Sandbox, pull: int) -> None:
        self._told = (client, connection, pull)
        self._outlet = comment.Outlet(*self._told, patience=QUICK)
        self._github = github

    def red(self, where: Mark, *causes: str, stood: bool = False) -> str:
        failed = told.red(where, *(causes or ("Coverage",)))
        return comment.publish(comment.Outlet(*self._told, lambda: stood, QUICK), failed)

    def green(self, workflow: int = 55, run: int = 20, attempt: int = 1) -> str:
        return comment.publish(self._outlet, told.green(workflow, run, attempt))

    def hush(self) -> str:
        return comment.hush(self._outlet, "🔕 Quiet.", RUNS)

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
    assert outlet.red(mark(run=10, sha=OLD)) == "commented"
    assert outlet.red(mark(run=11), "Module") == "edited"
    assert outlet.green(run=12) == "edited"
    (body,) = outlet.bodies()
    assert visible(body) == [
        "✅ **Green again.** It was: Module is broken. It is flaky.",
        "History: 2 earlier failures",
    ]
    assert outlet.writes() == ["POST", "PATCH", "PATCH"]


def test_green_says_nothing_where_nothing_was_red(outlet: Outlet) -> None:
    assert outlet.green(55) == "silent: nothing red to settle"
    outlet.red(mark(55, run=21))
    assert outlet.green(66, run=22) == "silent: nothing red to settle"
    outlet.green(55, run=22)
    assert outlet.green(55, run=23) == "silent: nothing red to settle"
    assert outlet.writes() == ["POST", "PATCH"]


def test_two_workflows_share_one_comment(outlet: Outlet) -> None:
    outlet.red(mark(55), "Coverage")
    outlet.red(mark(66), "Lint")
    outlet.green(55)
    (body,) = outlet.bodies()
    assert visible(body)[0] == "### ❌ Lint is broken"
    assert "Coverage is broken ([run 10]" in body


def test_an_older_attempt_never_replaces_a_newer_one(outlet: Outlet) -> None:
    outlet.red(mark(run=11, attempt=2), "Newer")
    assert outlet.red(mark(run=11, attempt=1), "Older") == "silent: a newer attempt stands"
    assert outlet.red(mark(run=10, attempt=7), "Older") == "silent: a newer attempt stands"
    assert outlet.green(run=10) == "silent: a newer attempt stands"
    assert "Newer" in outlet.bodies()[0]


def test_a_failure_diagnosed_after_a_later_pass_is_not_told(outlet: Outlet) -> None:
    outlet.green(run=12)
    assert outlet.red(mark(run=11)) == "silent: it has passed since"
    assert outlet.bodies() == []
    assert outlet.red(mark(run=13)) == "commented"


def test_the_same_is_not_told_again(outlet: Outlet, connection: redis.Redis) -> None:
    outlet.red(mark())
    assert outlet.red(mark()) == "silent: this was told already"
    connection.flushall()
    assert outlet.red(mark()) == "silent: the comment says so already"
    assert outlet.writes() == ["POST"]


def test_the_comment_is_the_truth_where_redis_was_wiped(outlet: Outlet, connection: redis.Redis) -> None:
    outlet.red(mark(55), "Coverage")
    connection.flushall()
    assert outlet.red(mark(66), "Lint") == "edited"
    connection.flushall()
    assert outlet.green(55) == "edited"
    (body,) = outlet.bodies()
    assert visible(body)[0] == "### ❌ Lint is broken"


def test_what_a_person_wrote_into_it_goes_with_the_next_change(
    outlet: Outlet, client: Client, github: Sandbox, pull: int
) -> None:
    outlet.red(mark())
    (standing,) = github.comments(NAME, pull)
    edited = str(standing["body"]).replace("\n### ❌", "\r\nI think it is the clock.\r\n### ❌")
    comments.edit(client, standing["id"], edited)
    github.clear()
    assert outlet.red(mark()) == "silent: this was told already"
    assert outlet.red(mark(66), "Lint") == "edited"
    assert "clock" not in outlet.bodies()[0]
    assert all(title in outlet.bodies()[0] for title in ("Coverage", "Lint"))


def test_quiet_is_one_line_and_says_nothing_where_nothing_stands(outlet: Outlet) -> None:
    assert outlet.hush() == "silent: no comment to take back"
    outlet.red(mark())
    assert outlet.hush() == "edited"
    assert visible(outlet.bodies()[0]) == ["🔕 Quiet.", "History: 1 earlier failure"]
    assert outlet.hush() == "silent: the comment says so already"


def test_a_comment_with_our_mark_by_somebody_else_is_left_alone(outlet: Outlet, github: Sandbox, pull: int) -> None:
    forged = f"{COMMENT}\n{of_workflow(mark(run=99))}\n### ❌ Forged"
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
        standing = Sticky(marks=(mark(workflow),), causes=(cause(f"Part {workflow}", workflow),))
        comments.create(client, pull, write(standing))
    outlet.red(mark(77), "Lint")
    (body,) = outlet.bodies()
    assert all(title in body for title in ("Part 55", "Part 66", "Lint"))


def test_a_comment_that_somebody_deleted_is_not_made_again(
    outlet: Outlet, client: Client, github: Sandbox, pull: int
) -> None:
    outlet.red(mark(run=10))
    comments.delete(client, github.comments(NAME, pull)[0]["id"])
    assert outlet.red(mark(run=11), "Lint", stood=True) == "silent: somebody deleted it"
    assert outlet.bodies() == []


def test_text_of_others_makes_no_mark(outlet: Outlet, client: Client, connection: redis.Redis, pull: int) -> None:
    forged = of_workflow(replace(mark(66, run=99), state="green"))
    hostile = replace(
        cause("Broken"),
        title=f"`{forged}`",
        text=f"```\n{forged}\n{COMMENT}\n```",
        signed=f"<sub>{REST}</sub>",
        seen=(Seen(55, 1, f"`{SUM}`{SUM} · `{REST}`"),),
    )
    note = f"`{GONE}`\n{forged}"
    comment.publish(
        comment.Outlet(client, connection, pull, patience=QUICK), Told(mark(), RUNS, Telling((hostile,), note))
    )
    outlet.red(mark(66), "Lint")
    standing = read(outlet.bodies()[0])
    assert [(one.workflow, one.state) for one in standing.marks] == [(55, "red"), (66, "red")]
    assert [len(each.seen) for each in standing.causes] == [1, 1]
    assert write(standing) == outlet.bodies()[0]


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
    assert outlet.red(mark(run=11), "Module") == "edited"
    assert outlet.writes() == ["POST", "PATCH"]
    assert "Module is broken" in outlet.bodies()[0]


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
        comment.publish(
            comment.Outlet(client, connection, pull, patience=QUICK), told.red(mark(workflow), f"Part {workflow}")
        )

    threads = [threading.Thread(target=work, args=(number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (body,) = outlet.bodies()
    assert all(f"Part {number} is broken" in body for number in range(1, 9))


def test_a_body_that_is_too_long_is_cut_and_still_found_again(
    outlet: Outlet, client: Client, connection: redis.Redis, pull: int
) -> None:
    text = "<details><summary>More</summary>\n\n```\n" + "日本語の行\n" * 9000 + "```\n\n</details>"
    long = told.red(mark(run=10), replace(cause("Long"), text=text))
    assert comment.publish(comment.Outlet(client, connection, pull, patience=QUICK), long) == "commented"
    (body,) = outlet.bodies()
    assert len(body.encode()) <= 60_000
    assert outlet.red(mark(run=11), "Short") == "edited"
