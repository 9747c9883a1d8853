"""Real servers for the stories' projects, as a job's services would be."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from bot.private_redis import find_server
from tests.postgresql import programs, server
from tests.workers.conftest import empty_history, story

__all__ = ["empty_history", "story"]


def free_port() -> int:
    """A port of five digits that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def redis_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A Redis on loopback that asks for no password, as the service of a workflow."""
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path_factory.mktemp("redis"))]
    process = subprocess.Popen([find_server(), *options], stdout=subprocess.DEVNULL)
    try:
        with redis.Redis(port=port) as client:
            _until_it_answers(client)
        yield port
    finally:
        process.terminate()
        process.wait()


def _until_it_answers(client: redis.Redis) -> None:
    for _ in range(200):
        try:
            client.ping()
        except redis.ConnectionError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("Redis does not answer")


@pytest.fixture(scope="session")
def postgresql_port() -> Iterator[int]:
    """A PostgreSQL on loopback with the role and the database of the workflow's service, which asks for a password."""
    found: Path | None = programs()
    if found is None:
        pytest.skip("PostgreSQL is not installed: the story that needs its refusal is not told")
    port = free_port()
    with server(found, "test_user", port=port, password="test_password"):
        url = f"postgresql://test_user:test_password@127.0.0.1:{port}/postgres"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("create database shop_test")
        yield port
