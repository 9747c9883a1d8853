"""What is read from a payload, and how the missing or the wrong is named."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.events import Installation, MalformedEventError, Ping, WorkflowRun, parse
from tests.bot.payloads import INSTALLATION, PING, workflow_run


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


def test_a_ping_is_read() -> None:
    assert parse("ping", PING) == Ping(3)


@pytest.mark.parametrize("name", ["push", "workflow_job", "check_run", "", "Workflow_run", "workflow_run\n"])
def test_what_nobody_asked_for_is_none(name: str) -> None:
    assert parse(name, workflow_run()) is None


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


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["action", "installation", "id", "repository", "owner", "login", "workflow_run", "hook_id"]
            ),
            inner,
        )
    ),
    max_leaves=20,
)


@given(name=st.sampled_from(["workflow_run", "installation", "ping"]), payload=JSON)
def test_whatever_comes_is_an_event_or_malformed(name: str, payload: object) -> None:
    try:
        event = parse(name, payload)
    except MalformedEventError as error:
        assert str(error)
    else:
        assert event is not None
