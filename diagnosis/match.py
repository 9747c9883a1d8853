"""Confirming candidates: the pattern itself, by RE2, on the cleaned window of lines that begins at the candidate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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


def confirm(text: Text, signature: Signature, hits: Hits, shape: Shape) -> list[Match]:
    """The matches among the candidates."""
    matches: list[Match] = []
    for candidate in hits.kept:
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
