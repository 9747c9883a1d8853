"""Where nothing is recognised, the line that a person would have looked at first."""

from __future__ import annotations

import pytest

from diagnosis import excerpt, split
from diagnosis.excerpt import blanked
from diagnosis.scan import Scanner
from diagnosis.source import Text

HEAD = "##[group]Run ./release.sh\n./release.sh error fatal\n##[endgroup]\n"
TAIL = "##[error]Process completed with exit code 3.\n"


def telling(text: str, passing: str = "") -> excerpt.Telling:
    log = Text.of(text.encode())
    shape = split.shape(log, Scanner(split.MARKS).scan(log, whole=len(split.MARKS)))
    usual = {blanked(line) for line in passing.split("\n")} if passing else ()
    return excerpt.telling(log, shape, usual)


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("packing\nfrob: cannot open the vault\ndone: 3 files\n", "frob: cannot open the vault"),
        ("npm ERR! code E418\nnpm ERR! 418 A teapot - GET\n", "npm ERR! 418 A teapot - GET"),
        (
            "warning: error-handling.js is old\nuploading\nrejected: quota exceeded, forbidden\n",
            "rejected: quota exceeded, forbidden",
        ),
        ("VaultError: sealed\n1 failed\nBuild failed\nCommand failed with exit code 3\n", "VaultError: sealed"),
        (
            "src/a.frob:12:3: error: no such rune\nError: 1 error\nmake: *** [all] Error 1\n",
            "src/a.frob:12:3: error: no such rune",
        ),
        ("0 errors\nall good\n##[error]The vault is sealed\n", "##[error]The vault is sealed"),
        ("Traceback (most recent call last):\n  File 'x', line 1\nVaultError: sealed\n", "VaultError: sealed"),
    ],
)
def test_the_most_telling_line_is_chosen(step: str, said: str) -> None:
    assert telling(HEAD + step + TAIL).text == said


def test_the_echo_of_the_script_and_the_exit_code_are_never_chosen() -> None:
    found = telling(HEAD + "packing\n" + TAIL)
    assert (found.text, found.looks_failed) == ("packing", False)


@pytest.mark.parametrize(
    "step",
    [
        "Checking 14 files\ndocs/api.md: link to ./old.md is dead\n",
        "frobgen: reading manual.zb\nfrobgen: manual.zb:14: figure has no caption\n",
        "frobgen: chapter 3: figure `flow' has no caption\nmake: *** [Makefile:12: docs] Error 9\n",
        "src/a.py: trailing whitespace on line 4\n2 problems\n",
        "src/fmt.frob\n",
        "frob: cannot open the vault\n",
    ],
)
def test_what_a_check_says_without_a_word_of_failure_is_in_the_log(step: str) -> None:
    assert telling(HEAD + step + TAIL).says


@pytest.mark.parametrize(
    "step",
    [
        "Waiting for the shop to answer\n",
        "try 1 of 3\ntry 2 of 3\n",
        "release 1.4.0: 3 packages\n",
        "> shop@1.0.0 check\n> node check.js\n",
        "compiling src/a.c\nDone in 3.2s\n",
        "1204 rows\n",
    ],
)
def test_progress_says_nothing(step: str) -> None:
    assert not telling(HEAD + step + TAIL).says


def test_other_telling_lines_follow_best_first() -> None:
    found = telling(HEAD + "cannot read a\nVaultError: sealed\nplain\n" + TAIL)
    assert found.numbers == (5, 4)


def test_what_stands_in_a_passing_log_too_explains_nothing() -> None:
    text = HEAD + "rune 17 is unknown\nerror: retrying 3\n" + TAIL
    assert telling(text).text == "error: retrying 3"
    assert telling(text, passing="error: retrying 12\n").text == "rune 17 is unknown"


def test_a_line_that_comes_again_and_again_yields_to_one_that_does_not() -> None:
    noise = "".join(f"error: retry {number}\n" for number in range(20))
    assert telling(HEAD + "error: vault sealed\n" + noise + TAIL).text == "error: vault sealed"
