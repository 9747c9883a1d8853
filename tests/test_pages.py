"""Every signature has its page, and the comment that names it leads there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
from flask.testing import FlaskClient
from markupsafe import escape

from bot.app import create_app
from bot.render import comment, issue, page
from bot.settings import Settings
from diagnosis.catalogue import Signature
from tests.bot.render.cases import FINDING, GUESS, case
from tests.whole import CATALOGUE

SITE = "https://whyred.example/ci"


@pytest.fixture(scope="module")
def client() -> Iterator[FlaskClient]:
    """The web process; its pages need no queue, so none answers."""
    settings = Settings(app_id=1, private_key="", webhook_secrets=(b"",), redis_url="", data_dir=Path("/nowhere"))
    with redis.Redis(host="127.0.0.1", port=1) as nobody:
        yield create_app(settings, nobody).test_client()


def links(text: str) -> list[str]:
    return [link for link in re.findall(r"\]\(([^)]+)\)", text) if link.startswith(SITE)]


def link_of(identifier: str | None) -> list[str]:
    return links(comment.section(replace(case(replace(FINDING, signature=identifier)), site=SITE)))


@pytest.mark.parametrize("signature", [pytest.param(item, id=item.id) for item in CATALOGUE.signatures])
def test_the_comment_leads_to_the_signature_s_page(signature: Signature, client: FlaskClient) -> None:
    (link,) = link_of(signature.id)
    answer = client.get(urlsplit(link).path.removeprefix("/ci"))
    assert answer.status_code == 200
    shown = page.page(signature, CATALOGUE)
    assert f"<title>{escape(shown.plain_title)} · whyred</title>" in answer.text
    for example in shown.examples:
        assert any(line.hit for line in example.lines), "no line of an example is marked"
    for text in (signature.source.strip(), signature.pattern, f"signatures/{signature.id}.toml"):
        assert str(escape(text)) in answer.text


def test_a_link_to_no_page_would_be_seen(client: FlaskClient) -> None:
    (link,) = link_of("no/such")
    assert client.get(urlsplit(link).path.removeprefix("/ci")).status_code == 404


def test_the_issue_leads_there_too() -> None:
    assert links(issue.body(replace(case(FINDING), site=SITE))) == [f"{SITE}/signatures/coverage/below-threshold"]


def test_silent_about_pages_that_nobody_can_reach() -> None:
    text = comment.section(case(FINDING))
    assert "<sub>`coverage/below-threshold` · " in text
    assert links(text) == []


def test_silent_about_pages_where_no_signature_was_found() -> None:
    assert links(comment.section(replace(case(GUESS), site=SITE))) == []
