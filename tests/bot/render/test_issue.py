"""What the author of a commit without a pull request reads."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.render import issue
from tests.bot.render.cases import FINDING, RUN, case

PUSH = replace(RUN, event="push", head_branch="main")


def test_the_title_names_the_failure_and_the_branch() -> None:
    assert issue.title(case(FINDING, run=PUSH)) == "Coverage gate missed: 35.33 % of the required 80 % (`main`)"


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ("push", "A push to `main` failed."),
        ("schedule", "The schedule on `main` failed."),
        ("workflow_dispatch", "A run started by hand on `main` failed."),
        ("merge_group", "The merge queue at `main` failed."),
        ("release", "A run for `release` on `main` failed."),
    ],
)
def test_the_body_opens_with_the_occasion(event: str, said: str) -> None:
    assert issue.body(case(FINDING, run=replace(PUSH, event=event))).split("\n")[0] == said


def test_the_body_says_what_the_comment_would() -> None:
    assert "**Fix** Add tests" in issue.body(case(FINDING, run=PUSH))


def test_closing_names_the_run_that_is_green() -> None:
    assert issue.closing(case(run=PUSH)) == (
        f"✅ `CI` is green again on `main` at `2a15757` ([run 1001]({RUN.html_url}))."
    )
