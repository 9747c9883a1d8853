"""A story of its own for each test of what the worker does."""

from __future__ import annotations

from pathlib import Path

import pytest
import redis

from sandbox.client import Sandbox
from sandbox.server import Server
from tests.workers.story import NAME, Story


@pytest.fixture
def story(
    started: Server,
    github: Sandbox,
    redis_url: str,
    connection: redis.Redis,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Story:
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
