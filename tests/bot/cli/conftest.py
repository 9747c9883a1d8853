"""The local GitHub as the command line reaches it: by addresses and a person's token in the environment."""

from __future__ import annotations

import pytest

from sandbox.client import Sandbox

NAME = "octo/shop"


@pytest.fixture
def shop(github: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    github.create_repository(NAME)
    monkeypatch.setenv("GITHUB_URL", github.url)
    monkeypatch.setenv("GITHUB_API_URL", f"{github.url}/api/v3")
    monkeypatch.setenv("LOG_HOSTS", "localhost")
    monkeypatch.setenv("GITHUB_TOKEN", github.user_token("mona"))
    return github
