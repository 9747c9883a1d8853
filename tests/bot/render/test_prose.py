"""The Markdown of signatures as values."""

from __future__ import annotations

import pytest

from bot.render import prose
from bot.render.prose import Block, Part, Span


def spelt(spans: tuple[Span, ...]) -> str:
    """Spans as one reads them aloud."""
    marks = {"plain": "{}", "code": "<{}>", "bold": "*{}*"}
    return "".join(
        marks[span.kind].format("".join(f"({part.text})" if part.slot else part.text for part in span.parts))
        for span in spans
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain words", "plain words"),
        ("the `{module}` of {package}", "the <(module)> of (package)"),
        ("run `pip install {name}==1` **now**", "run <pip install (name)==1> *now*"),
        ("begins with one of ``@ ` %``", "begins with one of <@ ` %>"),
        ("`` `a` ``", "<`a`>"),
        ("needs[? version {version}?]!", "needs version (version)!"),
        ("`${{ secrets.TOKEN }}` and ${HOME}", "<${{ secrets.TOKEN }}> and ${HOME}"),
        ("a ` that nobody closes", "a ` that nobody closes"),
        ("<b>no markup</b> & [no](link)", "<b>no markup</b> & [no](link)"),
        ("", ""),
    ],
)
def test_a_line_becomes_spans(text: str, expected: str) -> None:
    assert spelt(prose.spans(text)) == expected


def test_without_slots_braces_are_text() -> None:
    assert prose.spans("{a} [?b?]", slots=False) == (Span("plain", (Part("{a} [?b?]"),)),)


def test_paragraphs_and_lists_are_told_apart() -> None:
    blocks = prose.blocks("\nTwo ways:\nnow or later\n- one\n  and more\n- two\n\nElse none.\n")
    assert [block.kind for block in blocks] == ["paragraph", "list", "paragraph"]
    assert [[spelt(item) for item in block.items] for block in blocks] == [
        ["Two ways:\nnow or later"],
        ["one and more", "two"],
        ["Else none."],
    ]


def test_no_text_is_no_block() -> None:
    assert prose.blocks(" \n") == (Block("paragraph", ((),)),)
