"""The referee: it must be able to fail, and its allow-list must be needed."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.allowances import ALLOWANCES
from sandbox.client import Sandbox
from sandbox.referee import Exchange, referee
from tests.sandbox.conftest import SHOP, Api

HOME = f"/repos/{SHOP}"
LIMITS = {"limit": 1, "used": 0, "remaining": 1, "reset": 1}
RATE: dict[str, Any] = {"resources": {"core": LIMITS, "search": LIMITS}, "rate": LIMITS}


@pytest.mark.parametrize(
    ("request_line", "body", "complaint"),
    [
        (f"GET {HOME}/issues?colour=red", None, "unknown query parameter colour"),
        (f"GET {HOME}/issues?state=shut", None, "query state"),
        (f"GET {HOME}/issues/one", None, "path issue_number"),
        (f"POST {HOME}/issues", {"title": "Red", "label": ["whyred"]}, "body"),
        (f"POST {HOME}/issues", {"body": "no title"}, "body"),
        ("POST /app/installations/1/access_tokens", {"permissions": {"everything": "write"}}, "body: permissions"),
        (f"POST {HOME}/issues/1/comments", {"body": 7}, "body: body"),
        (f"POST {HOME}/issues/1/comments", None, "no body"),
        (f"GET {HOME}/actions/secrets", None, "no such operation"),
        (f"PUT {HOME}/issues/1", {"title": "Red"}, "no such operation"),
    ],
)
def test_a_wrong_request_is_reported(unjudged: Sandbox, bot: Api, request_line: str, body: Any, complaint: str) -> None:
    unjudged.open_issue(SHOP, "A question", author="mona")
    method, path = request_line.split(" ", 1)
    bot.call(method, path, body)
    found = unjudged.violations()
    assert found
    assert complaint in found[0]


def test_a_right_request_is_not_reported(unjudged: Sandbox, bot: Api) -> None:
    bot.call("POST", f"{HOME}/issues", {"title": "Red", "labels": ["whyred"]})
    assert unjudged.violations() == []


@pytest.mark.parametrize(
    ("status", "answer", "complaint"),
    [
        (200, {**RATE, "rate": "plenty"}, "answer 200: rate"),
        (200, {"rate": LIMITS}, "answer 200"),
        (201, RATE, "status 201 is not declared"),
        (404, {"message": 404}, "answer 404"),
    ],
)
def test_a_wrong_answer_is_reported(status: int, answer: Any, complaint: str) -> None:
    found = referee().judge(Exchange("GET", "/rate_limit", [], None, status, answer))
    assert complaint in found[0]


def test_a_right_answer_is_not_reported() -> None:
    assert referee().judge(Exchange("GET", "/rate_limit", [], None, 200, RATE)) == []


def test_an_address_in_an_answer_must_be_one() -> None:
    label = {"id": 1, "node_id": "x", "name": "bug", "color": "ededed", "default": False, "description": None}
    right, wrong = ([{**label, "url": url}] for url in ("http://127.0.0.1/labels/bug", "not an address"))
    assert referee().judge(Exchange("GET", f"{HOME}/labels", [], None, 200, right)) == []
    assert "0.url" in referee().judge(Exchange("GET", f"{HOME}/labels", [], None, 200, wrong))[0]


def test_a_payload_of_a_wrong_shape_is_reported(unjudged: Sandbox) -> None:
    sha = unjudged.push(SHOP, "main", {"a.py": "\n"})
    unjudged.finish_run(SHOP, unjudged.start_run(SHOP, sha=sha, branch="main"))
    payload = unjudged.deliveries()[-1]["payload"]
    assert referee().judge_payload("workflow_run", "completed", payload) == []
    payload["workflow_run"]["conclusion"] = "reddish"
    assert referee().judge_payload("workflow_run", "completed", payload) != []
    assert referee().judge_payload("workflow_run", "vanished", payload) == [
        "webhook workflow-run-vanished: not described"
    ]


def test_what_a_test_orders_is_not_held_against_the_answer(unjudged: Sandbox, bot: Api) -> None:
    unjudged.fault("status", "GET", f"{HOME}/issues", status=599)
    assert bot.call("GET", f"{HOME}/issues").status_code == 599
    assert unjudged.violations() == []


@pytest.mark.parametrize("allowance", ALLOWANCES, ids=lambda one: f"{one.method} {one.template} {one.where}")
def test_every_allowance_has_a_reason_and_an_operation_of_its_own(allowance: Any) -> None:
    names = [one.name for one in referee().operations]
    assert names.count(f"{allowance.method} {allowance.template}") == 1
    assert len(allowance.reason.split()) > 5


def test_an_allowance_allows_nothing_beyond_itself() -> None:
    path = f"{HOME}/actions/jobs/1/logs"
    gone = {"message": "Server Error"}
    assert referee().judge(Exchange("GET", path, [], None, 410, gone)) == []
    assert referee().judge(Exchange("GET", path, [], None, 418, gone)) != []
    labels = f"{HOME}/issues/1/labels"
    assert referee().judge(Exchange("POST", labels, [], ["whyred"], None, None)) == []
    assert referee().judge(Exchange("POST", labels, [], [7], None, None)) != []
