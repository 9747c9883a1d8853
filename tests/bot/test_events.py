"""What is read from a payload, and how the missing or the wrong is named."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.events import (
    CheckRun,
    Installation,
    IssueComment,
    MalformedEventError,
    Ping,
    WorkflowJob,
    WorkflowRun,
    parse,
)
from tests.bot.payloads import (
    INSTALLATION,
    PING,
    REMOVED,
    UNINSTALLED,
    check_run,
    issue_comment,
    pull_request,
    workflow_job,
    workflow_run,
)


def test_a_finished_run_is_read() -> None:
    assert parse("workflow_run", workflow_run()) == WorkflowRun(
        action="completed", installation=5, repository=11, owner="shop", run=31, attempt=2, conclusion="failure"
    )


def test_a_run_that_has_not_ended_has_no_conclusion() -> None:
    event = parse("workflow_run", workflow_run(action="requested", conclusion=None))
    assert isinstance(event, WorkflowRun)
    assert event.conclusion is None


def test_an_installation_is_read() -> None:
    assert parse("installation", INSTALLATION) == Installation("created", 5, "Shop")


def test_an_enterprise_installs_under_its_slug() -> None:
    payload = {"action": "created", "installation": {"id": 5, "account": {"slug": "acme"}}}
    assert parse("installation", payload) == Installation("created", 5, "acme")


def test_an_account_that_is_gone_has_no_name() -> None:
    payload = {"action": "deleted", "installation": {"id": 5, "account": None}}
    assert parse("installation", payload) == Installation("deleted", 5, "")
    nameless = {"action": "deleted", "installation": None, "repositories": [{"id": 11}]}
    assert parse("installation", nameless) == Installation("deleted", 0, "", (11,))


def test_a_ping_is_read() -> None:
    assert parse("ping", PING) == Ping(3)


def test_a_job_that_has_ended_is_read() -> None:
    assert parse("workflow_job", workflow_job()) == WorkflowJob(5, 11, "shop", run=31, attempt=2, conclusion="failure")


def test_a_comment_is_read() -> None:
    assert parse("issue_comment", issue_comment("Hm.")) == IssueComment(
        installation=5, repository=11, owner="shop", number=7, comment=51, author=3, by_bot=False, body="Hm."
    )


def test_a_bots_comment_is_told_apart() -> None:
    user = {"id": 4, "login": "whyred[bot]", "type": "Bot"}
    event = parse("issue_comment", issue_comment(user=user))
    assert isinstance(event, IssueComment)
    assert event.by_bot


@pytest.mark.parametrize(("button", "read"), [("diagnose", "diagnose"), ("rerun", "rerun"), (None, "rerequested")])
def test_a_pressed_button_is_read(button: str | None, read: str) -> None:
    assert parse("check_run", check_run(button)) == CheckRun(
        installation=5, repository=11, owner="shop", check_run=61, sha="a" * 40, app=9, button=read
    )


def test_what_an_installation_has_lost_is_read() -> None:
    assert parse("installation", UNINSTALLED) == Installation("deleted", 5, "Shop", (11, 12))
    assert parse("installation_repositories", REMOVED) == Installation("removed", 5, "Shop", (11,))


@pytest.mark.parametrize("listed", [{}, {"repositories": None}, {"repositories": []}])
def test_an_installation_may_not_say_what_it_has_lost(listed: dict[str, Any]) -> None:
    payload = {name: value for name, value in UNINSTALLED.items() if name != "repositories"}
    assert parse("installation", {**payload, **listed}) == Installation("deleted", 5, "Shop")


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("push", workflow_run()),
        ("pull_request", workflow_run()),
        ("pull_request", pull_request(action="opened")),
        ("pull_request", pull_request(action="synchronize")),
        ("", workflow_run()),
        ("Workflow_run", workflow_run()),
        ("workflow_run\n", workflow_run()),
        ("workflow_job", workflow_job(action="queued", conclusion=None)),
        ("workflow_job", workflow_job(action="in_progress", conclusion=None)),
        ("issue_comment", issue_comment(action="edited")),
        ("issue_comment", issue_comment(action="deleted")),
        ("check_run", {**check_run(), "action": "created"}),
        ("check_run", {**check_run(), "action": "completed", "check_run": {"app": None}}),
    ],
)
def test_what_nobody_asked_for_is_none(name: str, payload: dict[str, Any]) -> None:
    assert parse(name, payload) is None


@pytest.mark.parametrize(
    ("name", "payload", "says"),
    [
        ("workflow_job", workflow_job(run_id="31"), r"workflow_job\.run_id"),
        ("workflow_job", workflow_job(run_attempt=0), r"workflow_job\.run_attempt"),
        ("workflow_job", workflow_job(conclusion=None), r"workflow_job\.conclusion"),
        ("issue_comment", issue_comment(id=None), r"comment\.id"),
        ("issue_comment", issue_comment(user=None), r"comment\.user"),
        ("issue_comment", {**issue_comment(), "issue": {"number": True}}, r"issue\.number"),
        ("issue_comment", {**issue_comment(), "comment": {"id": 1, "user": {"id": 1}}}, r"comment\.body"),
        ("check_run", check_run(app=None), r"check_run\.app"),
        ("pull_request", pull_request(number=None), r"pull_request\.number"),
        ("pull_request", pull_request(head={}), r"pull_request\.head"),
        ("check_run", check_run(head_sha=5), r"check_run\.head_sha"),
        ("check_run", {**check_run(), "requested_action": {}}, r"requested_action\.identifier"),
        ("installation", {**UNINSTALLED, "repositories": 5}, "repositories is"),
        ("installation", {**UNINSTALLED, "repositories": [5]}, "repositories is"),
        ("installation_repositories", {**REMOVED, "repositories_removed": [{"id": "11"}]}, "id is missing"),
    ],
)
def test_what_is_wrong_with_an_event_is_named(name: str, payload: dict[str, Any], says: str) -> None:
    with pytest.raises(MalformedEventError, match=says):
        parse(name, payload)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("action", "action is missing"),
        ("installation", "installation is missing"),
        ("installation.id", r"installation\.id is missing"),
        ("repository.id", r"repository\.id is missing"),
        ("repository.owner", r"repository\.owner is missing"),
        ("repository.owner.login", r"repository\.owner\.login is missing"),
        ("workflow_run", "workflow_run is missing"),
        ("workflow_run.id", r"workflow_run\.id is missing"),
        ("workflow_run.run_attempt", r"workflow_run\.run_attempt is missing"),
        ("workflow_run.conclusion", r"workflow_run\.conclusion is missing"),
    ],
)
@pytest.mark.parametrize("wrong", [None, [], 1.5, True, -1, 2**63, ""], ids=repr)
def test_a_missing_or_wrong_field_is_named(path: str, says: str, wrong: Any) -> None:
    for value in (wrong, KeyError):
        payload = copy.deepcopy(workflow_run())
        *outer, last = path.split(".")
        place: Any = payload
        for name in outer:
            place = place[name]
        place[last] = value
        if value is KeyError:
            del place[last]
        with pytest.raises(MalformedEventError, match=says):
            parse("workflow_run", payload)


def test_a_text_is_no_id() -> None:
    with pytest.raises(MalformedEventError, match=r"workflow_run\.id"):
        parse("workflow_run", workflow_run(id="31"))


KEYS = [
    "action", "installation", "id", "repository", "owner", "login", "workflow_run", "hook_id", "workflow_job",
    "run_id", "comment", "issue", "number", "user", "body", "check_run", "app", "requested_action", "identifier",
    "repositories", "repositories_removed",
]  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text()
    | st.sampled_from(["completed", "created", "requested_action", "deleted", "removed"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner),
    max_leaves=20,
)  # fmt: skip
NAMES = [
    "workflow_run", "workflow_job", "issue_comment", "check_run", "installation", "installation_repositories", "ping",
]  # fmt: skip


@given(name=st.sampled_from(NAMES), payload=JSON)
def test_whatever_comes_is_an_event_or_none_or_malformed(name: str, payload: object) -> None:
    try:
        parse(name, payload)
    except MalformedEventError as error:
        assert str(error)


GENUINE = {
    "workflow_job": workflow_job(),
    "issue_comment": issue_comment(),
    "check_run": check_run(),
    "installation": UNINSTALLED,
    "installation_repositories": REMOVED,
}


@given(name=st.sampled_from(sorted(GENUINE)), data=st.data())
def test_a_genuine_event_with_anything_in_the_place_of_a_field_is_an_event_or_malformed(
    name: str, data: st.DataObject
) -> None:
    payload = copy.deepcopy(GENUINE[name])
    place: Any = payload
    while True:
        key = data.draw(st.sampled_from(sorted(place)))
        if not isinstance(place[key], dict) or not place[key] or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = data.draw(JSON)
    try:
        parse(name, payload)
    except MalformedEventError as error:
        assert str(error)
