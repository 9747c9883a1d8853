"""What each event leads to: work in the queue, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
import redis

from bot.events import CheckRun, Event, Installation, IssueComment, Ping, ReadyForReview, WorkflowJob, WorkflowRun
from bot.handlers import Desk
from bot.handlers.issue_comment import PER_PERSON
from bot.router import route
from bot.settings import Settings
from workers import turns
from workers.queue import queue

SHA = "a" * 40


def desk(connection: redis.Redis, *allowed_owners: str, app: int = 0) -> Desk:
    settings = Settings(app, "", (), "", Path(), allowed_owners=allowed_owners)
    return Desk(connection, settings.serves, app)


def run(conclusion: str | None = "failure", *, action: str = "completed", owner: str = "shop") -> WorkflowRun:
    return WorkflowRun(action, installation=5, repository=11, owner=owner, run=31, attempt=2, conclusion=conclusion)


def job(conclusion: str = "failure", *, owner: str = "shop") -> WorkflowJob:
    return WorkflowJob(installation=5, repository=11, owner=owner, run=31, attempt=2, conclusion=conclusion)


def comment(
    body: str = "/whyred rerun", *, number: int = 51, author: int = 3, by_bot: bool = False, owner: str = "shop"
) -> IssueComment:
    return IssueComment(5, 11, owner, number=7, comment=number, author=author, by_bot=by_bot, body=body)


def press(button: str = "diagnose", *, app: int = 9, owner: str = "shop") -> CheckRun:
    return CheckRun(5, 11, owner, check_run=61, sha=SHA, app=app, button=button)


@pytest.mark.parametrize("conclusion", ["failure", "startup_failure", "timed_out", "cancelled", "success"])
def test_red_is_to_be_diagnosed_and_green_may_settle_it(conclusion: str, connection: redis.Redis) -> None:
    assert route(run(conclusion), desk(connection)) == "queued"
    (job,) = queue(connection).jobs
    assert (job.id, job.func_name, list(job.args)) == ("run-11-31-2", "workers.tasks.diagnose_run", [5, 11, 31, 2])


@pytest.mark.parametrize(
    ("event", "done"),
    [
        (run("skipped"), "ignored: skipped"),
        (run("neutral"), "ignored: neutral"),
        (run("stale"), "ignored: stale"),
        (run("action_required"), "ignored: action_required"),
        (run("something new"), "ignored: something new"),
        (run(None, action="requested"), "ignored: requested"),
        (run(None, action="in_progress"), "ignored: in_progress"),
        (run(owner="stranger"), "ignored: owner not allowed"),
        (job("success"), "ignored: success"),
        (job("cancelled"), "ignored: cancelled"),
        (job("skipped"), "ignored: skipped"),
        (job(owner="stranger"), "ignored: owner not allowed"),
        (comment("What now?"), "ignored: no command"),
        (comment("> /whyred rerun"), "ignored: no command"),
        (comment(by_bot=True), "ignored: a bot"),
        (comment(owner="stranger"), "ignored: owner not allowed"),
        (press(app=15368), "ignored: another App's check run"),
        (press("deploy"), "ignored: unknown button"),
        (press(owner="stranger"), "ignored: owner not allowed"),
        (Installation("suspend", 5, "Shop"), "noted"),
        (Installation("created", 5, "Shop"), "noted"),
        (Installation("created", 5, "stranger"), "ignored: owner not allowed"),
        (Ping(3), "pong"),
    ],
)
def test_nothing_is_queued_for_anything_else(event: Event, done: str, connection: redis.Redis) -> None:
    assert route(event, desk(connection, "shop", app=9)) == done
    assert connection.keys("rq:*") == []


def test_without_allowed_owners_everybody_is_served(connection: redis.Redis) -> None:
    assert route(run(owner="Anyone"), desk(connection)) == "queued"


def test_owners_are_compared_without_case(connection: redis.Redis) -> None:
    assert route(run(owner="SHOP"), desk(connection, "shop")) == "queued"


def test_the_same_attempt_twice_is_one_job(connection: redis.Redis) -> None:
    assert [route(run(), desk(connection)) for _ in range(3)] == ["queued", "queued already", "queued already"]
    assert len(queue(connection)) == 1


@pytest.mark.parametrize("conclusion", ["skipped", "neutral"])
def test_a_run_that_was_told_early_is_told_however_it_ends(conclusion: str, connection: redis.Redis) -> None:
    turns.tell(connection, 11, 31, 2, jobs=1)
    assert route(run(conclusion), desk(connection)) == "queued"


def test_a_matrix_of_failing_jobs_is_one_early_job(connection: redis.Redis) -> None:
    told = [route(job(), desk(connection)) for _ in range(256)]
    assert told == ["queued"] + ["queued already"] * 255
    assert len(queue(connection)) == 0
    assert connection.zrange("rq:scheduled:whyred", 0, -1) == [b"early-11-31-2-0"]


def test_a_command_is_queued_by_its_ids_without_what_was_written(connection: redis.Redis) -> None:
    secret = "hunter2-hunter2"
    assert route(comment(f"/whyred wrong {secret}"), desk(connection)) == "queued"
    (queued,) = queue(connection).jobs
    assert (queued.id, queued.func_name) == ("command-11-51", "workers.commands.obey")
    assert list(queued.args) == [5, 11, 7, 51, "wrong"]
    assert secret.encode() not in b"".join(connection.dump(key) or b"" for key in connection.scan_iter())


def test_an_unknown_command_is_queued_as_such_and_not_in_the_writers_words(connection: redis.Redis) -> None:
    route(comment("/whyred $(reboot)"), desk(connection))
    (queued,) = queue(connection).jobs
    assert queued.args[-1] == "unknown"


def test_a_command_that_is_delivered_twice_is_one_job(connection: redis.Redis) -> None:
    assert [route(comment(), desk(connection)) for _ in range(3)] == ["queued", "queued already", "queued already"]


def test_a_flood_of_commands_has_an_end(connection: redis.Redis) -> None:
    told = [route(comment(number=number), desk(connection)) for number in range(1, PER_PERSON + 11)]
    assert told.count("queued") == PER_PERSON
    assert set(told[PER_PERSON:]) == {"ignored: too many commands"}
    assert route(comment(author=4, number=999), desk(connection)) == "queued"


@pytest.mark.parametrize(
    ("button", "word"), [("diagnose", "explain"), ("rerequested", "rerequested"), ("rerun", "rerun")]
)
def test_a_button_is_a_command_for_the_commit(button: str, word: str, connection: redis.Redis) -> None:
    assert [route(press(button), desk(connection, app=9)) for _ in range(2)] == ["queued", "queued already"]
    (queued,) = queue(connection).jobs
    assert (queued.id, queued.func_name) == (f"pressed-11-61-{word}", "workers.commands.press")
    assert list(queued.args) == [5, 11, 61, SHA, word]


def test_what_an_installation_has_lost_is_forgotten_in_parts(connection: redis.Redis) -> None:
    lost = tuple(range(1, 251))
    assert route(Installation("removed", 5, "stranger", lost), desk(connection, "shop")) == "queued"
    queued = queue(connection).jobs
    assert {one.func_name for one in queued} == {"workers.forget.forget_repositories"}
    assert sorted(number for one in queued for number in one.args) == list(lost)


def test_what_a_nameless_installation_has_lost_is_forgotten_all_the_same(connection: redis.Redis) -> None:
    assert route(Installation("deleted", 0, "", (11,)), desk(connection)) == "queued"
    (queued,) = queue(connection).jobs
    assert (queued.func_name, list(queued.args)) == ("workers.forget.forget_repositories", [11])


def test_an_uninstalled_account_is_forgotten_whole(connection: redis.Redis) -> None:
    assert route(Installation("deleted", 5, "Shop"), desk(connection)) == "queued"
    (queued,) = queue(connection).jobs
    assert (queued.func_name, list(queued.args)) == ("workers.forget.forget_installation", [5])


def test_a_draft_that_is_ready_is_looked_at_once(connection: redis.Redis) -> None:
    event = ReadyForReview(5, 11, "shop", number=7, sha=SHA)
    assert [route(event, desk(connection)) for _ in range(2)] == ["queued", "queued already"]
    (queued,) = queue(connection).jobs
    assert (queued.func_name, list(queued.args)) == ("workers.ready.tell", [5, 11, 7, SHA])
    assert route(event, desk(connection, "stranger")) == "ignored: owner not allowed"
