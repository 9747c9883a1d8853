"""One worker at an outlet at a time, and no failure told after a later pass."""

from __future__ import annotations

import itertools
import threading
import time

import pytest
import redis

from bot.case import Age
from bot.deliver import passed
from bot.deliver.lease import lease
from bot.errors import RetryLater


def test_two_workers_at_one_outlet_take_turns(connection: redis.Redis) -> None:
    inside, most = 0, 0

    def work() -> None:
        nonlocal inside, most
        with lease(connection, "comment:7:1"):
            inside += 1
            most = max(most, inside)
            time.sleep(0.05)
            inside -= 1

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_another_outlet_is_free_meanwhile(connection: redis.Redis) -> None:
    with lease(connection, "comment:7:1"), lease(connection, "comment:7:2"):
        assert len(connection.keys("whyred:lease:*")) == 2


def test_a_worker_that_fails_or_dies_leaves_the_outlet_free(connection: redis.Redis) -> None:
    with pytest.raises(ZeroDivisionError), lease(connection, "comment:7:1"):
        raise ZeroDivisionError
    assert connection.exists("whyred:lease:comment:7:1") == 0
    with lease(connection, "comment:7:1"):
        assert 0 < int(connection.pttl("whyred:lease:comment:7:1")) <= 120_000


def test_a_lease_that_ran_out_is_no_error_of_the_one_who_had_it(connection: redis.Redis) -> None:
    with lease(connection, "comment:7:1"):
        connection.delete("whyred:lease:comment:7:1")


def test_a_lease_is_held_anew_before_each_write(connection: redis.Redis) -> None:
    with lease(connection, "comment:7:1", seconds=10) as hold:
        connection.pexpire("whyred:lease:comment:7:1", 50)
        hold()
        assert int(connection.pttl("whyred:lease:comment:7:1")) > 9_000


@pytest.mark.parametrize("heir", ["", "somebody"])
def test_who_has_lost_the_lease_may_not_write_any_more(connection: redis.Redis, heir: str) -> None:
    with lease(connection, "comment:7:1") as hold:
        connection.delete("whyred:lease:comment:7:1")
        if heir:
            connection.set("whyred:lease:comment:7:1", heir)
        with pytest.raises(RetryLater, match="run out"):
            hold()
    assert connection.get("whyred:lease:comment:7:1") == (heir.encode() or None)


def test_who_waits_too_long_comes_again_later(connection: redis.Redis) -> None:
    connection.set("whyred:lease:comment:7:1", "somebody")
    with pytest.raises(RetryLater, match="another worker"), lease(connection, "comment:7:1", wait=0.2):
        pytest.fail("nobody may write now")


PASSES = (Age(11, 2), Age(9, 1), Age(11, 1), Age(10, 12))


@pytest.mark.parametrize("order", list(itertools.permutations(PASSES)))
@pytest.mark.parametrize(
    ("age", "silent"), [(Age(10, 1), True), (Age(11, 1), True), (Age(11, 2), False), (Age(12, 1), False)]
)
def test_only_what_is_older_than_the_newest_pass_is_not_told(
    connection: redis.Redis, order: tuple[Age, ...], age: Age, *, silent: bool
) -> None:
    for one in order:
        passed.note(connection, "comment:7:1", 55, one)
    assert passed.since(connection, "comment:7:1", 55, age) is silent
    assert not passed.since(connection, "comment:7:1", 56, age)
    assert not passed.since(connection, "comment:7:2", 55, age)


def test_a_pass_is_forgotten_in_the_end(connection: redis.Redis) -> None:
    passed.note(connection, "comment:7:1", 55, Age(11, 2))
    assert 0 < int(connection.ttl("whyred:passed:comment:7:1:55")) <= passed.KEPT
