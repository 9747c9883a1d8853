"""No text of others acts in an issue, wherever it stands: in a branch, a path, a login, a log, or an owner's name."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from bot.case import Age, Case
from bot.config import DEFAULTS
from bot.deliver import assignees, issue_body
from bot.deliver.marker import Place
from bot.github.owners import Owners
from bot.render import issue
from tests.bot.render.test_hostile_comment import ATTACKS, attacked, check, hostile

RED = Place("00112233aabbccdd", 55, "", (Age(10, 1),), "2026-11-01")


def places(text: str) -> list[Place]:
    return [replace(RED, branch=text), replace(RED, branch=f"{text}/2", flips=2), replace(RED, branch="main", pull=7)]


def cases(text: str) -> list[Case]:
    """Without a runbook: where that is, the repository itself has said."""
    return [replace(case, config=DEFAULTS) for case in attacked(text)]


def body(text: str, case: Case) -> str:
    said = assignees.say(Owners(text, (text,), (f"octo/{text}",)))
    return issue_body.write(places(text), issue.body(case), kept=said)


def opened(text: str) -> list[str]:
    """The issues' texts, as they were opened and as they are when one of their places has been repaired."""
    written = [body(text, case) for case in cases(text)]
    return [*written, *(issue_body.recolour(one, places(text)[1:]) for one in written)]


@pytest.mark.parametrize("text", ATTACKS)
def test_no_known_attack_acts_in_an_issue(text: str) -> None:
    for one in opened(text):
        check(one)
    for case in cases(text):
        check(issue.title(case))
        check(issue.closing(case))


@given(hostile)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_text_of_others_acts_in_an_issue(text: str) -> None:
    for one in opened(text):
        check(one)


@given(hostile)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_text_of_others_is_read_back_as_a_place_or_moves_what_is_kept(text: str) -> None:
    for case in cases(text):
        written = body(text, case)
        assert issue_body.parse(written) == tuple(places(text))
        assert issue_body.recolour(written, places(text)) == written
