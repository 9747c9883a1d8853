"""Whose failure it is: told by the workflow's newest end on the branch that the change is to go into."""

from __future__ import annotations

import pytest

from tests.workers.story import COVERAGE, MODULE, NAME, UNKNOWN, Story


def on_main(story: Story, log: str | None, text: str) -> int:
    return story.run(story.push("main", text), "main", log, event="push")


def told(story: Story, pull: int, log: str) -> str:
    story.tell(story.run(story.push("discounts", "1"), "discounts", log))
    (body,) = story.comments(pull)
    return body


@pytest.fixture
def pull(story: Story) -> int:
    story.push("discounts", "PRICE = 1\n")
    return story.github.open_pull(NAME, "discounts", author="mona")


def test_the_same_failure_on_the_base_branch_is_not_this_changes(story: Story, pull: int) -> None:
    on_main(story, None, "0")
    first = on_main(story, MODULE, "1")
    on_main(story, MODULE, "2")
    body = told(story, pull, MODULE)
    assert "probably not from this change: `main` shows the same, since [run" in body
    assert f"/runs/{first})" in body
    assert "likely from this change" not in body


def test_another_failure_of_the_same_job_is_not_mentioned(story: Story, pull: int) -> None:
    on_main(story, COVERAGE, "1")
    assert "`main`" not in told(story, pull, MODULE)


def test_a_base_whose_log_is_gone_is_red_as_well_and_no_more_is_said(story: Story, pull: int) -> None:
    run = story.run(story.push("main", "1"), "main", MODULE, event="push", log_state="expired")
    assert f"`main` is red as well, since [run {run}]" in told(story, pull, MODULE)


def test_a_place_in_a_changed_file_is_likely_from_this_change(story: Story, pull: int) -> None:
    log = (
        "##[group]Run ruff check\nruff check\n##[endgroup]\n"
        "shop.py:1:8: F401 [*] `os` imported but unused\nFound 1 error.\n"
        "##[error]Process completed with exit code 1.\n"
    )
    on_main(story, None, "0")
    assert "likely from this change: it touches `shop.py`; `main` is green" in told(story, pull, log)


def test_nothing_is_said_where_the_workflow_never_ran_on_the_base_branch(story: Story, pull: int) -> None:
    body = told(story, pull, MODULE)
    assert "`main`" not in body
    assert "likely from this change" not in body


def test_a_green_log_tells_what_is_new_in_an_unknown_failure(story: Story, pull: int) -> None:
    usual = UNKNOWN.replace("the gizmo has come loose\n", "error: no oil, going on\n")
    failing = usual.replace("##[error]", "the sprocket is bent\n##[error]")
    assert "error: no oil" in told(story, pull, failing).split("<details>")[0]
    sha = story.push("main", "0")
    story.run(
        sha,
        "main",
        usual.replace("##[error]Process completed with exit code 3.\n", ""),
        event="push",
        conclusion="success",
    )
    assert "the sprocket is bent" in told(story, pull, failing.replace("left", "right")).split("<details>")[0]
