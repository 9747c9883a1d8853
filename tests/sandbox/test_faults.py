"""Faults happen as ordered, as often as ordered, and the effect with them or not."""

from __future__ import annotations

import pytest
import requests

from sandbox.client import Sandbox
from tests.sandbox.conftest import SHOP, Api

COMMENTS = f"/repos/{SHOP}/issues/1/comments"


@pytest.fixture
def asked(sandbox: Sandbox) -> Sandbox:
    sandbox.open_issue(SHOP, "A question", author="mona")
    return sandbox


def test_a_status_comes_instead_of_the_effect(asked: Sandbox, bot: Api) -> None:
    asked.fault("status", "POST", COMMENTS, status=503, headers={"Retry-After": "1"})
    refused = bot.call("POST", COMMENTS, {"body": "Red"})
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
    assert asked.comments(SHOP, 1) == []
    assert bot.call("POST", COMMENTS, {"body": "Red"}).status_code == 201


def test_an_answer_is_lost_after_the_effect(asked: Sandbox, bot: Api) -> None:
    asked.fault("drop", "POST", COMMENTS)
    with pytest.raises(requests.ConnectionError):
        bot.call("POST", COMMENTS, {"body": "Red"})
    assert [one["body"] for one in asked.comments(SHOP, 1)] == ["Red"]
    assert [one["status"] for one in asked.requests("POST", COMMENTS)] == [0]


def test_an_answer_turns_into_502_after_the_effect(asked: Sandbox, bot: Api) -> None:
    asked.fault("drop-502", "POST", COMMENTS)
    assert bot.call("POST", COMMENTS, {"body": "Red"}).status_code == 502
    assert len(asked.comments(SHOP, 1)) == 1


def test_a_list_lags_behind(asked: Sandbox, bot: Api) -> None:
    bot.call("POST", COMMENTS, {"body": "Red"})
    asked.fault("lag", "GET", COMMENTS, seconds=60)
    assert bot.get(COMMENTS) == []
    assert len(bot.get(COMMENTS)) == 1


def test_faults_begin_late_and_end(asked: Sandbox, bot: Api) -> None:
    asked.fault("status", "GET", f"/repos/{SHOP}/*", status=500, after=1, count=2)
    assert [bot.call("GET", COMMENTS).status_code for _ in range(4)] == [200, 500, 500, 200]


def test_faults_last_until_they_are_cleared(asked: Sandbox, bot: Api) -> None:
    asked.fault("status", "*", "*", status=429, count=None)
    assert {bot.call("GET", COMMENTS).status_code for _ in range(3)} == {429}
    asked.clear()
    assert bot.call("GET", COMMENTS).status_code == 200
    assert len(asked.requests()) == 1


def test_a_redirect_leads_where_it_is_told(asked: Sandbox, bot: Api) -> None:
    asked.fault("redirect", "GET", COMMENTS, location="http://127.0.0.1:1/elsewhere")
    answer = bot.call("GET", COMMENTS)
    assert (answer.status_code, answer.headers["Location"]) == (302, "http://127.0.0.1:1/elsewhere")


def test_the_log_host_fails_on_its_own(asked: Sandbox, bot: Api) -> None:
    sha = asked.push(SHOP, "main", {"a.py": "\n"})
    job = asked.add_job(SHOP, asked.start_run(SHOP, sha=sha, branch="main"), "test", log="red\n")
    location = bot.call("GET", f"/repos/{SHOP}/actions/jobs/{job}/logs").headers["Location"]
    asked.fault("status", "GET", "/actions-results/*", status=500)
    assert [requests.get(location, timeout=5).status_code for _ in range(2)] == [500, 200]
    assert {one["authorized"] for one in asked.requests() if one["host"] == "logs"} == {False}
