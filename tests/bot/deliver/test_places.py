"""An issue's marks: where its failure was seen, how often, and whether it still is."""

from __future__ import annotations

from dataclasses import replace

from bot.deliver import places
from bot.deliver.marker import Age, Green, Place

MAIN = Place("00112233aabbccdd", 1, "main", Age(10, 1), 1, "red")
RELEASE = replace(MAIN, branch="release")


def test_an_issue_is_read_back_as_it_was_written() -> None:
    body = places.write([MAIN, RELEASE], "What broke.")
    assert places.parse(body) == (MAIN, RELEASE)
    assert places.rest(body).strip().startswith("What broke.")
    assert body.endswith("It is red on:\n\n- `main`\n- `release`\n\nSeen 2 times so far.")


def test_one_author_is_named_only_where_they_are_not_assigned() -> None:
    place = replace(MAIN, author="mona", seen=2)
    assert places.write([place], "").endswith("\nThe commit's author is mona.\n\nSeen 2 times so far.")
    assert "mona" not in places.rest(places.write([place], "", ["mona"]))


def test_every_red_place_is_named_with_its_author_and_repaired_ones_go() -> None:
    seen = [replace(MAIN, author="mona"), replace(RELEASE, author="hubert", age=Age(11, 1)), replace(MAIN, workflow=2)]
    body = places.write(seen, "What broke.", ["mona", "hubert"])
    assert "It is red on:\n\n- `release`, by hubert\n- `main`, by mona\n- `main`\n" in body
    one_less = places.recolour(body, [replace(seen[0], state="green"), *seen[1:]])
    assert "It is red on:\n\n- `release`, by hubert\n- `main`\n\nSeen 3 times so far." in one_less
    none = places.recolour(one_less, [replace(place, state="green") for place in seen])
    assert places.rest(none) == f"What broke.\n\n{places.ENDING}\nSeen 3 times so far."


def test_a_branch_named_to_be_markup_stays_a_name() -> None:
    odd = replace(RELEASE, branch="a`@mona`<img>")
    assert "\n- ``a`@mona`<img>``\n" in places.write([MAIN, odd], "")


def test_of_many_red_places_the_newest_are_shown() -> None:
    red = [replace(MAIN, branch=f"feature-{number}", age=Age(number, 1)) for number in range(15)]
    body = places.write(red, "")
    assert "\n- `feature-14`\n" in body
    assert "\n- `feature-5`\n- and 5 more\n" in body


def test_an_ending_that_somebody_removed_does_not_come_back() -> None:
    body = places.write([MAIN, RELEASE], "What broke.").partition(places.ENDING)[0]
    assert places.rest(places.recolour(body, [MAIN, RELEASE])) == places.rest(body)


def test_marks_count_only_where_the_text_begins() -> None:
    assert places.parse(f"Look:\n{MAIN.line()}") == ()
    body = places.write([MAIN], f"```\n{RELEASE.line()}\n```")
    assert places.parse(body) == (MAIN,)
    assert body.count("<!-- whyred") == 1


def test_a_failure_seen_again_is_counted_once_an_attempt() -> None:
    again = replace(MAIN, age=Age(11, 1))
    assert places.redden([MAIN], again) == (replace(again, seen=2),)
    assert places.redden([MAIN], MAIN) is None
    assert places.redden([again], MAIN) is None


def test_a_failure_on_another_branch_is_another_place() -> None:
    assert places.redden([MAIN], RELEASE) == (MAIN, RELEASE)


def test_only_a_later_pass_of_that_workflow_on_that_branch_settles() -> None:
    red = [MAIN, RELEASE]
    settled = places.settle(red, Green(1, "main", Age(11, 1)))
    assert settled == (replace(MAIN, state="green", age=Age(11, 1)), RELEASE)
    assert places.settle(settled, Green(1, "main", Age(12, 1))) is None
    assert places.settle(red, Green(1, "main", Age(9, 5))) is None
    assert places.settle(red, Green(2, "main", Age(11, 1))) is None
    assert places.settle(red, Green(1, "other", Age(11, 1))) is None


def test_recolouring_leaves_the_words_alone() -> None:
    body = places.write([MAIN], "What broke.\n\n- one\n- two")
    green = places.recolour(body, [replace(MAIN, state="green")])
    assert places.rest(green) == places.rest(body)
    assert "state=green" in green


def test_an_issue_remembers_a_limited_number_of_places_and_forgets_repaired_ones_first() -> None:
    red = [replace(MAIN, branch=f"feature-{number}", age=Age(number, 1)) for number in range(places.MOST)]
    red[7] = replace(red[7], state="green", seen=5)
    new = replace(MAIN, branch="new", age=Age(500, 1))
    added = places.redden(red, new)
    assert added is not None
    assert len(added) == places.MOST
    assert red[7] not in added
    assert sum(place.seen for place in added) == sum(place.seen for place in red) + 1
    again = places.redden(added, replace(new, branch="newer", age=Age(501, 1)))
    assert again is not None
    assert red[0] not in again


def test_many_places_with_long_names_leave_the_text_within_the_budget() -> None:
    many = [replace(MAIN, branch=f"{number}-" + "ä" * 120) for number in range(places.MOST)]
    body = places.write(many, "words of a log\n" * 9000)
    assert len(body.encode()) <= 60_000
    assert len(places.parse(body)) == places.MOST
    assert "words of a log" in body
