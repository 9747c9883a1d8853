"""A story of its own for each test of what the worker does."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import redis

from bot.store.database import sqlite_url
from bot.store.store import open_store
from sandbox.client import Sandbox
from sandbox.server import Server
from tests.workers.story import NAME, Story


@pytest.fixture(scope="session")
def empty_history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a history with its tables, to be copied: to make them takes longer than most stories."""
    folder = tmp_path_factory.mktemp("history")
    open_store(sqlite_url(folder)).close()
    return folder


@pytest.fixture
def story(
    started: Server,
    github: Sandbox,
    redis_url: str,
    connection: redis.Redis,
    tmp_path: Path,
    empty_history: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Story:
    shutil.copytree(empty_history, tmp_path / "data")
    settings = {
        "APP_ID": str(started.world.app_id),
        "PRIVATE_KEY_PATH": str(started.key_path),
        "WEBHOOK_SECRET": "a-webhook-secret-that-is-long-enough",
        "GITHUB_API_URL": f"{started.url}/api/v3",
        "GITHUB_URL": started.url,
        "LOG_HOSTS": "localhost",
        "REDIS_URL": redis_url,
        "DATA_DIR": str(tmp_path / "data"),
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    for name in ("DATABASE_URL", "ALLOWED_OWNERS", "GHE_HOST", "PRIVATE_KEY"):
        monkeypatch.delenv(name, raising=False)
    repository = github.create_repository(NAME, assignable=["mona"])
    return Story(github, tmp_path / "data", repository, github.install("octo"), connection)


@pytest.fixture
def pull(story: Story) -> int:
    story.push("discounts", "PRICE = 1\n")
    return story.github.open_pull(NAME, "discounts", author="mona")
