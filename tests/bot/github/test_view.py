"""The files of a commit through GitHub's API: content, absence, and what can not be told."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from bot.errors import RetryLater
from bot.github.client import Client
from bot.github.view import GitHubView
from diagnosis.repo import Unknown
from tests.bot.fake_hub import Answer, FakeHub

SHA = "a" * 40
PATH = ".github/workflows/ci.yml"


def file(content: bytes, **changes: Any) -> dict[str, Any]:
    packed = base64.b64encode(content).decode()
    return {"type": "file", "encoding": "base64", "content": f"{packed[:4]}\n{packed[4:]}\n", **changes}


def answer(hub: FakeHub, with_this: Answer) -> None:
    hub.on("GET", f"/repos/acme/shop/contents/{PATH}", with_this)


def test_a_file_is_read_once_at_the_commit(client: Client, hub: FakeHub) -> None:
    answer(hub, Answer(200, file(b"on: push\n")))
    view = GitHubView(client, SHA)
    assert view.read(PATH) == view.read(PATH) == b"on: push\n"
    (asked,) = hub.seen
    assert asked.query["ref"] == [SHA]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param(Answer(404, {"message": "Not Found"}), None, id="no such file"),
        pytest.param(
            Answer(404, {"message": f"No commit found for the ref {SHA}"}),
            Unknown("GitHub does not know this commit"),
            id="no such commit",
        ),
        pytest.param(Answer(403, {"message": "too_large"}), Unknown("too big"), id="over 100 MB"),
        pytest.param(Answer(403, {"message": "Resource not accessible"}), Unknown("forbidden"), id="not permitted"),
        pytest.param(Answer(200, file(b"", encoding="none")), Unknown("too big"), id="over 1 MB"),
        pytest.param(Answer(200, file(b"", type="submodule")), Unknown("a submodule"), id="a submodule"),
        pytest.param(Answer(200, []), None, id="a folder"),
        pytest.param(Answer(200, file(b"a\0b")), Unknown("binary"), id="no text"),
        pytest.param(Answer(409, {"message": "Conflict"}), Unknown("GitHub answered 409"), id="an empty repository"),
    ],
)
def test_what_is_no_file_is_a_value(client: Client, hub: FakeHub, told: Answer, expected: object) -> None:
    answer(hub, told)
    assert GitHubView(client, SHA).read(PATH) == expected


@pytest.mark.parametrize("path", ["", "/etc/passwd", "../x", "a/../b", "./a", "a//b", "a/"])
def test_a_path_that_leads_out_is_not_asked_for(client: Client, hub: FakeHub, path: str) -> None:
    assert GitHubView(client, SHA).read(path) is None
    assert hub.seen == []


def test_a_rate_limit_is_no_missing_file(client: Client, hub: FakeHub) -> None:
    answer(hub, Answer(429, {"message": "Too Many Requests"}))
    with pytest.raises(RetryLater):
        GitHubView(client, SHA).read(PATH)
