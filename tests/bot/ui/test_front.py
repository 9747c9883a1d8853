"""What a person sees who opens the web server's address in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from flask.testing import FlaskClient

from bot.app import create_app
from bot.settings import Settings


@pytest.fixture
def client() -> Iterator[FlaskClient]:
    """The web process; what a person sees needs no queue, so none answers."""
    settings = Settings(app_id=1, private_key="", webhook_secrets=(b"",), redis_url="", data_dir=Path("/nowhere"))
    with redis.Redis(host="127.0.0.1", port=1) as nobody:
        yield create_app(settings, nobody).test_client()


def test_the_root_says_what_this_is_and_leads_on(client: FlaskClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    assert "GitHub App" in answer.text
    assert "<code>POST /webhook</code>" in answer.text
    for link in ("signatures", "healthz"):
        assert f'<a href="{link}">' in answer.text
        assert client.get(f"/{link}").status_code == 200
    assert client.get("/signatures/style.css").status_code == 200
    assert 'href="signatures/style.css"' in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_the_webhook_tells_a_browser_that_it_takes_posts(client: FlaskClient) -> None:
    answer = client.get("/webhook")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"
    assert answer.json
    assert "POST" in answer.json["message"]


def test_a_delivery_is_still_judged_by_the_webhook(client: FlaskClient) -> None:
    assert client.post("/webhook", json={}).status_code == 401
