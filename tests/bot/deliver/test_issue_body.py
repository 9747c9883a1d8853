"""An issue's text: its marks, what it says of them, and what people may do to it."""

from __future__ import annotations

from dataclasses import replace

from bot.case import Age
from bot.deliver import issue_body, places
from bot.deliver.marker import Place

MAIN = Place("00112233aabbccdd", 1, "main", (Age(10, 1),), "2026-11-01")
RELEASE = replace(MAIN, branch="release")


def test_an_issue_is_read_back_as_it_was_written() -> None:
    settled = replace(MAIN, reds=(), seen=0, green=Age(11, 1), flips=2, pull=5, author="mona")
    often = replace(RELEASE, reds=(Age(12, 1), Age(10, 2)), seen=9, branch="a -->b")
    body = issue_body.write([settled, often], "What broke.")
    assert issue_body.parse(body) == (settled, often)
    assert issue_body.rest(body).startswith("What broke.")


def test_places_and_counts_end_the_text() -> None:
    body = issue_body.write([MAIN, RELEASE], "What broke.")
    assert body.endswith("\n\nIt is red on:\n\n- `main`\n- `release`\n\nSeen 2 times so far.".lstrip("\n"))
    passed = issue_body.write([replace(MAIN, seen=3, green=Age(9, 1))], "What broke.")
    assert passed.endswith("Seen 3 times since it last passed.")


def test_one_author_is_named_only_where_they_are_not_assigned() -> None:
    place = replace(MAIN, author="mona", seen=2)
    assert issue_body.write([place], "").endswith("\nSet off by mona.\n\nSeen 2 times so far.")
    assert "mona" not in issue_body.rest(issue_body.write([place], "", ["mona"]))


def test_every_red_place_is_named_with_its_author_and_repaired_ones_go() -> None:
    seen = [
        replace(MAIN, author="mona"),
        replace(RELEASE, author="hubert", reds=(Age(11, 1),)),
        replace(MAIN, workflow=2),
    ]
    body = issue_body.write(seen, "What broke.", ["mona", "hubert"])
    assert "It is red on:\n\n- `release`, by hubert\n- `main`, by mona\n- `main`\n" in body
    green = [replace(place, reds=(), seen=0, green=Age(12, 1)) for place in seen]
    one_less = issue_body.recolour(body, [green[0], *seen[1:]])
    assert "It is red on:\n\n- `release`, by hubert\n- `main`\n\nSeen 2 times since it last passed." in one_less
    none = issue_body.recolour(one_less, green)
    assert issue_body.rest(none).strip() == f"What broke.\n\n{issue_body.ENDING}"


def test_what_comes_and_goes_is_said_to_and_when_it_will_be_over() -> None:
    flaky = replace(MAIN, reds=(), seen=0, green=Age(13, 1), flips=2)
    assert issue_body.write([flaky], "").endswith(
        "It comes and goes: it has failed and passed again 2 times. 10 days without a failure close this issue."
    )


def test_what_was_said_at_the_opening_stands_through_every_change() -> None:
    body = issue_body.write([MAIN], "What broke.", kept="Code owners of `shop.py`: `@octo/core`.")
    again = replace(MAIN, seen=2)
    assert issue_body.recolour(body, [again]) == issue_body.rewrite(body, [again], "What broke.")
    other = issue_body.rewrite(body.replace("\n", "\r\n"), [again], "What broke now.")
    assert other.endswith("Seen 2 times so far.\n<!-- whyred:kept -->\nCode owners of `shop.py`: `@octo/core`.")
    assert issue_body.rest(other).startswith("What broke now.")


def test_a_branch_named_to_be_markup_stays_a_name() -> None:
    odd = replace(RELEASE, branch="a`@mona`<img>")
    assert "\n- ``a`@mona`<img>``\n" in issue_body.write([MAIN, odd], "")


def test_of_many_red_places_the_newest_are_shown() -> None:
    red = [replace(MAIN, branch=f"feature-{number}", reds=(Age(number + 1, 1),)) for number in range(15)]
    body = issue_body.write(red, "")
    assert "\n- `feature-14`\n" in body
    assert "\n- `feature-5`\n- and 5 more\n" in body


def test_an_ending_that_somebody_removed_does_not_come_back() -> None:
    body = issue_body.write([MAIN, RELEASE], "What broke.").partition(issue_body.ENDING)[0]
    assert issue_body.rest(issue_body.recolour(body, [MAIN, RELEASE])) == issue_body.rest(body)


def test_marks_count_only_where_the_text_begins() -> None:
    assert issue_body.parse(f"Look:\n{MAIN.line()}") == ()
    body = issue_body.write([MAIN], f"```\n{RELEASE.line()}\n```")
    assert issue_body.parse(body) == (MAIN,)
    assert body.count("<!-- whyred:issue") == 1


def test_many_places_with_long_names_leave_the_text_within_the_budget() -> None:
    reds = tuple(Age(10**12 + run, 1) for run in range(places.MOST_REDS))
    many = [replace(MAIN, branch=f"{number}-" + "ä" * 80, reds=reds) for number in range(places.MOST)]
    body = issue_body.write(many, "words of a log\n" * 9000)
    assert len(body.encode()) <= 60_000
    assert len(issue_body.parse(body)) == places.MOST
    assert "words of a log" in body
