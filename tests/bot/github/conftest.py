"""A client of the repository `acme/shop` on the recording GitHub."""

from __future__ import annotations

import pytest
import redis

from bot.github.auth import App
from bot.github.client import Client, for_installation
from tests.bot.fake_hub import FakeHub


@pytest.fixture
def client(app: App, hub: FakeHub, connection: redis.Redis) -> Client:
    made = for_installation(app, connection, 3, 7)
    hub.seen.clear()
    return made
