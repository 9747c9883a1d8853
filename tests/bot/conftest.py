"""What the tests of the bot share: an App with a key, and a GitHub that records."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.github.auth import App
from bot.github.permissions import USED
from tests.bot.fake_hub import Answer, FakeHub, serve


@pytest.fixture(scope="session")
def private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    ).decode()


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with serve() as running:
        yield running


@pytest.fixture
def log_host() -> Iterator[FakeHub]:
    with serve() as running:
        yield running


REPOSITORY = {"id": 7, "full_name": "acme/shop", "default_branch": "main", "private": False}


@pytest.fixture
def app(hub: FakeHub, private_key: str) -> App:
    hub.on("GET", "/app", Answer(200, {"slug": "whyred"}))
    hub.on("GET", r"/app/installations/\d+", Answer(200, {"id": 3, "permissions": dict(USED)}))
    hub.on(
        "POST",
        r"/app/installations/\d+/access_tokens",
        lambda _: Answer(201, {"token": f"ghs_{len(hub.asked('POST', 'access_tokens'))}", "expires_at": in_an_hour()}),
    )
    listed = {"total_count": 1, "repositories": [REPOSITORY]}
    hub.on("GET", "/installation/repositories", Answer(200, listed))
    return App(11, private_key, hub.url)


def in_an_hour() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
