"""The text of an issue: where its failure was seen, as marks, then what is to be said. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.deliver import marker
from bot.deliver.budget import BYTES, cut
from bot.deliver.marker import Green, Place

MOST: Final = 40
"""Places an issue remembers: their marks have to leave room for what people read."""


def parse(body: str) -> tuple[Place, ...]:
    """The places that open an issue's text; none when it is not one of ours."""
    found: list[Place] = []
    for line in marker.lines(body):
        place = marker.place(line)
        if place is None:
            break
        found.append(place)
    return tuple(found)


def write(places: Sequence[Place], text: str, footer: str = "") -> str:
    """The issue's text, within the budget."""
    marks = "\n".join(place.line() for place in places)
    times = sum(place.seen for place in places)
    ending = "\n".join(line for line in (footer, f"Seen {times} times so far." if times > 1 else "") if line)
    said = cut(marker.disarm(text), BYTES - len(marks) - len(ending) - 10)
    return "\n\n".join(part for part in (f"{marks}\n{said}", ending) if part)


def rest(body: str) -> str:
    """What stands behind the marks."""
    return "\n".join(marker.lines(body)[len(parse(body)) :])


def recolour(body: str, places: Sequence[Place]) -> str:
    """The same text under other marks."""
    return "\n".join([*(place.line() for place in places), rest(body)])


def redden(places: Sequence[Place], new: Place) -> tuple[Place, ...] | None:
    """The places with one more failure; None when this attempt, or a newer one, has been told already."""
    old = _at(places, new.workflow, new.branch)
    if old is None:
        return _added(places, new)
    if new.age <= old.age:
        return None
    return tuple(replace(new, seen=old.seen + 1) if place is old else place for place in places)


def settle(places: Sequence[Place], green: Green) -> tuple[Place, ...] | None:
    """The places with this one green; None when it is not red there, or was so later than this attempt."""
    old = _at(places, green.workflow, green.branch)
    if old is None or old.state == "green" or green.age <= old.age:
        return None
    return tuple(replace(place, state="green", age=green.age) if place is old else place for place in places)


def _added(places: Sequence[Place], new: Place) -> tuple[Place, ...]:
    """With one more place: where it has long been repaired makes room, then where it was seen longest ago."""
    if len(places) < MOST:
        return (*places, new)
    least = min(places, key=lambda place: (place.state == "red", place.age))
    kept = (place for place in places if place is not least)
    return (*kept, replace(new, seen=new.seen + least.seen))


def _at(places: Sequence[Place], workflow: int, branch: str) -> Place | None:
    return next((place for place in places if (place.workflow, place.branch) == (workflow, branch)), None)
