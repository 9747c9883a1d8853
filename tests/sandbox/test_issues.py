"""Comments, issues, labels and assignees, as a bot writes them."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.client import Sandbox
from tests.sandbox.conftest import SHOP, Api

HOME = f"/repos/{SHOP}"


def numbers(issues: list[dict[str, int]]) -> list[int]:
    return [issue["number"] for issue in issues]


def test_a_comment_is_made_found_and_edited(sandbox: Sandbox, bot: Api) -> None:
    sandbox.push(SHOP, "discounts", {"a.py": "1\n"}, author="mona")
    number = sandbox.open_pull(SHOP, "discounts", author="mona")
    sandbox.comment(SHOP, number, "mona", "What happened?")
    made = bot.call("POST", f"{HOME}/issues/{number}/comments", {"body": "It is red."})
    assert made.status_code == 201
    edited = bot.call("PATCH", f"{HOME}/issues/comments/{made.json()['id']}", {"body": "It is green."}).json()
    assert edited["html_url"] == f"{sandbox.url}/{SHOP}/pull/{number}#issuecomment-{edited['id']}"
    listed = bot.get(f"{HOME}/issues/{number}/comments", per_page=100)
    assert [(one["user"]["login"], one["user"]["type"], one["body"]) for one in listed] == [
        ("mona", "User", "What happened?"),
        ("whyred[bot]", "Bot", "It is green."),
    ]
    assert [one["body"] for one in sandbox.comments(SHOP, number)] == ["What happened?", "It is green."]


def test_the_app_may_not_edit_what_others_said(sandbox: Sandbox, bot: Api) -> None:
    number = sandbox.open_issue(SHOP, "A question", author="mona")
    comment = sandbox.comment(SHOP, number, "mona", "Mine")
    assert bot.call("PATCH", f"{HOME}/issues/comments/{comment}", {"body": "Ours"}).status_code == 403


@pytest.mark.parametrize("body", ["", " \n", "x" * 65_537])
def test_a_comment_without_a_body_or_with_too_long_a_one_is_refused(sandbox: Sandbox, bot: Api, body: str) -> None:
    number = sandbox.open_issue(SHOP, "A question", author="mona")
    assert bot.call("POST", f"{HOME}/issues/{number}/comments", {"body": body}).status_code == 422
    assert sandbox.comments(SHOP, number) == []


def test_an_issue_is_opened_edited_and_closed(sandbox: Sandbox, bot: Api) -> None:
    wanted = {"title": "main is red", "body": "Why", "labels": ["whyred"], "assignees": ["mona"]}
    made = bot.call("POST", f"{HOME}/issues", wanted).json()
    assert made["html_url"] == f"{sandbox.url}/{SHOP}/issues/{made['number']}"
    assert [person["login"] for person in made["assignees"]] == ["mona"]
    change = {"body": "Seen twice", "state": "closed", "state_reason": "completed"}
    assert bot.call("PATCH", f"{HOME}/issues/{made['number']}", change).status_code == 200
    shown = bot.get(f"{HOME}/issues/{made['number']}")
    assert (shown["title"], shown["body"], shown["state"]) == ("main is red", "Seen twice", "closed")
    assert shown["closed_at"]


def test_issues_are_listed_by_label_creator_and_state(sandbox: Sandbox, bot: Api) -> None:
    sandbox.open_issue(SHOP, "A person's", author="mona")
    ours = [
        bot.call("POST", f"{HOME}/issues", {"title": title, "labels": labels}).json()["number"]
        for title, labels in (("First", ["whyred"]), ("Second", ["whyred", "bug"]), ("Third", ["bug"]))
    ]
    bot.call("PATCH", f"{HOME}/issues/{ours[0]}", {"state": "closed"})
    creator = "whyred[bot]"
    assert numbers(bot.get(f"{HOME}/issues", labels="whyred", creator=creator)) == ours[1:2]
    assert numbers(bot.get(f"{HOME}/issues", labels="whyred", creator=creator, state="all")) == ours[1::-1]
    assert numbers(bot.get(f"{HOME}/issues", creator="mona")) == [1]


def test_only_collaborators_may_be_assigned(sandbox: Sandbox, bot: Api) -> None:
    assert bot.call("GET", f"{HOME}/assignees/mona").status_code == 204
    assert bot.call("GET", f"{HOME}/assignees/stranger").status_code == 404


def test_no_issue_is_made_for_somebody_who_may_not_be_assigned(sandbox: Sandbox, bot: Api) -> None:
    refused = bot.call("POST", f"{HOME}/issues", {"title": "main is red", "assignees": ["stranger"]})
    assert refused.status_code == 422
    assert sandbox.issues(SHOP) == []


def test_issues_may_be_switched_off(sandbox: Sandbox, app: Api, bot: Api) -> None:
    sandbox.create_repository("octo/quiet", issues_enabled=False)
    token = app.call("POST", f"/app/installations/{sandbox.install('octo')}/access_tokens").json()["token"]
    assert Api(sandbox.url, token).call("POST", "/repos/octo/quiet/issues", {"title": "Red"}).status_code == 410


def test_a_label_is_made_once_and_added_as_a_list_or_an_object(sandbox: Sandbox, bot: Api) -> None:
    number = sandbox.open_issue(SHOP, "A question", author="mona")
    label = {"name": "whyred", "color": "cf222e", "description": "Why is CI red?"}
    assert bot.call("POST", f"{HOME}/labels", label).status_code == 201
    assert bot.call("POST", f"{HOME}/labels", label).status_code == 422
    bot.call("POST", f"{HOME}/issues/{number}/labels", ["whyred"])
    bot.call("POST", f"{HOME}/issues/{number}/labels", {"labels": ["bug"]})
    assert [one["name"] for one in bot.get(f"{HOME}/issues/{number}")["labels"]] == ["whyred", "bug"]


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("issues", {"title": "x" * 257}),
        ("issues", {"title": "Red", "labels": ["x" * 51]}),
        ("issues/1/labels", {"labels": ["x" * 51]}),
        ("labels", {"name": "x" * 51}),
        ("labels", {"name": "x", "description": "x" * 101}),
    ],
)
def test_what_is_too_long_is_refused(sandbox: Sandbox, bot: Api, path: str, sent: dict[str, Any]) -> None:
    sandbox.open_issue(SHOP, "A question", author="mona")
    refused = bot.call("POST", f"{HOME}/{path}", sent)
    assert refused.status_code == 422
    assert "is too long" in refused.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    "wrong",
    [{"start_line": 0}, {"start_line": 2}, {"message": ""}, {"message": "x" * 70_000}, {"title": "x" * 256}],
)
def test_a_remark_that_no_line_can_have_is_refused(sandbox: Sandbox, bot: Api, wrong: dict[str, Any]) -> None:
    sha = bot.get(f"{HOME}/commits/main")["sha"]
    remark = {"path": "shop/price.py", "start_line": 1, "end_line": 1, "annotation_level": "failure", "message": "No"}
    output = {"title": "Red", "summary": "Why", "annotations": [{**remark, **wrong}]}
    made = {"name": "whyred", "head_sha": sha, "conclusion": "neutral", "output": output}
    assert bot.call("POST", f"{HOME}/check-runs", made).status_code == 422
    assert sandbox.check_runs(SHOP) == []


def test_a_check_run_gathers_annotations(sandbox: Sandbox, bot: Api) -> None:
    sha = bot.get(f"{HOME}/commits/main")["sha"]
    remark = {"path": "shop/price.py", "start_line": 1, "end_line": 1, "annotation_level": "failure", "message": "No"}
    output = {"title": "Red", "summary": "Why", "annotations": [remark]}
    made = bot.call("POST", f"{HOME}/check-runs", {"name": "whyred", "head_sha": sha, "output": output}).json()
    edit = {"conclusion": "neutral", "output": output}
    assert bot.call("PATCH", f"{HOME}/check-runs/{made['id']}", edit).json()["status"] == "completed"
    assert len(bot.get(f"{HOME}/check-runs/{made['id']}/annotations")) == 2
    assert bot.get(f"{HOME}/commits/{sha}/check-runs")["total_count"] == 1
