"""From what GitHub sends to what comes of it: commands, buttons, bursts, an App that is taken away, and ourselves."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from werkzeug.serving import make_server

from bot.app import create_app
from bot.settings import Settings
from tests.workers.story import FAILING, MODULE, NAME, Story
from workers import commands, forget
from workers.queue import queue

SECRET = "a-webhook-secret-that-is-long-enough"


@pytest.fixture
def hooked(story: Story, connection: redis.Redis) -> Iterator[Story]:
    """The story, with our receiver as the App's webhook."""
    server = make_server("127.0.0.1", 0, create_app(Settings.from_environment(), connection), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    story.github.set_hook(f"http://127.0.0.1:{server.server_port}/webhook", SECRET)
    yield story
    story.github.set_hook(None)
    server.shutdown()
    server.server_close()
    thread.join()


def sent(story: Story, event: str, sender: str) -> dict[str, Any]:
    """The newest delivery of that event by somebody, once it was answered: comments are told in the background."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        found = [one for one in story.github.deliveries() if one["event"] == event and one["status_code"]]
        told = [one for one in found if one["payload"]["sender"]["login"] == sender]
        if told:
            return told[-1]
        time.sleep(0.02)
    raise AssertionError(f"no {event} of {sender}")


def waiting(connection: redis.Redis) -> list[str]:
    return queue(connection).get_job_ids()


def answer(delivery: dict[str, Any]) -> str:
    return str(delivery["answer"]).strip()


def test_what_we_write_ourselves_sets_nothing_off(hooked: Story, pull: int, connection: redis.Redis) -> None:
    run = hooked.run(hooked.push("discounts", "1"), "discounts", MODULE)
    assert hooked.tell(run) == "commented"
    assert "ignored: a bot" in answer(sent(hooked, "issue_comment", "whyred[bot]"))
    assert waiting(connection) == []


def test_a_command_is_obeyed_once_however_often_it_is_sent(hooked: Story, pull: int, connection: redis.Redis) -> None:
    comment = hooked.github.comment(NAME, pull, "mona", "/whyred help")
    delivery = sent(hooked, "issue_comment", "mona")
    assert waiting(connection) == [f"command-{hooked.id}-{comment}"]
    (job,) = queue(connection).jobs
    assert commands.obey(*job.args) == "help: +1"
    hooked.github.resend(delivery["id"])
    assert waiting(connection) == [job.id]
    # Days later the queue has forgotten the job.
    job.delete()
    hooked.github.resend(delivery["id"])
    assert waiting(connection) == [job.id]
    with hooked.silence():
        assert commands.obey(*job.args) == "silent: obeyed already"


def test_a_burst_of_failing_jobs_is_looked_at_once(hooked: Story, pull: int, connection: redis.Redis) -> None:
    sha = hooked.push("discounts", "1")
    run = hooked.github.start_run(NAME, sha=sha, branch="discounts", event="pull_request")
    for number in range(12):
        job = hooked.github.add_job(NAME, run, f"leg {number}", conclusion="failure", log=MODULE, steps=FAILING)
        hooked.github.job_event(NAME, run, job, "completed")
    assert connection.zrange("rq:scheduled:whyred", 0, -1) == [f"early-{hooked.id}-{run}-1-0".encode()]
    assert waiting(connection) == []


def test_a_pressed_button_has_the_commit_looked_at_again(hooked: Story, pull: int, connection: redis.Redis) -> None:
    run = hooked.run(hooked.push("discounts", "1"), "discounts", MODULE)
    hooked.tell(run)
    check = hooked.github.check_runs(NAME)[0]["id"]
    for _ in range(2):
        hooked.github.press(NAME, check, "diagnose", sender="mona")
    assert waiting(connection) == [f"pressed-{hooked.id}-{check}-explain"]
    (job,) = queue(connection).jobs
    assert commands.press(*job.args) == "1 looked at"
    assert waiting(connection)[-1] == f"asked-{hooked.id}-{run}-1-{check}"


def test_a_check_that_was_asked_to_run_again_is_complete_once_more(
    hooked: Story, pull: int, connection: redis.Redis
) -> None:
    run = hooked.run(hooked.push("discounts", "1"), "discounts", MODULE)
    hooked.tell(run)
    (before,) = hooked.github.check_runs(NAME)
    hooked.github.press(NAME, before["id"], None, sender="mona")
    assert hooked.github.check_runs(NAME)[0]["suite_queued"]
    (job,) = queue(connection).jobs
    assert commands.press(*job.args) == "1 looked at"
    assert hooked.github.check_runs(NAME) == [before]
    assert waiting(connection)[-1] == f"asked-{hooked.id}-{run}-1-{before['id']}"


@pytest.mark.parametrize("repository", [NAME, None])
def test_what_the_app_has_lost_is_forgotten(
    hooked: Story, pull: int, connection: redis.Redis, repository: str | None
) -> None:
    hooked.tell(hooked.run(hooked.push("discounts", "1"), "discounts", MODULE))
    assert len(hooked.history()) == 1
    run = hooked.github.start_run(NAME, sha=hooked.push("discounts", "2"), branch="discounts", event="pull_request")
    job = hooked.github.add_job(NAME, run, "test", conclusion="failure", log=MODULE)
    hooked.github.job_event(NAME, run, job, "completed")
    hooked.github.finish_run(NAME, run, "failure")
    assert len(waiting(connection)) == connection.zcard("rq:scheduled:whyred") == 1

    hooked.github.uninstall("octo", repository)
    for left in queue(connection).jobs:
        if left.func_name == "workers.forget.forget_repositories":
            assert forget.forget_repositories(*left.args) == "forgotten"
            left.delete()
    assert hooked.history() == []
    assert connection.zcard("rq:scheduled:whyred") == 0
    assert [one for one in waiting(connection) if not one.startswith("forget")] == []


def test_an_uninstalled_account_is_forgotten_by_its_installation_too(hooked: Story, pull: int) -> None:
    hooked.tell(hooked.run(hooked.push("discounts", "1"), "discounts", MODULE))
    assert forget.forget_installation(hooked.installation) == "forgotten"
    assert hooked.history() == []
