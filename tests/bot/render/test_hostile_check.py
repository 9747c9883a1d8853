"""No text of others acts in a check run or in a suggestion, and nothing unseen stands in what is shown as it is."""

from __future__ import annotations

from dataclasses import replace

import cmarkgfm
import pytest
from hypothesis import HealthCheck, given, settings

from bot.case import Case
from bot.check_run import CheckText
from bot.config import DEFAULTS
from bot.render import check, suggestions
from diagnosis import patch
from diagnosis.clean import strip_controls
from diagnosis.report import Fix
from diagnosis.template import code_span
from sandbox.git import change_of
from tests.bot.render.cases import FINDING, case
from tests.bot.render.test_hostile_comment import ATTACKS, attacked, hostile
from tests.bot.render.test_hostile_comment import check as judge


def shown(given_case: Case) -> list[CheckText]:
    named = frozenset(place.path for finding in given_case.report.findings for place in finding.places)
    # Where the repository's own configuration leads is for the repository to say.
    given_case = replace(given_case, present=named, config=DEFAULTS)
    return [check.red(given_case), check.green(given_case, given_case.run.workflow_name)]


def plain(given_case: Case, text: CheckText) -> list[str]:
    """What GitHub shows as it is, line by line."""
    said = [part for one in text.annotations for part in (one.title, one.message, one.details)]
    return [text.title, check.name(given_case.run, alone=False), *(line for part in said for line in part.split("\n"))]


def examine(text: str) -> None:
    for given_case in attacked(text):
        for said in shown(given_case):
            judge(said.summary)
            judge(said.text)
            assert [line for line in plain(given_case, said) if strip_controls(line) != line or "\n" in line] == []
            assert all(one.message for one in said.annotations)


@pytest.mark.parametrize("text", ATTACKS)
def test_no_known_attack_acts_in_a_check_run(text: str) -> None:
    examine(text)


@given(hostile)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_text_of_others_acts_in_a_check_run(text: str) -> None:
    examine(text)


@given(hostile)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_text_of_others_acts_in_a_suggestion(text: str) -> None:
    old, head = "a\nb\n", f"a\nb\n{text}\n"
    change = patch.replaced("shop.py", head, {2: text.split("\n")})
    fixed = replace(
        FINDING, title=f"It is {code_span(text)}", fixes=(Fix(f"Mend {code_span(text)}.", files=(change,)),)
    )
    shows = {"shop.py": change_of("shop.py", old.encode(), head.encode()).patch or ""}
    found = suggestions.review(case(fixed), shows)
    if found:
        judge(found.body)
        for one in found.suggestions:
            judge(one.body)
            html = cmarkgfm.github_flavored_markdown_to_html(one.body)
            assert html.count("<pre") == 1
            assert html.endswith("</code></pre>\n")
