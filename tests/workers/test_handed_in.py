"""What a run has handed in is asked where its log does not tell, in memory and within caps."""

from __future__ import annotations

import pytest

from tests.workers.story import COVERAGE, FAILING, NAME, Story

REPORT = """<coverage lines-valid="40" lines-covered="10"><packages><package><classes>
<class filename="shop/a.py" line-rate="0.1"/></classes></package></packages></coverage>"""
TABLE = "Name Stmts Miss Cover\nshop/b.py 9 8 11%\nTOTAL 9 8 11%\n2 passed"


@pytest.fixture
def pull(story: Story) -> int:
    story.push("discounts", "PRICE = 1\n")
    return story.github.open_pull(NAME, "discounts", author="mona")


def told(story: Story, pull: int, artifacts: dict[str, dict[str, str | bytes]], log: str = COVERAGE) -> str:
    run = story.github.start_run(NAME, sha=story.push("discounts", "1"), branch="discounts", event="pull_request")
    for name, files in artifacts.items():
        story.github.add_artifact(NAME, run, name, files, expired="expired" in name)
    story.github.add_job(NAME, run, "test", conclusion="failure", log=log, steps=FAILING)
    story.github.finish_run(NAME, run, deliver=False)
    story.tell(run)
    (body,) = story.comments(pull)
    return body


def test_a_coverage_report_names_the_files_that_the_log_does_not(story: Story, pull: int) -> None:
    body = told(story, pull, {"coverage-report": {"coverage.xml": REPORT}})
    assert "`shop/a.py 10%`" in body
    assert "The numbers are those of the artifact [`coverage-report`](" in body


def test_a_log_that_tells_is_enough(story: Story, pull: int) -> None:
    body = told(story, pull, {"coverage": {"coverage.xml": REPORT}}, COVERAGE.replace("2 passed", TABLE))
    assert "`shop/b.py 11%`" in body
    assert not [one for one in story.github.requests() if "artifacts" in one["path"]]


def test_what_an_earlier_attempt_has_handed_in_is_not_this_ones(story: Story, pull: int) -> None:
    run = story.github.start_run(NAME, sha=story.push("discounts", "1"), branch="discounts", event="pull_request")
    story.github.add_artifact(NAME, run, "coverage", {"coverage.xml": REPORT}, created_at="2026-01-02T03:04:05Z")
    story.job(run, COVERAGE)
    story.tell(run)
    (body,) = story.comments(pull)
    assert "`coverage/below-threshold`" in body
    assert "shop/a.py" not in body


@pytest.mark.parametrize(
    "artifacts",
    [
        pytest.param({}, id="none"),
        pytest.param({"wheels": {"coverage.xml": REPORT}}, id="of another name"),
        pytest.param({"coverage expired": {"coverage.xml": REPORT}}, id="expired"),
        pytest.param({"coverage": {"coverage.html": REPORT}}, id="of another kind"),
        pytest.param({"coverage": {"coverage.xml": "<coverage"}}, id="broken"),
        pytest.param({"coverage": {"coverage.xml": REPORT, "bomb.xml": b"\0" * 80_000_000}}, id="a bomb"),
        pytest.param({"coverage": {f"{number}.xml": REPORT for number in range(2100)}}, id="too many files"),
    ],
)
def test_what_can_not_be_used_changes_nothing(
    story: Story, pull: int, artifacts: dict[str, dict[str, str | bytes]]
) -> None:
    body = told(story, pull, artifacts)
    assert "`coverage/below-threshold`" in body
    assert "shop/a.py" not in body
