"""Every match of a pattern holds one of the literals that stand for it."""

from __future__ import annotations

from re import _parser as parser  # type: ignore[attr-defined]

import pytest

from diagnosis.literals import cover, shortest


@pytest.mark.parametrize(
    ("pattern", "literals"),
    [
        (r"No module named '(?P<module>[\w.]+)'", ["No module named '"]),
        (r"[Cc]annot open", ["Cannot open", "cannot open"]),
        (r"(?:killed|Out of memory):? .* process", [" process"]),
        (r"(?:killed|Out of memory)\d", ["Out of memory", "killed"]),
        (r"tests? failed in \d+ s", ["test failed in ", "tests failed in "]),
        (r"(?:cannot \w+|\d+) files", [" files"]),
        (r"(?:permission )+denied", ["permission denied"]),
        (r"(?i:permission) denied", ["permission denied"]),
        (r"(?:\d+|no) .*", []),
    ],
)
def test_the_cover_is_the_set_whose_shortest_is_longest(pattern: str, literals: list[str]) -> None:
    assert list(cover(parser.parse(pattern))) == literals


def test_blanks_do_not_make_a_literal_long() -> None:
    assert (shortest(["        a"]), shortest(["in the", "was"]), shortest([])) == (1, 3, 0)
