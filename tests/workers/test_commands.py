"""What becomes of a command: obeyed for those who may give it, shown by a reaction, never more often than is right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis

from bot.errors import RetryLater
from bot.store.database import sqlite_url
from bot.store.store import open_store
from bot.store.values import Feedback
from sandbox.state.world import FULL_PERMISSIONS
from tests.later import some_time_passes
from tests.visible import visible
from tests.workers.story import COVERAGE, FAILING, MODULE, NAME, Story
from workers import again, commands, early, tasks
from workers.queue import DIAGNOSE, EARLY, queue

WORK: dict[str, Callable[..., str]] = {DIAGNOSE: tasks.diagnose_run, EARLY: early.diagnose_early}


@pytest.fixture
def red(story: Story, pull: int) -> int:
    """A run of mona's pull request that has failed, and that was told."""
    run = story.run(story.push("discounts", "1"), "discounts", MODULE)
    assert story.tell(run) == "commented"
    return run


class Thread:
    """The pull request's conversation."""

    def __init__(self, story: Story, number: int, connection: redis.Redis) -> None:
        self.story, self.number, self.connection = story, number, connection

    def say(self, body: str, author: str = "mona") -> int:
        return self.story.github.comment(NAME, self.number, author, body)

    def obey(self, comment: int, word: str) -> str:
        story = self.story
        some_time_passes(self.connection)
        return commands.obey(story.installation, story.id, self.number, comment, word)  # type: ignore[arg-type]

    def ask(self, word: str, author: str = "mona", text: str = "") -> str:
        """Write the command and have it obeyed."""
        return self.obey(self.say(f"/whyred {word} {text}", author), word)

    def work(self) -> list[str]:
        """Do what was queued."""
        jobs = queue(self.connection).jobs
        done = [WORK[job.func_name or ""](*job.args) for job in jobs]
        for job in jobs:
            job.delete()
        return done

    def comments(self) -> list[dict[str, Any]]:
        return self.story.github.comments(NAME, self.number)

    def reactions(self, comment: int | None = None) -> list[str]:
        """Those to this comment, or to the newest one of a person."""
        people = [one for one in self.comments() if one["user"]["type"] == "User"]
        found = next(one for one in people if comment in (None, one["id"]) and (comment or one is people[-1]))
        return [name for name, count in found["reactions"].items() if name not in ("url", "total_count") and count]

    def ours(self) -> list[str]:
        return [str(one["body"]) for one in self.comments() if one["user"]["type"] == "Bot"]


@pytest.fixture
def thread(story: Story, pull: int, connection: redis.Redis) -> Iterator[Thread]:
    yield Thread(story, pull, connection)


def may_rerun(story: Story, connection: redis.Redis) -> None:
    story.github.install("octo", {**FULL_PERMISSIONS, "actions": "write"})
    # What was granted is known for ten minutes.
    connection.delete(f"whyred:granted:{story.installation}")


def reports(story: Story) -> list[Feedback]:
    store = open_store(sqlite_url(story.data))
    try:
        return store.feedback()
    finally:
        store.close()


# Who may command us.


@pytest.mark.parametrize("role", ["admin", "maintain", "write"])
def test_writers_may(story: Story, red: int, thread: Thread, role: str) -> None:
    story.github.grant(NAME, "wanda", role)
    assert thread.ask("explain", "wanda") == "explain: eyes"


def test_the_owner_may_and_the_author_may(red: int, thread: Thread) -> None:
    assert thread.ask("explain", "octo") == "explain: eyes"
    assert thread.ask("explain", "mona") == "explain: eyes"


@pytest.mark.parametrize("role", ["triage", "read", None])
def test_nobody_else_may(story: Story, red: int, thread: Thread, role: str | None) -> None:
    if role:
        story.github.grant(NAME, "stranger", role)
    assert thread.ask("quiet", "stranger") == "silent: not permitted"
    assert thread.reactions() == ["-1"]
    assert thread.connection.llen("rq:queue:whyred") == 0


def test_a_forks_author_may_although_they_may_not_write(story: Story, connection: redis.Redis) -> None:
    fork = story.github.fork(NAME, "hubert")
    sha = story.push("fix", "1", author="hubert", name=fork)
    number = story.github.open_pull(NAME, "fix", author="hubert", head_repository=fork)
    story.tell(story.run(sha, "fix", MODULE, fork=fork))
    thread = Thread(story, number, connection)
    assert thread.ask("explain", "hubert") == "explain: eyes"
    assert thread.ask("explain", "mona") == "silent: not permitted"


# What is no command, or none any more.


def test_silent_when_the_comment_was_changed_or_deleted_meanwhile(story: Story, red: int, thread: Thread) -> None:
    comment = thread.say("/whyred quiet")
    with story.silence():
        assert thread.obey(comment, "rerun") == "silent: the comment says something else by now"
        assert thread.obey(999_999, "rerun").startswith("silent: refused (404")


def test_silent_in_a_repository_that_is_only_told_what_would_be_said(story: Story, pull: int, thread: Thread) -> None:
    story.github.push(NAME, "main", {".github/whyred.yml": "shadow: true\n"}, author="mona")
    with story.silence():
        assert thread.ask("help") == "silent: nothing is said here yet"


def test_silent_in_an_issue_of_others(story: Story, connection: redis.Redis) -> None:
    number = story.github.open_issue(NAME, "A wish", author="mona")
    thread = Thread(story, number, connection)
    with story.silence():
        assert thread.ask("help") == "silent: a conversation of others"


def test_an_unknown_command_confuses(red: int, thread: Thread) -> None:
    assert thread.obey(thread.say("/whyred frobnicate"), "unknown") == "unknown: confused"
    assert thread.reactions() == ["confused"]
    assert len(thread.ours()) == 1


def test_a_command_that_is_delivered_again_is_obeyed_once(story: Story, red: int, thread: Thread) -> None:
    comment = thread.say("/whyred help")
    assert thread.obey(comment, "help") == "help: +1"
    with story.silence():
        assert thread.obey(comment, "help") == "silent: obeyed already"


# explain


def test_explain_tells_again_what_somebody_deleted(red: int, thread: Thread) -> None:
    thread.story.delete_ours(thread.number)
    assert thread.ours() == []
    assert thread.ask("explain") == "explain: eyes"
    assert thread.work() == ["commented"]
    assert "`python/module-not-found`" in thread.ours()[0]
    assert thread.reactions() == ["eyes"]


def test_what_is_deleted_after_an_explanation_stays_deleted(story: Story, red: int, thread: Thread) -> None:
    thread.ask("explain")
    assert thread.work() == ["silent: the comment says so already"]
    story.delete_ours(thread.number)
    story.tell(story.run(story.push("discounts", "2"), "discounts", COVERAGE))
    assert thread.ours() == []


def test_explain_of_what_stands_changes_nothing(story: Story, red: int, thread: Thread) -> None:
    before = thread.ours()
    thread.ask("explain")
    with story.silence():
        thread.work()
    assert thread.ours() == before


def test_explain_looks_at_the_newest_run_of_each_workflow(story: Story, red: int, thread: Thread) -> None:
    sha = story.push("discounts", "2")
    story.run(sha, "discounts", COVERAGE)
    newest = story.run(sha, "discounts", MODULE)
    docs = story.run(sha, "discounts", COVERAGE, workflow="Docs")
    thread.ask("explain")
    assert sorted(job.args[2] for job in queue(thread.connection).jobs) == [newest, docs]


def test_explain_tells_of_a_run_that_goes_on_although_early_is_off(story: Story, thread: Thread) -> None:
    sha = story.push("discounts", "1")
    run = story.github.start_run(NAME, sha=sha, branch="discounts", event="pull_request")
    story.github.add_job(NAME, run, "test", conclusion="failure", log=MODULE, steps=FAILING)
    story.github.add_job(NAME, run, "slow", status="in_progress")
    assert thread.ask("explain") == "explain: eyes"
    assert thread.work() == ["commented"]


def test_explain_confuses_where_nothing_has_failed(story: Story, thread: Thread) -> None:
    story.run(story.push("discounts", "1"), "discounts", None)
    assert thread.ask("explain") == "explain: confused"
    assert thread.work() == ["silent: nothing red to settle"]


def test_explain_tells_the_author_of_a_draft(story: Story, connection: redis.Redis) -> None:
    sha = story.push("sketch", "1")
    thread = Thread(story, story.github.open_pull(NAME, "sketch", author="mona", draft=True), connection)
    story.tell(story.run(sha, "sketch", MODULE))
    assert thread.ours() == []
    thread.ask("explain")
    assert thread.work() == ["commented"]


@pytest.mark.parametrize("word", ["explain", "rerun"])
def test_a_closed_pull_request_confuses(story: Story, red: int, thread: Thread, word: str) -> None:
    may_rerun(story, thread.connection)
    story.github.close(NAME, thread.number)
    assert thread.ask(word) == f"{word}: confused"


# quiet and resume


def test_quiet_keeps_us_from_commenting_until_resume(story: Story, red: int, thread: Thread) -> None:
    assert thread.ask("quiet") == "quiet: +1"
    before = thread.ours()
    assert visible(before[0]) == [
        "🔕 Quiet, as `mona` asked. `/whyred resume` ends it.",
        "History: 1 earlier failure",
    ]
    other = story.run(story.push("discounts", "2"), "discounts", COVERAGE)
    story.tell(other)
    green = story.run(story.push("discounts", "3"), "discounts", None)
    story.tell(green)
    assert thread.ours() == before

    assert thread.ask("resume") == "resume: +1"
    assert thread.work() == ["edited"]
    assert "Green again" in thread.ours()[0]


def test_quiet_outlives_a_redis_that_was_wiped(story: Story, red: int, thread: Thread) -> None:
    thread.ask("quiet")
    thread.connection.flushall()
    other = story.run(story.push("discounts", "2"), "discounts", COVERAGE)
    before = thread.ours()
    story.tell(other)
    assert thread.ours() == before


def test_quiet_is_for_what_is_told_early_too(story: Story, pull: int, thread: Thread) -> None:
    thread.ask("quiet")
    run = story.github.start_run(NAME, sha=story.push("discounts", "1"), branch="discounts", event="pull_request")
    story.github.add_job(NAME, run, "test", conclusion="failure", log=MODULE, steps=FAILING)
    assert early.diagnose_early(story.installation, story.id, run, 1, 0) == "silent: quiet was asked for"


def test_whoever_asks_while_it_is_quiet_is_answered(story: Story, red: int, thread: Thread) -> None:
    thread.ask("quiet")
    story.run(story.push("discounts", "2"), "discounts", COVERAGE)
    thread.ask("explain")
    assert thread.work() == ["edited"]
    assert "coverage/below-threshold" in thread.ours()[0]


# rerun


def test_rerun_runs_the_failed_jobs_again(story: Story, red: int, thread: Thread) -> None:
    may_rerun(story, thread.connection)
    assert thread.ask("rerun") == "rerun: +1"
    assert [path for verb, path in story.writes() if "rerun" in path] == [
        f"/repos/{NAME}/actions/runs/{red}/rerun-failed-jobs"
    ]
    assert thread.reactions() == ["+1"]
    assert len(thread.ours()) == 1


def test_rerun_says_once_what_it_lacks(story: Story, red: int, thread: Thread) -> None:
    assert thread.ask("rerun") == "rerun: confused"
    assert thread.ask("rerun") == "rerun: confused"
    (_, answer) = thread.ours()
    assert "actions: write" in answer
    assert not [path for _, path in story.writes() if "rerun" in path]


def test_rerun_of_a_green_commit_says_so(story: Story, red: int, thread: Thread) -> None:
    may_rerun(story, thread.connection)
    story.run(story.push("discounts", "2"), "discounts", None)
    assert thread.ask("rerun") == "rerun: confused"
    assert "nothing to run again" in thread.ours()[1]


def test_rerun_has_an_end_for_each_commit(story: Story, red: int, thread: Thread) -> None:
    may_rerun(story, thread.connection)
    for _ in range(again.MOST_RERUNS):
        assert thread.ask("rerun") == "rerun: +1"
        story.job(red, MODULE)
    assert thread.ask("rerun") == "rerun: confused"
    assert "have been run again 3 times" in thread.ours()[1]
    assert len([path for _, path in story.writes() if "rerun" in path]) == again.MOST_RERUNS


def test_a_rerun_whose_answer_is_lost_is_made_once(story: Story, red: int, thread: Thread) -> None:
    may_rerun(story, thread.connection)
    story.github.fault("drop-502", "POST", f"/repos/{NAME}/actions/runs/{red}/rerun-failed-jobs", count=1)
    assert thread.ask("rerun") == "rerun: +1"
    assert len([path for _, path in story.writes() if "rerun" in path]) == 1


def test_a_rerun_that_github_lost_is_tried_later(story: Story, red: int, thread: Thread) -> None:
    may_rerun(story, thread.connection)
    story.github.fault("status", "POST", f"/repos/{NAME}/actions/runs/{red}/rerun-failed-jobs", count=1, status=502)
    comment = thread.say("/whyred rerun")
    with pytest.raises(RetryLater, match="GitHub lost a write"):
        thread.obey(comment, "rerun")
    assert thread.obey(comment, "rerun") == "rerun: +1"


# wrong


def test_wrong_keeps_what_we_said_and_what_they_say(story: Story, red: int, thread: Thread) -> None:
    secret = "ghp_" + "a1B2" * 9
    assert thread.ask("wrong", text=f"it is the proxy, with {secret}") == "wrong: +1"
    (report,) = reports(story)
    assert (report.number, report.run_id, report.who) == (thread.number, red, "mona")
    assert report.signature == "python/module-not-found"
    assert report.words.startswith("it is the proxy")
    assert secret not in report.words
    assert len(thread.ours()) == 1


def test_wrong_confuses_where_nothing_was_said(story: Story, pull: int, thread: Thread) -> None:
    assert thread.ask("wrong") == "wrong: confused"
    assert reports(story) == []


def test_wrong_in_our_issue_is_for_its_assignee(story: Story, connection: redis.Redis) -> None:
    story.tell(story.run(story.push("main", "1"), "main", MODULE, event="push"))
    thread = Thread(story, story.issues()[0]["number"], connection)
    assert thread.ask("wrong", "stranger") == "silent: not permitted"
    assert thread.ask("wrong", "mona").startswith("wrong: ")
    assert thread.ask("quiet", "mona") == "quiet: confused"


# help


def test_help_is_one_comment_however_often_it_is_asked_for(red: int, thread: Thread) -> None:
    for _ in range(3):
        assert thread.ask("help") == "help: +1"
    (_, answer) = thread.ours()
    for word in ("explain", "rerun", "wrong", "quiet", "resume", "help"):
        assert f"`/whyred {word}`" in answer


# Floods


def test_a_flood_of_strangers_gets_few_reactions(story: Story, red: int, thread: Thread) -> None:
    before = len(story.writes())
    for _ in range(12):
        thread.ask("explain", "stranger")
    assert len(story.writes()) - before == commands.REFUSALS


def test_a_flood_of_commands_is_obeyed_so_often(story: Story, red: int, thread: Thread) -> None:
    before = len(story.writes())
    told = [thread.ask("explain") for _ in range(commands.PER_CONVERSATION + 3)]
    assert told.count("explain: eyes") == commands.PER_CONVERSATION
    assert set(told[commands.PER_CONVERSATION :]) == {"silent: too many commands"}
    assert len(story.writes()) - before == commands.PER_CONVERSATION


def test_a_reaction_that_can_not_be_given_is_left(story: Story, red: int, thread: Thread) -> None:
    story.github.fault("status", "POST", f"/repos/{NAME}/issues/comments/*/reactions", status=403)
    assert thread.ask("explain") == "explain: eyes"


# Buttons


def press(story: Story, sha: str, word: str) -> str:
    return commands.press(story.installation, story.id, 61, sha, word)


def test_the_button_looks_at_the_commits_runs_again(story: Story, thread: Thread) -> None:
    sha = story.push("discounts", "1")
    story.run(sha, "discounts", MODULE)
    assert press(story, sha, "explain") == "1 looked at"
    assert thread.work() == ["commented"]


def test_the_button_does_not_break_the_quiet_of_the_conversation(story: Story, red: int, thread: Thread) -> None:
    thread.ask("quiet")
    thread.story.delete_ours(thread.number)
    assert press(story, story.github.state(NAME)["branches"]["discounts"], "explain") == "1 looked at"
    thread.work()
    assert thread.ours() == []


def test_the_button_runs_the_failed_jobs_again(story: Story, thread: Thread) -> None:
    sha = story.push("discounts", "1")
    story.run(sha, "discounts", MODULE)
    assert press(story, sha, "rerun").startswith("silent: whyred may not")
    may_rerun(story, thread.connection)
    assert press(story, sha, "rerun") == "run again"
    assert press(story, sha, "rerun").startswith("silent: No finished run")


@pytest.mark.parametrize(("event", "branch"), [("pull_request", "discounts"), ("push", "main")])
def test_a_commit_that_is_not_the_head_any_more_is_not_run_again(
    story: Story, thread: Thread, event: str, branch: str
) -> None:
    may_rerun(story, thread.connection)
    sha = story.push(branch, "1")
    story.run(sha, branch, MODULE, event=event)
    story.push(branch, "2")
    with story.silence():
        assert press(story, sha, "rerun").startswith("silent: The branch has moved on")


def test_a_push_is_run_again_while_its_branch_stands(story: Story, connection: redis.Redis) -> None:
    may_rerun(story, connection)
    sha = story.push("main", "1")
    story.run(sha, "main", MODULE, event="push")
    assert press(story, sha, "rerun") == "run again"
