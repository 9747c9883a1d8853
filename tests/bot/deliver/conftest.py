"""The local GitHub with one repository, seen through the App's own client."""

from __future__ import annotations

import pytest
import redis

from bot.github.auth import App
from bot.github.client import Client, for_installation
from sandbox.client import Sandbox
from sandbox.server import Server
from tests.bot.deliver.tracker import Tracker

NAME = "octo/shop"


@pytest.fixture
def client(started: Server, github: Sandbox, connection: redis.Redis) -> Client:
    repository = github.create_repository(NAME, assignable=["mona", "lisa"])
    app = App(started.world.app_id, started.key_path.read_text(), f"{started.url}/api/v3")
    made = for_installation(app, connection, github.install("octo"), repository)
    github.clear()
    return made


@pytest.fixture
def pull(client: Client, github: Sandbox) -> int:
    github.push(NAME, "discounts", {"shop.py": "PRICE = 1\n"}, author="mona")
    return github.open_pull(NAME, "discounts", author="mona")


@pytest.fixture
def tracker(client: Client, connection: redis.Redis, github: Sandbox) -> Tracker:
    return Tracker(client, connection, github)
