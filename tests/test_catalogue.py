"""Every signature of the catalogue keeps to the gates, and each gate can fail."""

from __future__ import annotations

from dataclasses import replace

import pytest

from diagnosis import gates
from diagnosis.catalogue import BUILT_IN, Catalogue, Negative, Positive, Signature
from diagnosis.rank import ENVIRONMENT
from tests.whole import CATALOGUE

COMPILERS = frozenset(
    {"cmake", "cuda", "dotnet", "gcc", "go", "haskell", "java", "kotlin", "msvc", "rust", "scala", "swift"}
)


@pytest.mark.parametrize("signature", [pytest.param(item, id=item.id) for item in CATALOGUE.signatures])
def test_a_signature_keeps_to_the_gates(signature: Signature) -> None:
    assert "\n".join(map(str, gates.problems(signature, CATALOGUE))) == ""


def test_what_could_not_be_reached_explains_no_compiler_away() -> None:
    """`beats` hold through others: a test that beats a compiler's errors hands them to what explains the test."""
    causes = [item for item in CATALOGUE.signatures if item.area in COMPILERS and item.kind == "cause"]
    errors = {item.id for item in causes if item.category in ("build", "types", "lint", "format")}
    unreached = [item for item in CATALOGUE.signatures if item.category in ENVIRONMENT and item.area not in COMPILERS]
    assert [(item.id, name) for item in unreached for name in CATALOGUE.beaten_by(item.id) & errors] == []


def test_nothing_is_left_to_be_filled_in() -> None:
    assert [path.name for path in BUILT_IN.rglob("*.toml") if gates.unfilled(path.read_text("utf-8"))] == []


GOOD = Signature(
    id="shop/broken",
    title="Broken `{part}`",
    category="build",
    kind="cause",
    pattern=r"shopbuild: broken part (?P<part>\w+)",
    why="w",
    fix="f",
    source="s",
    should_match=(Positive("shopbuild: broken part door", {"part": "door"}),),
    should_not_match=(Negative("shopbuild: part door", "it is whole"),),
)
RIVAL = replace(GOOD, id="shop/rival", pattern="shopbuild: broken", title="t", should_match=(), should_not_match=())
PASSED = "##[group]Run x\n##[endgroup]\nshopbuild: broken part door\nPost job cleanup.\nCleaning up orphan processes\n"


def said(signature: Signature, *others: Signature) -> str:
    return "\n".join(map(str, gates.problems(signature, Catalogue([signature, *others]))))


def test_silent_about_a_good_one() -> None:
    assert said(GOOD) == ""


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"should_match": ()}, "no [[should_match]]"),
        ({"should_not_match": ()}, "no [[should_not_match]]"),
        ({"should_not_match": (Negative("x", " "),)}, "should_not_match 1: it has no `because`"),
        (
            {"should_not_match": (Negative("shopbuild: broken part x", "whole"),)},
            "found (line 1) although this is whole",
        ),
        (
            {"should_match": (Positive("all is well", {}),)},
            "should_match 1: it is not found; its pattern matches nowhere",
        ),
        ({"should_match": (Positive(PASSED, {"part": "door"}),)}, "looks like a job that passed"),
        ({"should_match": (Positive("shopbuild: broken part a", {}),)}, 'add: captures = { part = "a" }'),
        ({"source": " "}, "source is empty"),
        ({"title": "Broken."}, "full stop"),
        ({"title": "Broken\nin two"}, "more than one line"),
        ({"title": "B" * 161}, "161 characters"),
        ({"title": "Broken {door}"}, "title names {door}, which is neither"),
        ({"pattern": r"shopbuild: (?:broken part (?P<part>\w+))?"}, "title needs {part}, which may be unknown"),
        ({"verify": ("shop {wall}",)}, "verify names {wall}"),
        ({"group_by": "{wall}"}, "group_by names {wall}"),
        ({"pattern": r"(?P<part>\w+)"}, "no literal of four characters"),
        ({"pattern": r"(?<=x)shopbuild (?P<part>\w+)"}, "pattern can not be used"),
        ({"pattern": "shopbuild ("}, "pattern can not be used"),
        ({"beats": ("shop/gone",)}, "shop/gone, which is no signature"),
        ({"beats": ("shop/broken",)}, "beats go round in a circle"),
        ({"readers": ("crystal_ball",)}, "crystal_ball, which is no reader"),
    ],
)
def test_each_gate_can_fail(change: dict[str, object], expected: str) -> None:
    assert expected in said(replace(GOOD, **change))  # type: ignore[arg-type]


def test_an_undeclared_rival_prints_the_line_to_add() -> None:
    assert "should_match 1: shop/rival stands on the same line" in said(GOOD, RIVAL)
    assert said(replace(GOOD, beats=("shop/other*",)), RIVAL).endswith('add: beats = ["shop/other*", "shop/rival"]')
    assert said(replace(GOOD, beats=("shop/rival",)), RIVAL) == ""


def test_a_signature_that_comes_second_prints_the_line_to_add() -> None:
    log = "shopbuild: broken part door\nshopbuild: no door\n"
    winner = replace(RIVAL, pattern="shopbuild: no door", beats=("shop/broken",))
    assert "comes before it" in said(replace(GOOD, should_match=(Positive(log, {"part": "door"}),)), winner)


def test_what_is_left_to_fill_in_is_found_with_its_line() -> None:
    assert gates.unfilled('a = 1\nb = "<<fill in: the tool>>"\n') == [(2, "<<fill in: the tool>>")]
    assert gates.unfilled("cat <<EOF > x\n") == []
