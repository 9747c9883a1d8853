"""What a check run says: plain title and annotations, Markdown behind them, and nothing hostile in either."""

from __future__ import annotations

from dataclasses import replace

import cmarkgfm
import pytest
from syrupy.assertion import SnapshotAssertion

from bot.case import Case
from bot.check_run import CheckText
from bot.render import check
from bot.render.annotations import MOST
from diagnosis.report import FilePatch, Fix, Place
from tests.bot.render.cases import FINDING, GUESS, RUN, case
from tests.bot.render.test_safe import HOSTILE

UNSAFE = cmarkgfm.Options.CMARK_OPT_UNSAFE

PLACES = (Place("shop/api.py", 12, "never called"), Place("shop/api.py", 40), Place("shop/absent.py", 1), Place("a.py"))
POINTED = replace(FINDING, places=PLACES, why="Nothing calls `total`; **nobody** tests it.")


def told(*findings: object, **fields: object) -> Case:
    present = frozenset({"shop/api.py", "shop/cart.py", "a.py"})
    return replace(case(*findings), present=present, **fields)  # type: ignore[arg-type]


def whole(text: CheckText) -> str:
    lines = [f"# {text.title}", text.summary, "---", text.text, "---"]
    lines += [
        f"{one.path}:{one.line} {one.level}: {one.title}\n{one.message}\n{one.details}" for one in text.annotations
    ]
    return "\n".join([*lines, *(f"[{one.label}] {one.description} ({one.name})" for one in text.buttons)])


def test_a_known_failure(snapshot: SnapshotAssertion) -> None:
    other = replace(
        FINDING, fingerprint="1" * 16, title="`cart` is not typed", job="lint", places=(Place("shop/cart.py", 3),)
    )
    patch = FilePatch("shop/api.py", "--- a/shop/api.py\n+++ b/shop/api.py\n@@ -1 +1 @@\n-a\n+b\n")
    first = replace(POINTED, fixes=(Fix("Call it.", files=(patch,)), Fix("Remove it.")))
    assert whole(check.red(told(first, other, blocking=("test (3.12)",), can_rerun=True))) == snapshot


def test_a_failure_that_nobody_knows(snapshot: SnapshotAssertion) -> None:
    assert whole(check.red(told(GUESS))) == snapshot


def test_a_run_that_left_no_log(snapshot: SnapshotAssertion) -> None:
    assert whole(check.red(replace(case(), jobs=()))) == snapshot


def test_green_again(snapshot: SnapshotAssertion) -> None:
    assert whole(check.green(case(run=replace(RUN, attempt=2)), "Coverage `gate` missed")) == snapshot


def test_only_lines_of_files_that_the_commit_has_are_annotated() -> None:
    assert [(one.path, one.line) for one in check.red(told(POINTED)).annotations] == [
        ("shop/api.py", 12),
        ("shop/api.py", 40),
    ]


def test_a_guess_and_a_wrapper_point_nowhere() -> None:
    vague = [replace(GUESS, places=PLACES), replace(POINTED, kind="wrapper", fingerprint="2" * 16)]
    assert check.red(told(*vague)).annotations == ()


def test_the_same_line_of_two_jobs_is_annotated_once() -> None:
    assert len(check.red(told(POINTED, replace(POINTED, job="test (3.11)"))).annotations) == 2


def test_only_what_broke_the_run_is_red() -> None:
    symptom = replace(POINTED, fingerprint="1" * 16, title="Another")
    note = replace(POINTED, fingerprint="2" * 16, title="Old", kind="note", severity="note")
    levels = [one.level for one in check.red(told(POINTED, symptom, note)).annotations]
    assert levels == ["failure"] * 2 + ["warning"] * 2 + ["notice"] * 2


def test_of_very_many_places_the_rest_is_counted() -> None:
    many = replace(FINDING, places=tuple(Place("shop/api.py", line) for line in range(1, MOST + 51)))
    text = check.red(told(many))
    assert len(text.annotations) == MOST
    assert f"50 more places than the {MOST} that are annotated." in text.summary


def test_the_failed_jobs_can_be_run_again_where_that_was_granted() -> None:
    assert [one.name for one in check.red(told(FINDING)).buttons] == ["diagnose"]
    assert [one.name for one in check.red(told(FINDING, can_rerun=True)).buttons] == ["diagnose", "rerun"]
    assert check.green(case(), "").buttons == ()


def test_buttons_are_as_short_as_github_wants_them() -> None:
    for one in check.red(told(FINDING, can_rerun=True)).buttons:
        assert len(one.label) <= 20
        assert len(one.description) <= 40
        assert len(one.name) <= 20


def test_code_that_has_backticks_of_its_own_is_given_no_more_of_them() -> None:
    said = check.red(told(replace(POINTED, title="Ruff `F401` in `shop.py`: `` `os` imported but unused ``")))
    assert said.title == said.annotations[0].title == "Ruff `F401` in `shop.py`: `os` imported but unused"


def test_what_is_to_be_said_besides_is_said() -> None:
    said = check.red(told(FINDING, remarks=("The configuration is wrong.",), lacks=("Grant *Issues: write*.",))).summary
    assert "The configuration is wrong." in said
    assert "Grant *Issues: write*." in said


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_acts_in_it(text: str) -> None:
    finding = replace(
        FINDING,
        job=text,
        step=text,
        evidence=(text,),
        places=(Place("shop/api.py", 3, text),),
        verify=(text,),
        fixes=(Fix("Do.", commands=(text,), files=(FilePatch(text, text),)),),
    )
    run = replace(RUN, workflow_name=text)
    said = check.red(told(finding, run=run, blocking=(text,), unread={text: text}))
    html = cmarkgfm.github_flavored_markdown_to_html("\n\n".join((said.summary, said.text)), UNSAFE)
    outside = "".join(part.partition("</code>")[2] for part in f"</code>{html}".split("<code"))
    assert not [one for one in ("@octo", "#1", "<img", "<script", "<h1", "tracker", "<!--") if one in outside]
    for plain in (check.name(run, alone=False), said.title, said.annotations[0].message):
        assert "\x1b" not in plain
        assert "\u202e" not in plain
    assert "\n" not in check.name(run, alone=False) + said.title


def test_no_secret_is_annotated() -> None:
    secret = "postgresql://app:hunter2222@localhost/shop"
    finding = replace(POINTED, evidence=(secret,), places=(Place("shop/api.py", 3, secret),))
    (one,) = check.red(told(finding)).annotations
    assert "hunter2222" not in one.message + one.details
