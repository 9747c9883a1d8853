"""Which command a comment holds: at the start of a line, neither quoted nor code nor hidden, the first one only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.command import Command, Word, parse


@pytest.mark.parametrize("word", ["explain", "rerun", "wrong", "quiet", "resume", "help"])
def test_a_command_is_a_line_of_its_own(word: Word) -> None:
    assert parse(f"/whyred {word}") == Command(word, "")


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("Hm.\n\n/whyred rerun\n", "rerun"),
        ("/whyred rerun please", "rerun"),
        ("/whyred   RERUN\t", "rerun"),
        ("/Whyred rerun\r\nthanks", "rerun"),
        ("/whyred", "help"),
        ("/whyred frobnicate @everyone", "unknown"),
        ("/whyred rerun,", "unknown"),
        ("/whyred wrong\n/whyred rerun", "wrong"),
        ("> what they said\n\n/whyred quiet", "quiet"),
        ("```\nls\n```\n/whyred quiet", "quiet"),
        ("<!-- hidden --> and then\n/whyred quiet", "quiet"),
        ("````\n```\n````\n/whyred quiet", "quiet"),
    ],
)
def test_the_first_command_counts(body: str, word: str) -> None:
    found = parse(body)
    assert found is not None
    assert found.word == word


@pytest.mark.parametrize(
    "body",
    [
        "",
        "Try /whyred rerun",
        " /whyred rerun",
        "    /whyred rerun",
        "> /whyred rerun",
        "- /whyred rerun",
        "`/whyred rerun`",
        "/whyredrerun",
        "/whyred-bot rerun",
        "/why red",
        "```\n/whyred rerun\n```",
        "```sh\n/whyred rerun",
        "~~~\n/whyred rerun\n~~~",
        "````\n```\n/whyred rerun\n````",
        "<!--\n/whyred rerun\n-->",
        "<!-- whyred\n/whyred rerun",
    ],
)
def test_silent_where_nobody_gives_a_command(body: str) -> None:
    assert parse(body) is None


def test_what_stands_behind_the_word_is_kept_as_it_is() -> None:
    found = parse("Well.\r\n/whyred wrong it is the proxy\r\n\r\nsee `compose.yml`\n/whyred rerun")
    assert found == Command("wrong", "it is the proxy\n\nsee `compose.yml`\n/whyred rerun")


@given(st.text(alphabet="/whyred `~>\n\r<!->", max_size=200))
def test_whatever_is_written_is_a_command_or_none(body: str) -> None:
    found = parse(body)
    assert found is None or "/whyred" in body.lower()
