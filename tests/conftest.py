"""What all tests share: a Redis server and a GitHub of their own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator

import pytest
import redis

from bot.private_redis import private_redis
from sandbox.client import Sandbox
from sandbox.server import Server


def pytest_configure(config: pytest.Config) -> None:
    """One cache folder for the session: its workers, and the processes that tests start, find what the first one made.

    Set before any of our modules is imported, as some of them look where it is.
    """
    if hasattr(config, "workerinput"):
        return
    folder = tempfile.TemporaryDirectory(prefix="whyred-tests-")
    patch = pytest.MonkeyPatch()
    patch.setenv("XDG_CACHE_HOME", folder.name)
    config.add_cleanup(patch.undo)
    config.add_cleanup(folder.cleanup)


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


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One local GitHub for all tests: to make its key and to compile its addresses takes a while."""
    with Server(tmp_path_factory.mktemp("sandbox"), refereed=True) as running:
        yield running


@pytest.fixture
def github(started: Server) -> Iterator[Sandbox]:
    """An empty GitHub; after the test, every exchange with it must have been as GitHub describes it."""
    found = Sandbox(started.url)
    found.reset()
    found.set_hook(None)
    yield found
    assert found.violations() == []
