"""Where an issue's failure was seen, and whether it still is there."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from bot.case import Age
from bot.deliver import places
from bot.deliver.marker import Green, Place

MAIN = Place("00112233aabbccdd", 1, "main", (Age(10, 1),), "2026-11-01")
RELEASE = replace(MAIN, branch="release")


def failed(run: int, place: Place = MAIN, day: str = "2026-11-01") -> Place:
    return replace(place, reds=(Age(run, 1),), day=day)


def passed(run: int, branch: str = "main", workflow: int = 1, day: str = "2026-11-01") -> Green:
    return Green(workflow, branch, Age(run, 1), day)


def told(*events: Place | Green, at: tuple[Place, ...] = ()) -> tuple[Place, ...]:
    """The places after these events, as the issue is told of them while it is there."""
    for event in events:
        change = places.redden(at, event) if isinstance(event, Place) else places.settle(at, event)
        at = change or at
    return at


def test_a_failure_seen_again_is_counted_once_an_attempt() -> None:
    again = places.redden([MAIN], failed(11, day="2026-11-02"))
    assert again == (replace(MAIN, reds=(Age(11, 1), Age(10, 1)), seen=2, day="2026-11-02"),)
    assert places.redden([MAIN], MAIN) is None
    assert places.redden(again, MAIN) is None


def test_a_failure_told_late_is_counted_on_the_newest_ones_day_and_is_the_first_ones_authors() -> None:
    newest, first = replace(failed(12, day="2026-11-02"), author="mona"), replace(failed(11), author="lisa")
    told = (replace(newest, reds=(Age(12, 1), Age(11, 1)), seen=2, author="lisa"),)
    assert places.redden([newest], first) == places.redden([first], newest) == told


def test_a_failure_on_another_branch_or_in_a_pull_request_is_another_place() -> None:
    assert places.redden([MAIN], RELEASE) == (MAIN, RELEASE)
    pull = replace(MAIN, pull=5)
    assert places.redden([MAIN], pull) == (MAIN, pull)


def test_only_a_later_pass_of_that_workflow_on_that_branch_settles() -> None:
    red = [MAIN, RELEASE]
    settled = places.settle(red, passed(11))
    assert settled == (replace(MAIN, reds=(), seen=0, green=Age(11, 1), flips=1), RELEASE)
    assert places.settle(settled, passed(12)) is None
    for nothing in (passed(11, workflow=2), passed(11, "other")):
        assert places.settle(red, nothing) is None


def test_a_pull_requests_pass_settles_its_own_failures_and_those_of_its_branch() -> None:
    pull = replace(MAIN, pull=5)
    other = replace(MAIN, pull=6)
    settled = places.settle([MAIN, pull, other], replace(passed(11), pull=5))
    assert settled is not None
    assert [bool(place.reds) for place in settled] == [False, False, True]
    forks = places.settle([MAIN, pull], Green(1, None, Age(11, 1), "2026-11-01", 5))
    assert forks is not None
    assert [bool(place.reds) for place in forks] == [True, False]


def test_a_pass_leaves_the_failures_that_came_after_it() -> None:
    (place,) = told(MAIN, failed(12), passed(11))
    assert (place.reds, place.seen, place.green, place.flips) == ((Age(12, 1),), 1, Age(11, 1), 0)
    assert places.redden([place], MAIN) is None
    (late,) = told(failed(12), passed(11))
    assert places.redden([late], MAIN) is None


@pytest.mark.parametrize("twice", [False, True], ids=["once", "twice"])
def test_failures_and_passes_leave_the_same_in_whatever_order_they_are_told(twice: bool) -> None:
    events: tuple[Place | Green, ...] = (MAIN, failed(12), passed(11), failed(10, RELEASE), failed(13, RELEASE))
    expected = sorted((place.branch, place.reds, place.seen) for place in told(*events))
    for order in itertools.permutations(events):
        if next(event for event in order if not isinstance(event, Place) or event.branch == "main") == passed(11):
            # Nothing stands yet that it could settle: what has passed is remembered beside the issue.
            continue
        found = told(*order, *(order if twice else ()))
        assert sorted((place.branch, place.reds, place.seen) for place in found) == expected


def test_a_failure_that_came_back_twice_is_flaky_and_over_after_quiet_days() -> None:
    back = told(MAIN, passed(11), failed(12, day="2026-11-03"), passed(13))
    assert places.is_flaky(back)
    assert not places.is_red(back)
    assert not places.is_over(back, "2026-11-12")
    assert places.is_over(back, "2026-11-13")
    once = told(MAIN, passed(11))
    assert not places.is_flaky(once)
    assert places.is_over(once, "2026-11-01")


def test_a_failure_that_somebody_works_on_in_a_pull_request_is_not_flaky() -> None:
    pull = replace(MAIN, pull=5)
    green = [replace(passed(run), pull=5) for run in (11, 13)]
    assert not places.is_flaky(told(pull, green[0], failed(12, pull), green[1]))


def test_two_issues_of_one_failure_say_together_what_each_was_told() -> None:
    one = told(MAIN, passed(11), failed(13))
    other = told(failed(12), RELEASE)
    merged = places.union([one, other])
    assert [(place.branch, place.reds, place.green, place.flips) for place in merged] == [
        ("main", (Age(13, 1), Age(12, 1)), Age(11, 1), 1),
        ("release", (Age(10, 1),), None, 0),
    ]
    assert places.union([one, one]) == one


def test_an_issue_remembers_a_limited_number_of_places_and_forgets_repaired_ones_first() -> None:
    red = [failed(number + 1, replace(MAIN, branch=f"feature-{number}")) for number in range(places.MOST)]
    red[7] = replace(red[7], reds=(), green=Age(300, 1))
    new = failed(500, replace(MAIN, branch="new"))
    added = places.redden(red, new)
    assert added is not None
    assert len(added) == places.MOST
    assert red[7] not in added
    again = places.redden(added, failed(501, replace(MAIN, branch="newer")))
    assert again is not None
    assert red[0] not in again


def test_of_many_failures_in_a_row_all_are_counted_and_the_newest_remembered() -> None:
    (place,) = told(*(failed(run) for run in range(10, 40)))
    assert place.seen == 30
    assert place.reds == tuple(Age(run, 1) for run in range(39, 31, -1))
    assert places.redden([place], failed(15)) is None
