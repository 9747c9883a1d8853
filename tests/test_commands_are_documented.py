"""The page about commands tells of each of them, and of the figures that the code has."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from bot.command import Word
from bot.handlers.issue_comment import PER_PERSON
from bot.render.reply import HELP
from workers import again, commands, turns

PAGE = (Path(__file__).parents[1] / "docs" / "commands.md").read_text("utf-8")
WORDS = [word for word in get_args(Word) if word != "unknown"]


@pytest.mark.parametrize("word", WORDS)
def test_each_command_is_explained_there_and_listed_by_help(word: str) -> None:
    assert f"| `/whyred {word}` |" in PAGE
    assert f"- `/whyred {word}`: " in HELP


def test_its_figures_are_those_of_the_code() -> None:
    assert f"at most {PER_PERSON} commands of one person" in PAGE
    assert f"obeys {commands.PER_CONVERSATION} in a" in PAGE
    assert (again.MOST_RERUNS, commands.REFUSALS) == (3, 3)
    assert turns.PAUSES == (15, 60, 240, 900)
