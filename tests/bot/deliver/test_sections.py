"""The comment's sections: one a workflow, the newest attempt's, green only in the place of red."""

from __future__ import annotations

import pytest

from bot.deliver import marker, sections
from bot.deliver.marker import Age, SectionMark, State
from bot.deliver.sections import Section


def section(workflow: int = 1, run: int = 10, attempt: int = 1, state: State = "red", text: str = "") -> Section:
    return Section(SectionMark(workflow, Age(run, attempt), "2a15757", state), text or f"### ❌ Run {run}\nsome text")


def test_a_comment_is_read_back_as_it_was_written() -> None:
    both = (section(1), section(2, text="### ❌ Lint\n\n```\nx\n```\n\nend"))
    body = sections.write(both)
    assert sections.is_comment(body)
    assert sections.parse(body) == both
    assert sections.parse(body.replace("\n", "\r\n")) == both


def test_words_that_a_person_put_before_the_first_section_are_dropped() -> None:
    body = sections.write([section()]).replace("\n", "\nmine\n", 1)
    assert sections.parse(body) == (section(),)


@pytest.mark.parametrize("body", ["", "text", f"text\n{marker.COMMENT}", f"> {marker.COMMENT}"])
def test_what_does_not_begin_with_our_mark_is_no_comment_of_ours(body: str) -> None:
    assert not sections.is_comment(body)


def test_log_text_that_looks_like_a_section_makes_none() -> None:
    forged = section(2, run=99, state="green").mark.line()
    body = sections.write([section(text=f"### ❌ Broken\n```\n{forged}\n{marker.COMMENT}\n```")])
    assert [found.mark.workflow for found in sections.parse(body)] == [1]


@pytest.mark.parametrize(
    ("standing", "new", "expected"),
    [
        pytest.param([], section(), [section()], id="the first failure opens the comment"),
        pytest.param([], section(state="green"), None, id="green where nothing was red says nothing"),
        pytest.param([section(1)], section(2), [section(1), section(2)], id="a second workflow is added"),
        pytest.param([section(run=10)], section(run=11), [section(run=11)], id="a newer run replaces"),
        pytest.param([section(attempt=1)], section(attempt=2), [section(attempt=2)], id="a newer attempt replaces"),
        pytest.param([section(run=11)], section(run=10), None, id="an older run never replaces"),
        pytest.param([section(attempt=2)], section(attempt=1), None, id="an older attempt never replaces"),
        pytest.param([section()], section(text="### ❌ New"), [section(text="### ❌ New")], id="told again, told anew"),
        pytest.param([section(1)], section(2, state="green"), None, id="one workflow's green leaves another's red"),
        pytest.param(
            [section(run=10, state="green")], section(run=11, state="green"), None, id="green never touches green"
        ),
        pytest.param(
            [section(run=10)], section(run=11, state="green"), [section(run=11, state="green")], id="red turns green"
        ),
        pytest.param([section(run=11)], section(run=10, state="green"), None, id="an older green settles nothing"),
        pytest.param(
            [section(run=10, state="green")], section(run=11), [section(run=11)], id="what was repaired breaks again"
        ),
    ],
)
def test_an_attempt_is_merged(standing: list[Section], new: Section, expected: list[Section] | None) -> None:
    merged = sections.merge(standing, new)
    assert merged == (None if expected is None else tuple(expected))


def test_two_comments_of_ours_become_one_with_the_newest_of_each_workflow() -> None:
    bodies = [sections.write([section(1, run=10), section(2, run=10)]), sections.write([section(1, run=11)])]
    assert sections.union(bodies) == (section(1, run=11), section(2, run=10))


@pytest.mark.parametrize(
    ("text", "title"),
    [("### ❌ Coverage `35 %`\ntext", "Coverage `35 %`"), ("### Lint\n", "Lint"), ("✅ **CI** is green", ""), ("", "")],
)
def test_the_title_of_a_section_is_what_was_wrong(text: str, title: str) -> None:
    assert Section(section().mark, text).title == title


def test_a_comment_of_many_long_sections_stays_within_the_budget() -> None:
    many = [section(number, text="### ❌ Long\n" + "words of a log\n" * 5000) for number in range(1, 9)]
    body = sections.write([*many, section(9)])
    assert len(body.encode()) <= 60_000
    found = sections.parse(body)
    assert [each.mark.workflow for each in found] == list(range(1, 10))
    assert found[-1].text == section(9).text
