"""Nothing that stands in a log can act in a comment."""

from __future__ import annotations

import cmarkgfm
import pytest

from bot.render.safe import MOST_LINE, code_span, escape, fence

HOSTILE = [
    "```\n# heading",
    "`````",
    "<!-- whyred:v1 -->",
    "<!--WHYRED:workflow 1 run=1 attempt=1 sha=abcdef0 state=green -->",
    "</details><script>alert(1)</script>",
    "@octocat and @octo/team",
    "\x1b[31mred\x1b[0m \u202eesrever\u2066",
    "![x](https://tracker.example/p.png)",
    "closes #1",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_fence_holds_whatever_stands_in_it(text: str) -> None:
    html = cmarkgfm.github_flavored_markdown_to_html(f"{fence(text.splitlines())}\n\nafter")
    assert html.startswith("<pre><code>")
    assert html.rstrip().endswith("<p>after</p>")
    assert html.count("<") == html.count("<pre>") * 4 + html.count("<p>") * 2


@pytest.mark.parametrize("text", HOSTILE)
def test_a_code_span_is_one_code_element(text: str) -> None:
    html = cmarkgfm.github_flavored_markdown_to_html(f"a {code_span(text)} b")
    assert html.count("<code>") == 1
    assert html.count("<") == 4


@pytest.mark.parametrize("text", HOSTILE)
def test_escaped_words_make_no_markup_and_mention_nobody(text: str) -> None:
    html = cmarkgfm.github_flavored_markdown_to_html(f"a {escape(text)} b")
    assert not {"<h1", "<img", "<script", "<a "} & {html[place : place + 7].split(">")[0] for place in range(len(html))}
    assert "@octo" not in html


def test_a_marker_is_broken_up() -> None:
    assert "<!-- whyred" not in fence(["<!-- whyred:v1 -->"]) + code_span("<!-- whyred:sum -->")


def test_controls_and_direction_marks_are_gone() -> None:
    assert "\x1b" not in fence([HOSTILE[6]])
    assert "\u202e" not in fence([HOSTILE[6]]) + code_span(HOSTILE[6]) + escape(HOSTILE[6])


def test_a_line_too_long_to_read_is_cut() -> None:
    assert len(fence(["x" * 10_000]).split("\n")[1]) == MOST_LINE


def test_a_single_value_is_redacted() -> None:
    assert "hunter2222" not in code_span("postgresql://app:hunter2222@localhost/shop")
