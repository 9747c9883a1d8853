"""Confirming candidates: the pattern itself, by RE2, on the cleaned window of lines that begins at the candidate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from diagnosis.catalogue import Signature
from diagnosis.clean import clean, split_prefix
from diagnosis.regex import Found
from diagnosis.scan import Candidate, Hits
from diagnosis.source import Text
from diagnosis.split import UNNAMED, Shape, StepSpan


@dataclass(frozen=True, slots=True)
class Match:
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


MOST_CONFIRMED: Final = 4_000
"""Candidates that are looked at in a job's log, which only very large logs have. Signatures with few come first."""


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
    kept = hits.kept
    if len(kept) <= share:
        return kept
    failing = shape.failing
    inside = [item for item in kept if failing and failing.first <= item.line <= failing.last]
    outside = [item for item in kept if not failing or not failing.first <= item.line <= failing.last]
    best = _ends(inside, share)
    return sorted([*best, *_ends(outside, share - len(best))], key=lambda item: item.line)


def _ends(candidates: list[Candidate], count: int) -> list[Candidate]:
    if len(candidates) <= count:
        return candidates
    return [*candidates[: count - count // 2], *candidates[len(candidates) - count // 2 :]]


def confirm(text: Text, signature: Signature, candidates: Iterable[Candidate], shape: Shape) -> list[Match]:
    """The matches among the candidates."""
    matches: list[Match] = []
    for candidate in candidates:
        step = shape.step_at(candidate.line)
        if step.first <= candidate.line <= step.echo_end and signature.area != "workflow":
            continue
        if matches and candidate.line in matches[-1].lines:
            continue
        match = _match(text, signature, candidate, step)
        if match is not None:
            matches.append(match)
    return matches


def _match(log: Text, signature: Signature, candidate: Candidate, step: StepSpan) -> Match | None:
    window = log.window(candidate.offset, signature.lines)
    head = clean(window[0])
    text = head if len(window) == 1 else "\n".join([head, *map(clean, window[1:])])
    found = signature.regex.search(text)
    if found is None or found.start() > len(head):
        return None
    covered = text[: max(found.end(), found.start() + 1)].rstrip("\n").count("\n") + 1
    decisive = candidate.line + text.count("\n", 0, _most_telling(found, signature.regex.groupindex))
    captures = {name: value.strip() for name, value in found.groupdict().items() if value is not None}
    name = split_prefix(window[0])[1]
    return Match(
        signature,
        candidate.line,
        decisive,
        tuple(text.split("\n")[:covered]),
        captures,
        step,
        name if name and name != UNNAMED else step.name,
    )


def _most_telling(found: Found, groups: Mapping[str, int]) -> int:
    """The offset at which the message begins, else the last capture, else the match."""
    known = [name for name, value in found.groupdict().items() if value]
    if "message" in known:
        return found.span(groups["message"])[0]
    return max((found.span(groups[name])[0] for name in known), default=found.start())
