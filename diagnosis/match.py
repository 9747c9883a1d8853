"""Confirming candidates: the pattern itself, by RE2, on the cleaned window of lines that begins at the candidate."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Iterable, Mapping
from functools import lru_cache
from itertools import starmap
from typing import Final, NamedTuple, cast

from diagnosis.catalogue import Signature
from diagnosis.clean import clean, split_prefix
from diagnosis.regex import Found, Regex
from diagnosis.scan import Candidate, Hits
from diagnosis.source import Text
from diagnosis.split import UNNAMED, Shape, StepSpan


class Match(NamedTuple):
    """A signature seen at one spot, on `text` (cleaned, not redacted) from `line` on.

    `decisive` is the line that says most: the one with the message, else with the last capture. Lines count from 1.
    """

    signature: Signature
    line: int
    decisive: int
    text: tuple[str, ...]
    captures: dict[str, str]
    step: StepSpan
    step_name: str | None

    @property
    def lines(self) -> range:
        """The lines that the match covers."""
        return range(self.line, self.line + len(self.text))


MOST_CONFIRMED: Final = 2_000
"""Candidates that are looked at in a job's log, which only very large logs have. Signatures with few come first."""

MOST_REMEMBERED: Final = 512
"""Bytes of a line that is cleaned once for all who look at it; a few thousand such lines are kept."""


def fair_share(counts: Iterable[int], most: int = MOST_CONFIRMED) -> int:
    """How many candidates each signature may have so that all together have at most so many."""
    waiting = sorted(counts)
    for place, count in enumerate(waiting):
        share = most // (len(waiting) - place)
        if count > share:
            return share
        most -= count
    return waiting[-1] if waiting else 0


def chosen(hits: Hits, share: int, shape: Shape) -> list[Candidate]:
    """At most so many of the candidates: those in the failing step first, and of too many the first and the last."""
    places = list(hits.places())
    if len(places) > share:
        first = last = 0
        if failing := shape.failing:
            first, last = bisect_left(places, (failing.first, 0)), bisect_left(places, (failing.last + 1, 0))
        best = _ends(places[first:last], share)
        places = sorted([*best, *_ends(places[:first] + places[last:], share - len(best))])
    return list(starmap(Candidate, places))


_Place = tuple[int, int]


def _ends(places: list[_Place], count: int) -> list[_Place]:
    if len(places) <= count:
        return places
    return [*places[: count - count // 2], *places[len(places) - count // 2 :]]


def confirm(text: Text, signature: Signature, candidates: Iterable[Candidate], shape: Shape) -> list[Match]:
    """The matches among the candidates."""
    matches: list[Match] = []
    for candidate in candidates:
        step = shape.step_at(candidate.line)
        if step.first <= candidate.line <= step.echo_end and signature.area != "workflow":
            continue
        if matches and candidate.line in matches[-1].lines:
            continue
        match = _match(signature, candidate, step, text.window(candidate.offset, signature.lines))
        if match is not None:
            matches.append(match)
    return matches


def _match(signature: Signature, candidate: Candidate, step: StepSpan, window: list[bytes]) -> Match | None:
    lines = list(map(_cleaned, window))
    text = lines[0] if len(lines) == 1 else "\n".join(lines)
    found = signature.regex.search(text)
    if found is None or found.start() > len(lines[0]):
        return None
    groups = _groups(cast(Hashable, signature.regex))
    told = {name: (value, group) for name, group in groups.items() if (value := found.group(group)) is not None}
    covered = text[: max(found.end(), found.start() + 1)].rstrip("\n").count("\n") + 1
    name = split_prefix(window[0])[1]
    return Match(
        signature,
        candidate.line,
        candidate.line + text.count("\n", 0, _most_telling(found, told)),
        tuple(lines[:covered]),
        {name: value.strip() for name, (value, _) in told.items()},
        step,
        name if name and name != UNNAMED else step.name,
    )


@lru_cache(maxsize=4096)
def _groups(regex: Hashable) -> Mapping[str, int]:
    """RE2 makes this anew for each that asks."""
    return cast(Regex, regex).groupindex


def _most_telling(found: Found, told: Mapping[str, tuple[str, int]]) -> int:
    """The offset at which the message begins, else the last capture, else the match."""
    known = {name: place for name, (value, place) in told.items() if value}
    if "message" in known:
        return found.span(known["message"])[0]
    return max((found.span(place)[0] for place in known.values()), default=found.start())


def _cleaned(raw: bytes) -> str:
    """The same line is looked at for several signatures, and in the windows of those before it."""
    return _kept(raw) if len(raw) <= MOST_REMEMBERED else clean(raw)


_kept = lru_cache(maxsize=4096)(clean)
