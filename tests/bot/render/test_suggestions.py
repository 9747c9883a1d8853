"""A fix is suggested whole, at lines that the diff shows as the patch knows them, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cmarkgfm
import pytest

from bot.render import suggestions
from bot.review import Suggestion
from diagnosis import patch
from diagnosis.report import FilePatch, Fix
from sandbox.git import change_of
from tests.bot.render.cases import FINDING, case
from tests.bot.render.test_safe import HOSTILE

OLD = "".join(f"line {number}\n" for number in range(1, 31))
HEAD = OLD.replace("line 10\n", "line ten\n")
"""The pull request changes line 10, so that its diff shows the lines 7 to 13."""


def diff(head: str = HEAD, base: str = OLD) -> dict[str, str]:
    return {"shop.py": change_of("shop.py", base.encode(), head.encode()).patch or ""}


def suggested(*patches: FilePatch, shown: dict[str, str] | None = None) -> list[Suggestion] | None:
    fixed = replace(FINDING, fixes=(Fix("Do it.", "Then it passes.", files=patches),))
    found = suggestions.review(case(fixed), diff() if shown is None else shown)
    return list(found.suggestions) if found else None


def only(*patches: FilePatch, shown: dict[str, str] | None = None) -> tuple[int, int, str]:
    found = suggested(*patches, shown=shown)
    assert found is not None
    (one,) = found
    return one.start, one.line, one.body.split("\n\n", 1)[1]


def test_a_line_that_is_changed() -> None:
    change = patch.replaced("shop.py", HEAD, {11: ["line eleven"]})
    assert only(change) == (11, 11, "```suggestion\nline eleven\n```")


def test_several_lines_that_become_others() -> None:
    change = patch.replaced("shop.py", HEAD, {11: ["a", "b", "c"], 12: []})
    assert only(change) == (11, 12, "```suggestion\na\nb\nc\n```")


def test_a_line_that_goes() -> None:
    assert only(patch.replaced("shop.py", HEAD, {12: []})) == (12, 12, "```suggestion\n```")


def test_a_line_that_is_put_in_is_hung_on_the_one_above_it() -> None:
    assert only(patch.inserted("shop.py", HEAD, 10, ["new"])) == (10, 10, "```suggestion\nline ten\nnew\n```")


def test_a_line_that_is_put_in_first_is_hung_on_the_one_below_it() -> None:
    head = OLD.replace("line 1\n", "line one\n")
    shown = diff(head)
    assert only(patch.inserted("shop.py", head, 0, ["new"]), shown=shown) == (1, 1, "```suggestion\nnew\nline one\n```")


def test_two_stretches_of_a_patch_are_two_suggestions() -> None:
    found = suggested(patch.replaced("shop.py", HEAD, {8: ["eight"], 13: ["thirteen"]}))
    assert found is not None
    assert [(one.path, one.start, one.line) for one in found] == [("shop.py", 8, 8), ("shop.py", 13, 13)]
    assert [one.body.partition("\n")[0] for one in found] == ["Do it. Then it passes.", "This belongs to it."]


@pytest.mark.parametrize(
    "patches",
    [
        pytest.param([patch.replaced("shop.py", HEAD, {20: ["x"]})], id="a line that the diff does not show"),
        pytest.param([patch.replaced("shop.py", HEAD, {11: ["x"], 20: ["x"]})], id="half of it shown"),
        pytest.param([patch.replaced("cart.py", HEAD, {11: ["x"]})], id="another file"),
        pytest.param([patch.created("shop2.py", "x\n")], id="a new file"),
        pytest.param([patch.replaced("shop.py", HEAD, {11: ["x"]}), patch.created("b.py", "x\n")], id="and a new file"),
        pytest.param([patch.replaced("shop.py", OLD, {10: ["x"]})], id="a line that stands there no more"),
        pytest.param([patch.replaced("shop.py", HEAD, {11: ["password = 'hunter2222hunter'"]})], id="a secret"),
        pytest.param([patch.replaced("shop.py", HEAD, {11: ["x\u202ey"]})], id="a character that nobody sees"),
        pytest.param([patch.replaced("shop.py", HEAD, {11: ["x\r"]})], id="a carriage return"),
        pytest.param([], id="no patch"),
    ],
)
def test_what_is_not_suggested(patches: list[FilePatch]) -> None:
    assert suggested(*patches) is None


def test_a_patch_that_ends_a_file_otherwise_is_not_suggested() -> None:
    assert suggested(patch.edited("shop.py", "a", "b"), shown=diff("a", "c\n")) is None


def test_a_patch_of_very_many_places_is_not_suggested() -> None:
    head = OLD.replace("line", "row")
    every_other: dict[int, Sequence[str]] = {number: ["x"] for number in range(1, 31, 2)}
    assert suggested(patch.replaced("shop.py", head, every_other), shown=diff(head)) is None


@pytest.mark.parametrize(
    "fields", [{"confidence": "medium"}, {"kind": "symptom"}, {"fixes": ()}], ids=["unsure", "symptom", "no fix"]
)
def test_only_a_sure_cause_is_suggested(fields: dict[str, str]) -> None:
    change = patch.replaced("shop.py", HEAD, {11: ["x"]})
    fixed = replace(FINDING, fixes=(Fix("Do it.", files=(change,)),))
    assert suggestions.files(case(fixed)) == (change,)
    assert suggestions.files(case(replace(fixed, **fields))) == ()  # type: ignore[arg-type]
    assert suggestions.files(case()) == ()


@pytest.mark.parametrize("text", [line for text in HOSTILE for line in text.split("\n")])
def test_nothing_in_a_suggestion_leaves_its_fence(text: str) -> None:
    found = suggested(patch.replaced("shop.py", HEAD, {11: [text]}))
    for one in found or ():
        html = cmarkgfm.github_flavored_markdown_to_html(one.body)
        assert html.startswith('<p>Do it. Then it passes.</p>\n<pre lang="suggestion"><code>')
        assert html.endswith("</code></pre>\n")
        assert html.count("<") == 6
