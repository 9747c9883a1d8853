"""The budget for writes and the pauses after a refusal, shared by all workers of an installation."""

from __future__ import annotations

import pytest
import redis

from bot.errors import RetryLater
from bot.github.errors import RateLimited
from bot.github.pace import SharedPace


def pause(connection: redis.Redis, installation: int = 3) -> float:
    """Seconds that workers are kept away for now."""
    with pytest.raises(RetryLater, match="lasts") as caught:
        SharedPace(connection, installation).before(write=False)
    return caught.value.seconds


def refuse(connection: redis.Redis, seconds: float) -> None:
    SharedPace(connection, 3).refused(RateLimited("limit", seconds))


def test_writes_are_counted_by_all_workers_together(connection: redis.Redis) -> None:
    for _ in range(3):
        SharedPace(connection, 3, per_minute=3).before(write=True)
    with pytest.raises(RetryLater) as caught:
        SharedPace(connection, 3, per_minute=3).before(write=True)
    assert 0 < caught.value.seconds <= 60
    SharedPace(connection, 3, per_minute=3).before(write=False)
    SharedPace(connection, 4, per_minute=3).before(write=True)


def test_the_budget_of_the_hour_ends_later_than_that_of_the_minute(connection: redis.Redis) -> None:
    SharedPace(connection, 3, per_hour=1).before(write=True)
    with pytest.raises(RetryLater) as caught:
        SharedPace(connection, 3, per_hour=1).before(write=True)
    assert 3000 < caught.value.seconds <= 3600


def test_a_refusal_keeps_everybody_of_that_installation_away(connection: redis.Redis) -> None:
    refuse(connection, 90)
    assert 89 < pause(connection) <= 90
    SharedPace(connection, 4).before(write=True)


def test_requests_that_were_refused_together_count_once(connection: redis.Redis) -> None:
    for _ in range(8):
        refuse(connection, 60)
    assert 59 < pause(connection) <= 60
    refuse(connection, 100)
    assert 99 < pause(connection) <= 100


def test_each_pause_within_the_hour_is_twice_as_long_and_none_longer_than_an_hour(connection: redis.Redis) -> None:
    pauses = []
    for _ in range(12):
        refuse(connection, 60)
        pauses.append(round(pause(connection)))
        connection.delete("whyred:pause:3")
    assert pauses == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600, 3600, 3600]
