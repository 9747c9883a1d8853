"""What becomes of the comment when an attempt is told: replaced, joined, moved to the history, or left as it is."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from bot.deliver import sticky
from bot.deliver.sticky import MOST_PAST, NEWER, NOTHING_RED, Sticky, Told
from bot.deliver.sticky_marks import read
from bot.deliver.sticky_text import write
from tests.bot.deliver.told import HEAD, OLD, RUNS, cause, green, mark, red


def after(*told: Told) -> Sticky:
    """The comment after these, each written and read back on the way; what changes nothing is passed over."""
    standing = Sticky()
    for one in told:
        merged = sticky.merge(standing, one)
        if isinstance(merged, Sticky):
            standing = read(write(merged))
            assert write(standing) == write(merged)
    return standing


def titles(standing: Sticky) -> list[str]:
    return [each.title.removesuffix(" is broken") for each in standing.causes]


def history(standing: Sticky) -> list[str]:
    return [f"{line.sha[0]} {line.title.removesuffix(' is broken')} {line.age.run}" for line in standing.past]


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        pytest.param([red(mark(), "A")], ["A"], id="the first failure opens the comment"),
        pytest.param([red(mark(55), "A"), red(mark(66), "B")], ["A", "B"], id="a second workflow is added"),
        pytest.param([red(mark(run=10), "A"), red(mark(run=11), "B")], ["B"], id="a newer run replaces"),
        pytest.param([red(mark(attempt=1), "A"), red(mark(attempt=2), "B")], ["B"], id="a newer attempt replaces"),
        pytest.param([red(mark(run=11), "A"), red(mark(run=10), "B")], ["A"], id="an older run never replaces"),
        pytest.param([red(mark(attempt=2), "A"), red(mark(), "B")], ["A"], id="an older attempt never replaces"),
        pytest.param([red(mark(), "A"), red(mark(), "B")], ["B"], id="told again, told anew"),
        pytest.param(
            [red(mark(55, 10, sha=OLD), "A"), red(mark(66, 11, sha=HEAD), "B")], ["B"], id="an older commit is dropped"
        ),
        pytest.param(
            [red(mark(66, 11, sha=HEAD), "B"), red(mark(55, 10, sha=OLD), "A")], ["B"], id="and never comes back"
        ),
        pytest.param(
            [red(mark(55), "A"), red(mark(66), "B"), green(55)], ["B"], id="one workflow's green leaves another's red"
        ),
        pytest.param(
            [red(mark(55, sha=OLD), "A"), red(mark(66, sha=OLD), "B"), green(55)],
            ["B"],
            id="and so does the green of a newer commit",
        ),
        pytest.param([red(mark(), "A"), green(run=9)], ["A"], id="an older green settles nothing"),
        pytest.param([red(mark(), "A"), green()], [], id="green takes all of its workflow away"),
        pytest.param([red(mark(), "A"), green(), red(mark(run=21), "B")], ["B"], id="what was repaired breaks again"),
        pytest.param(
            [red(mark(state="going"), "A"), red(mark(), "A", "B")], ["A", "B"], id="the end replaces what was early"
        ),
        pytest.param(
            [red(mark(), "A"), red(mark(state="going"), "B")], ["A"], id="what was early never replaces the end"
        ),
        pytest.param(
            [red(mark(run=10), "A"), red(mark(run=11, state="going"), "B")],
            ["B"],
            id="an early word of a newer run does",
        ),
        pytest.param([red(mark(state="going"), "A"), green(run=10)], [], id="a run may pass all the same"),
    ],
)
def test_an_attempt_is_merged(told: list[Told], shown: list[str]) -> None:
    assert titles(after(*told)) == shown


def test_why_nothing_is_changed_is_told() -> None:
    standing = after(red(mark(run=11), "A"))
    assert sticky.merge(Sticky(), green()) == NOTHING_RED
    assert sticky.merge(after(red(mark(), "A"), green()), green(run=21)) == NOTHING_RED
    assert sticky.merge(standing, green(66)) == NOTHING_RED
    assert sticky.merge(standing, red(mark(run=10), "B")) == NEWER
    assert sticky.merge(standing, red(mark(66, 5, sha=OLD), "B")) == "silent: a newer commit stands"


@pytest.mark.parametrize(
    "told",
    [red(mark(), "A"), red(mark(state="going"), "A"), red(mark(run=11, sha=HEAD), "B", note="Blocks."), green()],
)
def test_what_is_told_twice_changes_nothing(told: Told) -> None:
    once = after(red(mark(run=9, sha=OLD), "A", "C"), told)
    assert write(after(red(mark(run=9, sha=OLD), "A", "C"), told, told)) == write(once)


def test_one_failure_in_two_workflows_and_forty_jobs_is_one_cause() -> None:
    told = (red(mark(55, failed=40), cause("A", 55, 40)), red(mark(66), cause("A", 66)), red(mark(77), "B"))
    for order in permutations(told):
        standing = after(*order)
        assert titles(standing) == ["A", "B"]
        assert standing.causes[0].jobs == 41
        assert write(standing) == write(after(*told))
    assert "· 42 of 9 jobs failed" in write(after(*told))


def test_a_cause_stands_while_one_workflow_shows_it() -> None:
    standing = after(red(mark(55), "A"), red(mark(66), "A"), green(55))
    assert [each.workflow for each in standing.causes[0].seen] == [66]
    assert history(standing) == []


def test_its_links_lead_to_a_run_that_still_shows_it() -> None:
    link, quoted = f"[log line 4,812]({RUNS}/10/job/7#step:3:9)", f"{RUNS}/10"
    told = cause("A", 55, text=f"**Cause** {link}\n\n```\n{quoted}\n```", signed=f"<sub>[run 10]({RUNS}/10)</sub>")
    (left,) = after(red(mark(55, 10), told), red(mark(66, 11), "A"), green(55)).causes
    assert left.text == f"**Cause** [run 11]({RUNS}/11)\n\n```\n{quoted}\n```"
    assert left.signed == f"<sub>[run 11]({RUNS}/11)</sub>"
    (kept,) = after(red(mark(55, 10), told), red(mark(66, 11), "A"), green(66)).causes
    assert (kept.text, kept.signed) == (told.text, told.signed)


def test_what_somebody_must_look_for_in_the_change_comes_first() -> None:
    causes = [
        cause("red on base", whose="base", branch="main", jobs=9),
        cause("flaky", whose="flaky", jobs=8),
        cause("outage", whose="infrastructure", jobs=7),
        cause("unknown", kind="unknown", jobs=9),
        cause("symptom", kind="symptom", jobs=9),
        cause("narrow"),
        cause("wide", jobs=3),
        cause("blocking", blocking=True),
    ]
    assert titles(after(red(mark(), *causes))) == [
        "blocking",
        "wide",
        "narrow",
        "symptom",
        "unknown",
        "red on base",
        "flaky",
        "outage",
    ]


def test_what_no_longer_stands_moves_to_the_history() -> None:
    standing = after(red(mark(run=9, sha=OLD), "A", "B"), red(mark(run=10), "B", "C"), red(mark(run=11), "D"))
    assert titles(standing) == ["D"]
    assert sorted(history(standing)[:2]) == ["b B 10", "b C 10"]
    assert history(standing)[2:] == ["a A 9"]
    assert standing.past[2].link == f"{RUNS}/9"


def test_a_failure_that_comes_back_leaves_the_history() -> None:
    assert history(after(red(mark(run=9), "A"), red(mark(run=10), "B"), red(mark(run=11), "A"))) == ["b B 10"]


def test_the_history_is_bounded() -> None:
    standing = after(*(red(mark(run=number), f"F{number}") for number in range(1, 40)))
    assert len(standing.past) == MOST_PAST
    assert history(standing)[0] == "b F38 38"


@pytest.mark.parametrize(
    ("told", "said"),
    [
        pytest.param(
            [red(mark(run=9), "A"), red(mark(), "B")], "**Gone:** A is broken. **Now:** B is broken.", id="other"
        ),
        pytest.param([red(mark(run=9), "A", "B"), red(mark(), "B")], "**Gone:** A is broken.", id="one of two"),
        pytest.param([red(mark(run=9), "A"), red(mark(), "A", "B")], "", id="one more"),
        pytest.param([red(mark(run=9), "A"), red(mark(), "A")], "", id="the same"),
        pytest.param([red(mark(66), "A"), red(mark(), "B")], "", id="another workflow's"),
        pytest.param(
            [red(mark(run=9), "A"), red(mark(state="going"), "B"), red(mark(), "B", "C")],
            "**Gone:** A is broken. **Now:** B is broken.",
            id="the end of what was told early leaves it",
        ),
        pytest.param(
            [red(mark(run=8, sha=OLD), "A"), red(mark(66, 9), "C"), red(mark(run=10), "B")],
            "**Gone:** A is broken. **Now:** B is broken.",
            id="also where another workflow of the new commit came first",
        ),
        pytest.param([red(mark(run=8), "A"), green(run=9), red(mark(), "B")], "", id="not after a green run"),
    ],
)
def test_progress_is_told(told: list[Told], said: str) -> None:
    note = after(*told).note(55)
    assert (note.gone if note else "") == said


@pytest.mark.parametrize(
    ("told", "line"),
    [
        pytest.param(
            [red(mark(sha=OLD), "A"), green()],
            "✅ **Green again.** It was: A is broken. Fixed by `bbbbbbb`.",
            id="a new commit",
        ),
        pytest.param(
            [red(mark(), "A"), green(run=10, attempt=2)],
            "✅ **Green again.** It was: A is broken. It is flaky.",
            id="a re-run",
        ),
        pytest.param(
            [red(mark(state="going"), "A"), green(run=10)],
            "✅ **Green again.** It was: A is broken. Its run passed all the same.",
            id="the run that was told early",
        ),
        pytest.param(
            [red(mark(sha=OLD), "A", "B", "C"), green()],
            "✅ **Green again.** It was: A is broken; B is broken; and 1 more. Fixed by `bbbbbbb`.",
            id="many causes",
        ),
        pytest.param(
            [red(mark(66, 9, sha=OLD), "B"), red(mark(), "A"), green(sha=HEAD)],
            "✅ **Nothing red so far.** It was: A is broken. It is flaky.",
            id="another workflow has not ended on this commit",
        ),
        pytest.param(
            [red(mark(66, 9, sha=OLD), "B"), red(mark(), "A"), green(sha=HEAD), green(66, 21)],
            "✅ **Green again.** It was: B is broken. Fixed by `bbbbbbb`.",
            id="until it has",
        ),
        pytest.param(
            [red(mark(sha=OLD), cause("A", whose="base"), cause("B", whose="infrastructure")), green()],
            "✅ **Green again.** It was: A is broken; B is broken. Not to blame.",
            id="what no change had broken",
        ),
        pytest.param(
            [red(mark(sha=OLD), cause("A", whose="base"), cause("B")), green()],
            "✅ **Green again.** It was: B is broken; A is broken. Fixed by `bbbbbbb`.",
            id="what a change had broken beside it",
        ),
        pytest.param([red(mark(55), "A"), red(mark(66), "B"), green(55)], "", id="not while another is red"),
        pytest.param(
            [red(mark(sha=OLD), "A"), replace(green(), left="The rest is ignored.")],
            "✅ **Nothing to act on.** It was: A is broken. The rest is ignored.",
            id="where all that still fails is to be passed over",
        ),
        pytest.param(
            [red(mark(), "A"), replace(green(run=10), left="The rest is ignored.")],
            "✅ **Nothing to act on.** It was: A is broken. The rest is ignored.",
            id="or is so since it was told",
        ),
    ],
)
def test_green_is_one_line(told: list[Told], line: str) -> None:
    assert after(*told).line == line


def test_notes_go_with_their_workflow() -> None:
    standing = after(red(mark(55), "A", note="Blocks."), red(mark(66), "B", note="Slow."), green(55))
    assert [(note.workflow, note.text) for note in standing.notes] == [(66, "Slow.")]


def test_two_comments_become_one_with_the_newest_of_each_workflow() -> None:
    one = after(red(mark(55, 10), "A"), red(mark(66, 10), "B"))
    other = after(red(mark(55, 11), "C"))
    both = sticky.union([one, other])
    assert sorted(titles(both)) == ["B", "C"]
    assert [each.age.run for each in both.marks] == [11, 10]


def test_a_run_that_was_stopped_goes_on_no_longer() -> None:
    early = after(red(mark(state="going"), "A"))
    stopped = sticky.stop(early, mark())
    assert isinstance(stopped, Sticky)
    assert (titles(stopped), stopped.marks[0].state) == (["A"], "red")
    assert sticky.stop(stopped, mark()) == "silent: nothing was told early"
    assert sticky.stop(early, mark(run=11)) == "silent: nothing was told early"
    assert sticky.stop(Sticky(), mark()) == "silent: nothing was told early"


def test_quiet_is_one_line_that_the_next_failure_takes_away() -> None:
    quiet = sticky.hush(after(red(mark(), "A")), "🔕 Quiet.", RUNS)
    assert (quiet.line, titles(quiet), history(quiet)) == ("🔕 Quiet.", [], ["b A 10"])
    again = sticky.merge(read(write(quiet)), red(mark(run=11), "A"))
    assert isinstance(again, Sticky)
    assert (again.line, titles(again), history(again)) == ("", ["A"], [])
