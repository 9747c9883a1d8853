"""The text of an issue: where its failure was seen, as marks, then what is to be said. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from bot.deliver import marker
from bot.deliver.budget import BYTES, cut
from bot.deliver.marker import Green, Place
from diagnosis.redact import redact
from diagnosis.template import code_span

MOST: Final = 40
"""Places an issue remembers: their marks have to leave room for what people read."""

MOST_SHOWN: Final = 10

ENDING: Final = "<!-- whyred:ending -->"
"""Opens what is said about the places, so that it can be said anew when one of them is repaired."""


def parse(body: str) -> tuple[Place, ...]:
    """The places that open an issue's text; none when it is not one of ours."""
    found: list[Place] = []
    for line in marker.lines(body):
        place = marker.place(line)
        if place is None:
            break
        found.append(place)
    return tuple(found)


def write(places: Sequence[Place], text: str, assignees: Collection[str] = ()) -> str:
    """The issue's text, within the budget."""
    marks, ending = _marks(places), _ending(places, assignees)
    said = cut(marker.disarm(text), BYTES - len(marks) - len(ending.encode()) - 10)
    return "\n\n".join(part for part in (f"{marks}\n{said}", ending) if part)


def rest(body: str) -> str:
    """What stands behind the marks."""
    return "\n".join(marker.lines(body)[len(parse(body)) :])


def recolour(body: str, places: Sequence[Place], assignees: Collection[str] = ()) -> str:
    """The same text under other marks; only what it says about the places is said anew."""
    said, mark, _ = rest(body).rpartition(ENDING)
    text = f"{said}{_ending(places, assignees)}" if mark else rest(body)
    return f"{_marks(places)}\n{text}"


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


def _marks(places: Sequence[Place]) -> str:
    return "\n".join(place.line() for place in places)


def _ending(places: Sequence[Place], assignees: Collection[str]) -> str:
    times = sum(place.seen for place in places)
    seen = f"Seen {times} times so far." if times > 1 else ""
    said = [part for part in (_who(places, assignees), seen) if part]
    return "\n".join((ENDING, "\n\n".join(said))) if said else ""


def _who(places: Sequence[Place], assignees: Collection[str]) -> str:
    """Whose failure it is, in plain text: nobody is pinged who could do nothing about it.

    Where it was seen once, or by one author on one branch, the text says so itself, and an assignee needs no naming.
    """
    if len({(place.branch, place.author) for place in places}) > 1:
        return _where([place for place in places if place.state == "red"])
    author = places[0].author
    return f"The commit's author is {author}." if author and author not in assignees else ""


def _where(red: Sequence[Place]) -> str:
    """The places as a list, the newest first."""
    newest = sorted(red, key=lambda place: place.age, reverse=True)
    lines = list(dict.fromkeys(_line(place) for place in newest))
    more = [f"- and {len(lines) - MOST_SHOWN} more"] if len(lines) > MOST_SHOWN else []
    return "\n".join(("It is red on:", "", *lines[:MOST_SHOWN], *more)) if lines else ""


def _line(place: Place) -> str:
    return f"- {code_span(redact(place.branch))}" + (f", by {place.author}" if place.author else "")


def _added(places: Sequence[Place], new: Place) -> tuple[Place, ...]:
    """With one more place: where it has long been repaired makes room, then where it was seen longest ago."""
    if len(places) < MOST:
        return (*places, new)
    least = min(places, key=lambda place: (place.state == "red", place.age))
    kept = (place for place in places if place is not least)
    return (*kept, replace(new, seen=new.seen + least.seen))


def _at(places: Sequence[Place], workflow: int, branch: str) -> Place | None:
    return next((place for place in places if (place.workflow, place.branch) == (workflow, branch)), None)
