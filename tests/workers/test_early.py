"""What is told of a run that goes on: its first failures at once, once for a burst, and nothing where its end tells."""

from __future__ import annotations

import threading
import time

import pytest
import redis

from tests.later import some_time_passes
from tests.workers.story import COVERAGE, FAILING, MODULE, NAME, Story
from workers import commands, early, turns


def going(story: Story, *logs: str, event: str = "pull_request", branch: str = "discounts", sha: str = "") -> int:
    """A run that goes on: a job has failed with each of the logs, another one still runs."""
    head = sha or story.push(branch, "1")
    run = story.github.start_run(NAME, sha=head, branch=branch, event=event)
    for number, log in enumerate(logs):
        fail(story, run, log, f"test ({number})")
    story.github.add_job(NAME, run, "slow", status="in_progress")
    return run


def fail(story: Story, run: int, log: str, name: str) -> None:
    story.github.add_job(NAME, run, name, conclusion="failure", log=log, steps=FAILING)


def tell(story: Story, run: int, *, turn: int = 0, attempt: int = 1) -> str:
    some_time_passes(story.connection)
    return early.diagnose_early(story.installation, story.id, run, attempt, turn)


def ask(connection: redis.Redis, story: Story, run: int) -> str:
    return turns.ask(connection, story.installation, story.id, run, 1)


def test_what_failed_is_told_while_the_run_goes_on(story: Story, pull: int) -> None:
    assert tell(story, going(story, MODULE)) == "commented"
    (body,) = story.comments(pull)
    assert "`python/module-not-found`" in body
    assert "run still going, more may follow" in body


def test_in_the_shadow_no_log_is_read_before_the_end(story: Story, pull: int) -> None:
    story.github.push(NAME, "main", {".github/whyred.yml": "shadow: true\n"}, author="mona")
    run = going(story, MODULE)
    assert tell(story, run) == tell(story, run, turn=turns.NOW) == "silent: not wanted early"
    assert story.github.requests("GET", "/logs") == []
    assert ask(story.connection, story, run) == "ignored: told of early already"


def test_a_run_that_is_stopped_goes_on_no_longer(story: Story, pull: int) -> None:
    run = going(story, MODULE)
    tell(story, run)
    story.github.finish_run(NAME, run, "cancelled", deliver=False)
    assert story.tell(run) == "edited"
    (body,) = story.comments(pull)
    assert "`python/module-not-found`" in body
    assert "still going" not in body
    with story.silence():
        assert story.tell(run) == "silent: nothing was told early"


@pytest.mark.parametrize("end", ["cancelled", "failure", "success"])
@pytest.mark.parametrize("fate", ["moved on", "closed"])
def test_a_run_that_has_ended_goes_on_no_longer_where_its_pull_request_does(
    story: Story, pull: int, fate: str, end: str
) -> None:
    run = going(story, MODULE)
    tell(story, run)
    if fate == "closed":
        story.github.close(NAME, pull)
    else:
        story.push("discounts", "2")
    story.github.finish_run(NAME, run, end, deliver=False)
    assert story.tell(run) == "edited"
    assert "still going" not in story.comments(pull)[0]


def test_a_run_of_a_fork_that_has_ended_goes_on_no_longer(story: Story) -> None:
    fork = story.github.fork(NAME, "hubert")
    sha = story.push("mine", "1", name=fork)
    pull = story.github.open_pull(NAME, "mine", author="hubert", head_repository=fork)
    run = story.github.start_run(NAME, sha=sha, branch="mine", event="pull_request", head_repository=fork)
    fail(story, run, MODULE, "test")
    assert tell(story, run) == "commented"
    story.push("mine", "2", name=fork)
    story.github.finish_run(NAME, run, "cancelled", deliver=False)
    assert story.tell(run) == "edited"
    assert "still going" not in story.comments(pull)[0]


def test_a_run_that_is_stopped_while_it_is_told_goes_on_no_longer(story: Story, pull: int) -> None:
    run = going(story, MODULE)
    story.github.fault("delay", "POST", f"/repos/{NAME}/issues/{pull}/comments", seconds=1)
    telling = threading.Thread(target=lambda: tell(story, run))
    telling.start()
    while not story.github.requests("GET", "/comments"):
        time.sleep(0.02)
    story.github.finish_run(NAME, run, "cancelled", deliver=False)
    telling.join()
    assert "still going" not in story.comments(pull)[0]


def test_the_end_with_the_same_diagnosis_tells_nobody_again(story: Story, pull: int) -> None:
    run = going(story, MODULE)
    tell(story, run)
    before = len(story.comments(pull))
    story.github.finish_run(NAME, run, "failure", deliver=False)
    story.tell(run)
    assert len(story.comments(pull)) == before == 1
    assert "still going" not in story.comments(pull)[0]
    posts = [path for verb, path in story.writes() if verb == "POST" and path.endswith("/comments")]
    assert len(posts) == 1


def test_what_fails_later_is_told_in_the_same_comment(story: Story, pull: int) -> None:
    run = going(story, MODULE)
    tell(story, run)
    fail(story, run, COVERAGE, "coverage")
    assert tell(story, run, turn=1) == "edited"
    assert len(story.comments(pull)) == 1


def test_a_turn_without_news_asks_for_no_log(story: Story, pull: int) -> None:
    run = going(story, MODULE)
    tell(story, run)
    logs = len(story.github.requests(path="/logs"))
    with story.silence():
        assert tell(story, run, turn=1) == "silent: no job has failed since"
    assert len(story.github.requests(path="/logs")) == logs


def test_silent_when_the_run_has_ended_meanwhile(story: Story, pull: int, connection: redis.Redis) -> None:
    run = going(story, MODULE)
    story.github.finish_run(NAME, run, "failure", deliver=False)
    with story.silence():
        assert tell(story, run) == "silent: the run has ended"
    assert ask(connection, story, run) == "ignored: told of early already"


def test_silent_when_the_run_ends_while_its_log_is_read(story: Story, pull: int) -> None:
    run = going(story, MODULE)
    log = f"/repos/{NAME}/actions/jobs/*/logs"
    story.github.fault("delay", "GET", log, seconds=1)
    told: list[str] = []
    reading = threading.Thread(target=lambda: told.append(tell(story, run)))
    reading.start()
    while not story.github.requests("GET", "/logs"):
        time.sleep(0.02)
    story.github.finish_run(NAME, run, "failure", deliver=False)
    reading.join()
    assert told == ["silent: the run has ended"]
    assert story.comments(pull) == []


def test_a_job_event_after_the_end_was_told_changes_nothing(story: Story, pull: int) -> None:
    run = going(story, MODULE)
    story.github.finish_run(NAME, run, "failure", deliver=False)
    story.tell(run)
    before = story.comments(pull)
    with story.silence():
        assert tell(story, run) == "silent: the run has ended"
    assert story.comments(pull) == before


def test_silent_when_another_attempt_has_begun(story: Story, pull: int) -> None:
    run = going(story, MODULE)
    story.github.finish_run(NAME, run, "failure", deliver=False)
    story.github.rerun(NAME, run)
    with story.silence():
        assert tell(story, run) == "silent: the run has ended"


def test_silent_without_a_pull_request(story: Story, connection: redis.Redis) -> None:
    run = going(story, MODULE, event="push", branch="main")
    with story.silence():
        assert tell(story, run) == "silent: no pull request"
    assert story.issues() == []
    assert ask(connection, story, run) == "ignored: told of early already"


def test_silent_on_a_commit_that_is_not_the_head_any_more(story: Story, pull: int) -> None:
    run = going(story, MODULE)
    story.push("discounts", "2")
    with story.silence():
        assert tell(story, run) == "silent: superseded by a newer commit"


def test_silent_on_a_closed_pull_request(story: Story, pull: int) -> None:
    run = going(story, MODULE)
    story.github.close(NAME, pull)
    with story.silence():
        assert tell(story, run) == "silent: its pull request is closed"


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        ("early: false", "not wanted early"),
        ("outlets: [check, issue]", "not wanted early"),
        ("workflows: [Nightly]", "not watched"),
    ],
)
def test_silent_where_the_repository_does_not_want_it(story: Story, pull: int, wish: str, why: str) -> None:
    story.github.push(NAME, "main", {".github/whyred.yml": f"{wish}\n"}, author="mona")
    run = going(story, MODULE)
    with story.silence():
        assert tell(story, run) == f"silent: {why}"
    assert story.github.requests(path="/logs") == []


def test_silent_on_a_draft(story: Story) -> None:
    sha = story.push("discounts", "1")
    story.github.open_pull(NAME, "discounts", author="mona", draft=True)
    with story.silence():
        assert tell(story, going(story, MODULE, sha=sha)) == "silent: not wanted early"
    assert story.github.requests(path="/logs") == []


def test_silent_where_quiet_was_asked_for(story: Story, pull: int) -> None:
    asked = story.github.comment(NAME, pull, "mona", "/whyred quiet")
    commands.obey(story.installation, story.id, pull, asked, "quiet")
    run = going(story, MODULE)
    with story.silence():
        assert tell(story, run) == "silent: quiet was asked for"
    assert story.github.requests(path="/logs") == []


def test_the_turn_has_begun_before_it_looks(story: Story, pull: int, connection: redis.Redis) -> None:
    run = going(story, MODULE)
    assert ask(connection, story, run) == "queued"
    story.github.fault("status", "GET", f"/repos/{NAME}/actions/runs/{run}", status=404)
    assert tell(story, run).startswith("silent: refused")
    # A job that failed while the turn was looking, and that it may not have seen, is not forgotten.
    assert ask(connection, story, run) == "queued"
