"""Every match of a pattern holds one of the literals that stand for it."""

from __future__ import annotations

from re import _parser as parser  # type: ignore[attr-defined]

import pytest

from diagnosis.literals import cover, exact, shortest, written


@pytest.mark.parametrize(
    ("pattern", "literals"),
    [
        (r"No module named '(?P<module>[\w.]+)'", [r"No\x20module\x20named\x20'"]),
        (r"[Cc]annot open", [r"Cannot\x20open", r"cannot\x20open"]),
        (r"(?:killed|Out of memory):? .* process", [r"\x20process"]),
        (r"(?:killed|Out of memory)\d", [r"Out\x20of\x20memory", "killed"]),
        (r"tests? failed in \d+ s", [r"test\x20failed\x20in\x20", r"tests\x20failed\x20in\x20"]),
        (r"(?:cannot \w+|\d+) files", [r"\x20files"]),
        (r"(?:permission )+denied", [r"permission\x20denied"]),
        (r"(?i:permission) denied", [r"permission\x20denied"]),
        (r"[^:]+\.kt:\d+: .*", [r"\.kt:[\x30-\x39]"]),
        (r"test.*aborted", ["aborted"]),
        (r"[A-Z]\d{3} .*", [r"[\x41-\x5a][\x30-\x39][\x30-\x39][\x30-\x39]\x20"]),
        (r"✗ (?:\w+) *", [r"[\x80-\xff]\x20"]),
        (r"\S*\s*", []),
    ],
)
def test_the_cover_is_the_set_whose_commonest_is_rarest(pattern: str, literals: list[str]) -> None:
    assert [*map(written, cover(parser.parse(pattern)))] == literals


def test_blanks_do_not_make_a_literal_long() -> None:
    assert (shortest(["        a"]), shortest(["in the", "was"]), shortest([])) == (1, 3, 0)


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        (r"kill [a-z]", [r"kill\x20[\x61-\x7a]"]),
        (r"kill \S", [r"kill\x20"]),
        (r"no (?:such )?file", [r"no\x20file", r"no\x20such\x20file"]),
        (r"Out of memory .* \d+", []),
        (r"no✗file", []),
    ],
)
def test_what_is_of_fixed_width_needs_no_second_look(pattern: str, texts: list[str]) -> None:
    assert [*map(written, exact(list(parser.parse(pattern))))] == texts
