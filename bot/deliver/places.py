"""Where an issue's failure was seen and whether it still is: the same in whatever order runs are told. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from bot.deliver.marker import Green, Place

MOST: Final = 40
"""Places an issue remembers: their marks have to leave room for what people read."""

MOST_REDS: Final = 8
"""Attempts that are remembered one by one of a place; an older one that comes late is not counted."""

FLAKY: Final = 2
"""So many passes after a failure, of one workflow on one branch, and no further pass proves that it is repaired."""

QUIET: Final = 10
"""Days: a failure that comes back later is another one, and one that comes and goes is over after so many without."""


def redden(places: Sequence[Place], new: Place) -> tuple[Place, ...] | None:
    """The places with one more failure; None when this attempt has been told already, or a pass that came after it.

    It is the first failure's author whose it is: whoever pushes on to what is red has not broken it.
    """
    old = next((place for place in places if _spot(place) == _spot(new)), None)
    if old is None:
        return _added(places, new)
    (age,) = new.reds
    forgotten = len(old.reds) == MOST_REDS and age < old.reds[-1]
    if age in old.reds or forgotten or (old.green and age < old.green):
        return None
    redder = replace(
        old,
        reds=tuple(sorted((*old.reds, age), reverse=True)[:MOST_REDS]),
        seen=old.seen + 1,
        day=max(old.day, new.day),
        author=old.author if old.reds and age > old.reds[-1] else new.author,
    )
    return tuple(redder if place is old else place for place in places)


def union(issues: Sequence[Sequence[Place]]) -> tuple[Place, ...]:
    """The places of several issues about the same failure as those of one."""
    merged: dict[tuple[int, str, int | None], Place] = {}
    for place in (place for places in issues for place in places):
        known = merged.get(_spot(place))
        merged[_spot(place)] = _both(known, place) if known else place
    return tuple(merged.values())


def settle(places: Sequence[Place], green: Green) -> tuple[Place, ...] | None:
    """The places after this pass; None when it changes nothing."""
    settled = tuple(_after(place, green) if concerns(place, green) else place for place in places)
    return settled if settled != tuple(places) else None


def concerns(place: Place, green: Green) -> bool:
    """Whether it is this workflow that passed there."""
    there = place.pull == green.pull if place.pull else place.branch == green.branch
    return place.workflow == green.workflow and there


def is_red(places: Sequence[Place]) -> bool:
    """Whether it fails anywhere."""
    return any(place.reds for place in places)


def is_red_on(places: Sequence[Place], branch: str) -> bool:
    """Whether it fails on this branch itself, whatever is to be merged into it."""
    return any(place.reds and place.branch == branch and not place.pull for place in places)


def is_flaky(places: Sequence[Place]) -> bool:
    """Whether it comes and goes. In a pull request it does so because somebody works on it."""
    return any(place.flips >= FLAKY and not place.pull for place in places)


def is_over(places: Sequence[Place], day: str) -> bool:
    """Whether the issue may be closed on this day."""
    return not is_red(places) and (not is_flaky(places) or days(max(place.day for place in places), day) >= QUIET)


def days(earlier: str, later: str) -> int:
    """How many days lie between two days, or times, in ISO 8601."""
    return (date.fromisoformat(later[:10]) - date.fromisoformat(earlier[:10])).days


def _both(one: Place, other: Place) -> Place:
    greens = [green for green in (one.green, other.green) if green]
    green = max(greens, default=None)
    reds = sorted({age for age in (*one.reds, *other.reds) if green is None or age > green}, reverse=True)
    newest = max(one, other, key=lambda place: place.age)
    return replace(
        newest,
        reds=tuple(reds[:MOST_REDS]),
        seen=max(len(reds), one.seen if reds else 0),
        green=green,
        flips=max(one.flips, other.flips),
        day=max(one.day, other.day),
    )


def _after(place: Place, green: Green) -> Place:
    """The place without what failed before this pass. Where nothing fails, a pass is no news."""
    if not place.reds or (place.green and place.green >= green.age):
        return place
    reds = tuple(age for age in place.reds if age > green.age)
    seen = place.seen if reds == place.reds else len(reds)
    return replace(place, reds=reds, seen=seen, green=green.age, flips=place.flips + (not reds))


def _added(places: Sequence[Place], new: Place) -> tuple[Place, ...]:
    """With one more place: one that has long been repaired makes room, else where it was seen longest ago."""
    if len(places) < MOST:
        return (*places, new)
    least = min(places, key=lambda place: (bool(place.reds), place.age))
    return (*(place for place in places if place is not least), new)


def _spot(place: Place) -> tuple[int, str, int | None]:
    return place.workflow, place.branch, place.pull
