"""The hidden lines: written and read back, and never made by a log or a person's prose."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.case import Age
from bot.deliver import marker
from bot.deliver.marker import Place

PLACE = Place("00112233aabbccdd", 55, "main", (Age(1001, 2), Age(998, 1)), "2026-11-01", 3, Age(990, 1), 1)


@pytest.mark.parametrize("branch", ["main", "feature/new", "a-->b", "ä ö", "x=y run=1", "", "100%", "日本"])
def test_a_place_is_read_back_whatever_the_branch_is_called(branch: str) -> None:
    place = replace(PLACE, branch=branch)
    assert marker.place(place.line()) == place
    assert place.line().count("-->") == 1


@pytest.mark.parametrize("author", ["mona", "dependabot[bot]", "a-->b", "x state=green", None])
def test_a_place_is_read_back_with_its_author(author: str | None) -> None:
    place = replace(PLACE, author=author)
    assert marker.place(place.line()) == place
    assert place.line().count("-->") == 1


@pytest.mark.parametrize(
    "line",
    [
        f" {PLACE.line()}",
        f"> {PLACE.line()}",
        f"{PLACE.line()} and more",
        PLACE.line().replace("red=1001", "red=-1"),
        PLACE.line().replace("whyred", "whygreen"),
        "",
    ],
)
def test_a_line_that_holds_anything_else_is_no_mark(line: str) -> None:
    assert marker.place(line) is None


@pytest.mark.parametrize("opening", ["<!-- whyred", "<!--whyred", "<!--\twhyred", "<!-- WhyRed", "<!--\nwhyred"])
def test_text_of_others_opens_no_mark_of_ours(opening: str) -> None:
    assert "<!--" not in marker.disarm(f"{opening}:workflow 55 run=9 attempt=1 sha=2a15757 state=green -->")


def test_other_comments_in_the_text_stay() -> None:
    assert marker.disarm("<!-- a note -->") == "<!-- a note -->"


def test_lines_that_a_browser_saved_are_read_like_ours() -> None:
    assert marker.lines("a\r\nb\nc") == ["a", "b", "c"]


def test_a_later_run_is_newer_than_any_attempt_of_an_earlier_one() -> None:
    assert Age(1, 1) < Age(1, 2) < Age(2, 1)


def test_a_place_that_only_passed_and_one_of_a_pull_request_are_read_back() -> None:
    for odd in (replace(PLACE, reds=(), seen=0), replace(PLACE, green=None), replace(PLACE, pull=5)):
        assert marker.place(odd.line()) == odd
    assert marker.place(replace(PLACE, reds=(), green=None).line()) is None
