"""There is exactly one of a thing, whatever dies, is lost, lags or is wiped at whichever step."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator

import pytest
import redis

from bot.deliver.effect import Done, deliver, forget, listed
from bot.errors import RetryLater
from bot.github.errors import ForbiddenError
from tests.bot.deliver.shelf import KEY, LAG, QUICK, Death, Killed, Shelf, Steps, StepwiseRedis

LEASE = f"whyred:lease:{KEY}"


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def stepwise(redis_url: str) -> Iterator[StepwiseRedis]:
    with StepwiseRedis.from_url(redis_url) as opened:
        yield opened


def told(connection: redis.Redis, shelf: Shelf, word: str, *, stood: bool = False) -> str:
    return deliver(connection, shelf.effect(word, stood=stood), QUICK).says


def told_in_the_end(connection: redis.Redis, shelf: Shelf, word: str) -> str:
    """As the queue has it: a job that was put off comes back."""
    try:
        return told(connection, shelf, word)
    except RetryLater:
        return told(connection, shelf, word)


def test_what_is_not_there_is_made_and_what_is_there_is_edited(connection: redis.Redis, shelf: Shelf) -> None:
    assert told(connection, shelf, "lint") == "made"
    assert told(connection, shelf, "coverage") == "edited"
    assert shelf.words() == [["lint", "coverage"]]


def test_the_thing_that_stands_is_handed_back(connection: redis.Redis, shelf: Shelf) -> None:
    for says in ("made", "silent: it says so"):
        assert deliver(connection, shelf.effect("lint", revision=""), QUICK) == Done(says, shelf.things[0])


def test_the_last_that_was_written_is_not_even_looked_up_again(connection: redis.Redis, shelf: Shelf) -> None:
    told(connection, shelf, "lint")
    shelf.requests.clear()
    assert told(connection, shelf, "lint") == "silent: this was told already"
    assert shelf.requests == []


def test_what_needed_no_write_is_looked_up_again_for_it_may_have_changed(connection: redis.Redis, shelf: Shelf) -> None:
    thing = shelf.put("lint")
    assert told(connection, shelf, "lint") == "silent: it says so"
    shelf.things.pop(thing.id)
    assert told(connection, shelf, "lint") == "made"


def test_what_was_overwritten_from_elsewhere_is_told_again(connection: redis.Redis, shelf: Shelf) -> None:
    told(connection, shelf, "lint")
    deliver(connection, shelf.effect("quiet", revision=""), QUICK)
    shelf.things[0].words = ["quiet"]
    assert told(connection, shelf, "lint") == "edited"


def test_an_answer_lost_after_the_effect_is_looked_for(connection: redis.Redis, shelf: Shelf) -> None:
    shelf.lag, shelf.lose = LAG, "answer"
    assert told(connection, shelf, "lint") == "made"
    shelf.lose = "answer"
    assert told(connection, shelf, "coverage") == "edited"
    assert shelf.requests.count("make") == shelf.requests.count("edit") == 1
    assert shelf.words() == [["lint", "coverage"]]


def test_a_write_that_was_lost_whole_is_made_when_the_job_comes_back(connection: redis.Redis, shelf: Shelf) -> None:
    for word, request in (("lint", "make"), ("coverage", "edit")):
        shelf.lose = "request"
        with pytest.raises(RetryLater, match="lost a write"):
            told(connection, shelf, word)
        assert shelf.requests.count(request) == 1
        told(connection, shelf, word)
    assert shelf.words() == [["lint", "coverage"]]


@pytest.mark.parametrize("slow", [0, 2 * LAG])
def test_a_second_delivery_waits_until_the_list_shows_what_the_first_made(
    connection: redis.Redis, shelf: Shelf, slow: float
) -> None:
    shelf.lag, shelf.slow = LAG, slow
    told(connection, shelf, "lint")
    assert told(connection, shelf, "coverage") == "edited"
    assert len(shelf.things) == 1


def test_a_clock_that_was_set_back_makes_nobody_wait_for_the_difference(connection: redis.Redis, shelf: Shelf) -> None:
    connection.set(f"whyred:intent:{KEY}", 1, px=3_600_000)
    begun = time.monotonic()
    assert told(connection, shelf, "lint") == "made"
    assert time.monotonic() - begun < 1


def test_a_refusal_is_the_outlets_to_explain_and_keeps_nobody_waiting(connection: redis.Redis, shelf: Shelf) -> None:
    shelf.refuse = ForbiddenError(403, "This conversation is locked")
    with pytest.raises(ForbiddenError):
        told(connection, shelf, "lint")
    shelf.refuse = None
    assert told(connection, shelf, "lint") == "made"


def test_several_become_the_oldest_which_tells_what_all_of_them_told(connection: redis.Redis, shelf: Shelf) -> None:
    for word in ("lint", "coverage", "types"):
        shelf.put(word)
    assert told(connection, shelf, "build") == "edited"
    assert shelf.words() == [["lint", "coverage", "types", "build"]]
    assert list(shelf.things) == [0]
    assert shelf.requests == ["list", "edit", "retire", "retire"]


def test_a_surplus_one_whose_retirement_was_lost_is_retired_when_the_job_comes_back(
    connection: redis.Redis, shelf: Shelf
) -> None:
    shelf.put("lint")
    shelf.put("lint")
    shelf.lose = "request"
    with pytest.raises(RetryLater, match="lost a write"):
        told(connection, shelf, "lint")
    told(connection, shelf, "lint")
    assert shelf.words() == [["lint"]]


def test_a_worker_whose_lease_ran_out_does_not_write(connection: redis.Redis, shelf: Shelf) -> None:
    effect = shelf.effect("lint")

    def stopped_for_long() -> None:
        connection.delete(LEASE)
        assert told(connection, shelf, "coverage") == "made"

    shelf.steps = Steps(stopped_for_long, at=0)
    with pytest.raises(RetryLater, match="lease has run out"):
        deliver(connection, effect, QUICK)
    assert shelf.words() == [["coverage"]]
    assert told(connection, shelf, "lint") == "edited"


def test_what_stood_once_and_is_gone_was_taken_away_by_a_person(connection: redis.Redis, shelf: Shelf) -> None:
    assert told(connection, shelf, "lint", stood=True) == "silent: somebody deleted it"
    shelf.put("lint")
    assert told(connection, shelf, "coverage", stood=True) == "edited"


def test_what_was_told_already_is_told_again_once_it_is_forgotten(connection: redis.Redis, shelf: Shelf) -> None:
    told(connection, shelf, "lint")
    shelf.things.clear()
    assert told(connection, shelf, "lint") == "silent: this was told already"
    forget(connection, KEY)
    assert told(connection, shelf, "lint") == "made"


def test_who_only_lists_sees_what_was_made_just_now(connection: redis.Redis, shelf: Shelf) -> None:
    shelf.lag = LAG
    told(connection, shelf, "lint")
    assert [thing.words for thing in listed(connection, KEY, shelf.effect("").find, QUICK)] == [["lint"]]


@pytest.mark.parametrize("standing", [[], ["types"], ["types", "build"]], ids=["none", "one", "two"])
def test_a_worker_killed_at_any_step_leaves_one_thing_to_the_next(
    connection: redis.Redis, stepwise: StepwiseRedis, standing: list[str]
) -> None:
    for step in itertools.count():
        connection.flushall()
        shelf = Shelf(lag=LAG)
        for word in standing:
            shelf.put(word)
        stepwise.steps = shelf.steps = Death(at=step)
        try:
            told(stepwise, shelf, "lint")
        except Killed:
            shelf.steps = Steps()
        else:
            assert step > 6
            break
        connection.delete(LEASE)
        told(connection, shelf, "lint")
        assert shelf.words() == [[*standing, "lint"]]


@pytest.mark.parametrize("standing", [[], ["types"], ["types", "build"]], ids=["none", "one", "two"])
def test_a_redis_wiped_at_any_step_costs_nothing(
    connection: redis.Redis, stepwise: StepwiseRedis, standing: list[str]
) -> None:
    def wipe() -> None:
        connection.flushall()

    for step in itertools.count():
        wipe()
        shelf = Shelf()
        for word in standing:
            shelf.put(word)
        stepwise.steps = shelf.steps = Steps(wipe, at=step)
        told_in_the_end(stepwise, shelf, "lint")
        told_in_the_end(stepwise, shelf, "lint")
        assert shelf.words() == [[*standing, "lint"]]
        if shelf.steps.taken <= step:
            assert step > 6
            break


def test_the_second_that_a_wiped_redis_and_a_lagging_list_make_is_taken_away_by_the_next(
    connection: redis.Redis, shelf: Shelf
) -> None:
    shelf.lag = 60
    told(connection, shelf, "lint")
    connection.flushall()
    told(connection, shelf, "coverage")
    assert len(shelf.things) == 2
    shelf.lag = 0
    told(connection, shelf, "types")
    assert shelf.words() == [["lint", "coverage", "types"]]
