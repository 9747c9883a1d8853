"""What the page of a signature and the list of all of them tell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.render import page
from bot.render.page import Reference
from diagnosis.catalogue import Catalogue, Negative, Positive, Signature

BROKEN = Signature(
    id="shop/broken",
    title="Broken `{part}`[? in {room}?]",
    category="build",
    kind="cause",
    pattern=r"^shop: broken part (?P<part>\w+)(?: in (?P<room>\w+))?",
    why="It fell.",
    fix="Mend it:\n- with `glue`\n- or with nails",
    verify=("shop check {part}",),
    source="shop 1.0\n",
    beats=("shop/wet", "generic/*", "*/test-failed", "shop/gone"),
    should_match=(Positive("\nbegin\n\x1b[31mshop: broken part door\x1b[0m\nend\n", {"part": "door"}),),
    should_not_match=(Negative("\nshop: no broken part\n", "nothing is broken"),),
)
WET = replace(BROKEN, id="shop/wet", title="Wet wall", pattern="shop: wet wall", category="runtime", beats=())
KNOWN = Catalogue([BROKEN, WET])


def test_tells_what_the_file_holds_and_which_file_that_is() -> None:
    shown = page.page(BROKEN, KNOWN)
    assert (shown.id, shown.area, shown.file) == ("shop/broken", "shop", "signatures/shop/broken.toml")
    assert shown.plain_title == "Broken part in room"
    assert (shown.category, shown.kind, shown.kind_means) == ("build", "cause", "explains the failure")
    assert [block.kind for block in shown.fix] == ["paragraph", "list"]
    assert shown.source == "shop 1.0"
    assert shown.pattern == BROKEN.pattern


def test_an_example_shows_the_title_that_a_reader_gets_and_marks_the_line() -> None:
    (example,) = page.page(BROKEN, KNOWN).examples
    assert "".join(part.text for span in example.title for part in span.parts) == "Broken door"
    assert [(line.text, line.hit) for line in example.lines] == [
        ("begin", False),
        ("shop: broken part door", True),
        ("end", False),
    ]


@pytest.mark.parametrize(
    ("pattern", "lines", "hits"),
    [
        (r"door\nwindow", 3, [1, 2]),
        (r"door\n(?:.*\n)*?end", 5, [1, 2, 3]),
        (r"door\n(?:.*\n)*?end", 2, []),
    ],
)
def test_a_match_over_several_lines_marks_all_of_them(pattern: str, lines: int, hits: list[int]) -> None:
    log = Positive("begin\ndoor\nwindow\nend\n\n", {})
    wide = replace(BROKEN, title="t", pattern=pattern, lines=lines, should_match=(log,))
    shown = page.page(wide, KNOWN).examples[0].lines
    assert [number for number, line in enumerate(shown) if line.hit] == hits


def test_a_confuser_says_why_it_is_none() -> None:
    (confuser,) = page.page(BROKEN, KNOWN).confusers
    assert confuser.because == "nothing is broken"
    assert [line.text for line in confuser.lines] == ["shop: no broken part"]


def test_what_is_explained_away_leads_to_a_page_or_an_area() -> None:
    assert page.page(BROKEN, KNOWN).explains == (
        Reference("shop/wet", True, "shop"),
        Reference("generic/*", False, "generic"),
        Reference("*/test-failed", False, ""),
        Reference("shop/gone", False, "shop"),
    )


@pytest.mark.parametrize(
    ("words", "area", "found"),
    [
        ("", "", ["shop/broken", "shop/wet"]),
        ("WALL", "", ["shop/wet"]),
        ("wall runtime", "", ["shop/wet"]),
        ("wall build", "", []),
        ("shop/b", "", ["shop/broken"]),
        ("", "shop", ["shop/broken", "shop/wet"]),
        ("", "pip", []),
    ],
)
def test_the_list_is_searched_by_words_and_area(words: str, area: str, found: list[str]) -> None:
    assert [entry.id for entry in page.entries(KNOWN.signatures, words, area)] == found
