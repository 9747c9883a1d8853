"""The text of an issue: where its failure was seen, as marks, what is to be said, and what follows from both. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from bot.deliver import marker, places
from bot.deliver.budget import BYTES, cut
from bot.deliver.marker import Place
from diagnosis.redact import redact
from diagnosis.template import code_span

MOST_SHOWN: Final = 10

ENDING: Final = "<!-- whyred:ending -->"
"""Opens what is said about the places, so that it can be said anew when one of them is repaired."""

KEPT: Final = "<!-- whyred:kept -->"
"""Opens what was said when the issue was made, and stands as long as it does."""


def parse(body: str) -> tuple[Place, ...]:
    """The places that open an issue's text; none when it is not one of ours."""
    found: list[Place] = []
    for line in marker.lines(body):
        place = marker.place(line)
        if place is None:
            break
        found.append(place)
    return tuple(found)


def write(seen: Sequence[Place], text: str, assignees: Collection[str] = (), kept: str = "") -> str:
    """The issue's text, within the budget."""
    marks = _marks(seen)
    ending = "\n".join((ENDING, _ending(seen, assignees), *([KEPT, marker.disarm(kept)] if kept else [])))
    said = cut(marker.disarm(text), BYTES - len(marks) - len(ending.encode()) - 10)
    return f"{marks}\n{said}\n\n{ending}"


def rewrite(body: str, seen: Sequence[Place], text: str, assignees: Collection[str] = ()) -> str:
    """Another text, about these places, in the same issue."""
    return write(seen, text, assignees, rest(body).partition(f"{KEPT}\n")[2])


def recolour(body: str, seen: Sequence[Place], assignees: Collection[str] = ()) -> str:
    """The same text under other marks; only what it says about the places is said anew, unless somebody removed it."""
    text, ending, _ = rest(body).partition(ENDING)
    return rewrite(body, seen, text.strip("\n"), assignees) if ending else f"{_marks(seen)}\n{text}"


def rest(body: str) -> str:
    """What stands behind the marks."""
    return "\n".join(marker.lines(body)[len(parse(body)) :])


def _marks(seen: Sequence[Place]) -> str:
    return "\n".join(place.line() for place in seen)


def _ending(seen: Sequence[Place], assignees: Collection[str]) -> str:
    return "\n\n".join(part for part in (_who(seen, assignees), _how_often(seen), _flaky(seen)) if part)


def _who(seen: Sequence[Place], assignees: Collection[str]) -> str:
    """Whose failure it is, in plain text: nobody is pinged who could do nothing about it.

    Where it was seen once, or by one author on one branch, the text says so itself, and an assignee needs no naming.
    """
    if len({(place.branch, place.pull, place.author) for place in seen}) > 1:
        return _where([place for place in seen if place.reds])
    author = seen[0].author
    return f"Set off by {author}." if author and author not in assignees else ""


def _where(red: Sequence[Place]) -> str:
    """The places as a list, the newest first."""
    newest = sorted(red, key=lambda place: place.age, reverse=True)
    lines = list(dict.fromkeys(_line(place) for place in newest))
    more = [f"- and {len(lines) - MOST_SHOWN} more"] if len(lines) > MOST_SHOWN else []
    return "\n".join(("It is red on:", "", *lines[:MOST_SHOWN], *more)) if lines else ""


def _line(place: Place) -> str:
    return f"- {code_span(redact(place.branch))}" + (f", by {place.author}" if place.author else "")


def _how_often(seen: Sequence[Place]) -> str:
    times = sum(place.seen for place in seen)
    since = "since it last passed" if any(place.green for place in seen) else "so far"
    return f"Seen {times} times {since}." if times > 1 else ""


def _flaky(seen: Sequence[Place]) -> str:
    if not places.is_flaky(seen):
        return ""
    times = max(place.flips for place in seen)
    over = f"{places.QUIET} days without a failure close this issue."
    return f"It comes and goes: it has failed and passed again {times} times. {over}"
