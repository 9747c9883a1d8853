"""What all tests share: a Redis server of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis

from bot.private_redis import private_redis


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server that all tests of this process share."""
    with private_redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def redis_url(redis_server: str) -> Iterator[str]:
    """The URL of an empty server."""
    with redis.Redis.from_url(redis_server) as connection:
        connection.flushall()
    yield redis_server


@pytest.fixture
def connection(redis_url: str) -> Iterator[redis.Redis]:
    """A connection to the empty server."""
    with redis.Redis.from_url(redis_url) as opened:
        yield opened
