"""The comment as it is read, and as it is read back: by its marks alone, whoever has written between them."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest

from bot.deliver.sticky import Mark, Note, Past, Sticky
from bot.deliver.sticky_marks import COMMENT, FIRST, is_comment, read
from bot.deliver.sticky_text import write
from bot.told import SUM
from tests.bot.deliver.told import HEAD, OLD, RUNS, cause, fingerprint, mark
from tests.visible import visible

FULL: Final = Sticky(
    marks=(mark(55, failed=2), mark(66, 11, attempt=2)),
    causes=(
        replace(cause("A", jobs=2), seen=(*cause("A", jobs=2).seen, *cause("A", 66).seen)),
        cause("B", 66, kind="symptom", blocking=True),
        cause("C", 66, kind="unknown", whose="infrastructure"),
        cause("D", whose="base", branch="re-->lease & <more>"),
        cause("E", whose="flaky"),
    ),
    notes=(Note(55, "⛔ Blocks the merge: `test`", "**Gone:** X."), Note(66, "Something else.")),
    past=(Past(fingerprint("X"), 55, mark(run=9).age, OLD, "X ([not a link](x)) is `broken`", f"{RUNS}/9"),),
)
GREEN: Final = Sticky(marks=(mark(state="green"),), line="✅ **Green again.**", past=FULL.past)


@pytest.mark.parametrize("sticky", [FULL, GREEN, Sticky(marks=(mark(state="going"),), causes=(cause("A"),))])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_comment_is_read_back_as_it_was_written(sticky: Sticky, newline: str) -> None:
    body = write(sticky)
    assert is_comment(body)
    assert read(body.replace("\n", newline)) == sticky


def test_the_first_cause_stands_open_and_all_else_is_behind_one_line() -> None:
    assert visible(write(FULL)) == [
        "### ❌ A is broken",
        f"`W55 › A` · commit `{HEAD[:7]}` · 3 of 6 jobs failed",
        "**Cause** A",
        "A",
        "**Gone:** X. · ⛔ Blocks the merge: `test`",
        "Also failing: 2 more jobs with the same cause · 1 other cause: B is broken · 1 not from this change"
        " · 1 known flaky · 1 also red on <code>re--&gt;lease &amp; &lt;more&gt;</code> · History: 1 earlier failure",
        "<sub>A</sub>",
    ]


def test_what_is_folded_stands_there_whole() -> None:
    folded = write(FULL).partition("<summary>")[2]
    for name in "BCDE":
        assert f"**Cause** {name}\n\n```\n{name}\n```" in folded
        assert f"<sub>{name}</sub>" in folded
    assert "#### ⚠️ E is broken" in folded
    assert f"- `{OLD[:7]}` X ([not a link](x)) is `broken` ([run 9]({RUNS}/9))" in folded


def test_green_is_one_line_and_the_history() -> None:
    assert visible(write(GREEN)) == ["✅ **Green again.**", "History: 1 earlier failure"]
    assert visible(write(replace(GREEN, past=()))) == ["✅ **Green again.**"]


@pytest.mark.parametrize(
    ("marks", "said"),
    [
        ((mark(state="going"),), "1 of 3 jobs failed · run still going, more may follow"),
        ((mark(attempt=3),), "1 of 3 jobs failed · attempt 3"),
        ((replace(mark(), failed=0, jobs=0),), "no job was started"),
        ((mark(), mark(66, 9, sha=OLD), mark(77, state="green")), "1 of 3 jobs failed"),
        ((replace(mark(), failed=1, jobs=1),), "1 of 1 job failed"),
    ],
)
def test_how_much_failed_on_the_commit_is_summed_over_the_workflows(marks: tuple[Mark, ...], said: str) -> None:
    place = visible(write(Sticky(marks=marks, causes=(cause("A"),))))[1]
    assert place == f"`W55 › A` · commit `{HEAD[:7]}` · {said}"


def test_words_that_a_person_put_anywhere_are_no_marks_and_make_none() -> None:
    body = write(FULL).replace("\n<!-- whyred:text", "\nmine @all\n<!-- whyred:text")
    assert read(f"{COMMENT}\nmine\n{body.partition(chr(10))[2]}") == FULL


@pytest.mark.parametrize("body", ["", "text", f"text\n{COMMENT}", f"> {COMMENT}"])
def test_what_does_not_begin_with_our_mark_is_no_comment_of_ours(body: str) -> None:
    assert not is_comment(body)


def test_a_comment_of_the_first_version_is_taken_over() -> None:
    red = f"<!-- whyred:workflow 55 run=10 attempt=1 sha={HEAD} state=red -->"
    passed = f"<!-- whyred:workflow 66 run=11 attempt=1 sha={HEAD} state=green -->"
    body = f"{FIRST}\n{red}\n### ❌ Coverage `35 %`\n\n```\nx\n```\n\n{passed}\n✅ **Lint** is green again"
    sticky = read(body)
    assert is_comment(body)
    assert [(one.workflow, one.state) for one in sticky.marks] == [(55, "red"), (66, "green")]
    assert [(one.title, one.text, one.jobs) for one in sticky.causes] == [("Coverage `35 %`", "```\nx\n```", 1)]
    assert read(write(sticky)) == sticky


def test_a_comment_too_long_is_cut_in_its_longest_texts_and_still_read_back() -> None:
    long = tuple(replace(cause(f"F{number}"), text="words of a log\n" * 5000) for number in range(8))
    body = write(Sticky(marks=(mark(),), causes=(*long, cause("short"))))
    assert len(body.encode()) <= 60_000
    found = read(body).causes
    assert len(found) == 9
    assert found[-1].text == cause("short").text
    assert body.count("too long for a comment") == 8


def test_causes_without_room_are_counted_and_stay_so() -> None:
    many = tuple(replace(cause(f"F{number}"), title="日本語 " * 200) for number in range(100))
    body = write(Sticky(marks=(mark(),), causes=many))
    assert len(body.encode()) <= 60_000
    shown = len(read(body).causes)
    assert f"· {100 - shown} more, not shown" in body
    assert read(body).marks[0].unshown == 100 - shown
    assert write(read(body)) == body


def test_a_place_without_room_for_the_sum_is_shown_as_it_is() -> None:
    told = cause("A")
    bare = replace(told, seen=(replace(told.seen[0], where=told.seen[0].where.replace(SUM, "")),))
    assert visible(write(Sticky(marks=(mark(),), causes=(bare,))))[1] == "`W55 › A`"


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Module `shop.cart` is missing", "Module <code>shop.cart</code> is missing"),
        ("``a`b`` and `@octo` at 3 < 4", "<code>a`b</code> and <code>@octo</code> at 3 &lt; 4"),
        ("`</summary><img src=x>` failed", "<code>&lt;/summary&gt;&lt;img src=x&gt;</code> failed"),
        (r"A\*B fails", "A*B fails"),
    ],
)
def test_another_cause_is_named_in_the_line_over_the_fold(title: str, shown: str) -> None:
    causes = (cause("A"), replace(cause("B"), title=title))
    written = write(Sticky(marks=(mark(failed=2),), causes=causes))
    assert f"<summary>Also failing: 1 other cause: {shown}</summary>" in written
