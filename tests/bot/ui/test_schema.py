"""The schema of configurations, as an editor fetches it."""

from __future__ import annotations

from pathlib import Path

import redis

from bot.app import create_app
from bot.config_file import SCHEMA
from bot.settings import Settings


def test_an_editor_is_given_the_schema_that_the_product_validates_with() -> None:
    settings = Settings(app_id=1, private_key="", webhook_secrets=(b"",), redis_url="", data_dir=Path("/nowhere"))
    with redis.Redis(host="127.0.0.1", port=1) as nobody:
        answer = create_app(settings, nobody).test_client().get("/whyred.schema.json")
    assert answer.mimetype == "application/json"
    assert answer.data == SCHEMA.read_bytes()
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
