"""The sticky comment as a list of sections, one a workflow: read it, merge an attempt into it, write it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.deliver import marker
from bot.deliver.budget import BYTES, fit
from bot.deliver.marker import SectionMark

_HEADING: Final = re.compile(r"#{1,6}\s+(?:❌\s*)?(?P<title>.+)")


@dataclass(frozen=True, slots=True)
class Section:
    """What the comment says about one workflow."""

    mark: SectionMark
    text: str

    @property
    def title(self) -> str:
        """The heading of a red section: what was wrong."""
        headings = (_HEADING.fullmatch(line) for line in self.text.split("\n"))
        return next((match["title"].strip() for match in headings if match), "")


def is_comment(body: str) -> bool:
    """Whether this is the text of a comment of ours. Its author must be asked for as well: anybody can write this."""
    return marker.lines(body)[0] == marker.COMMENT


def parse(body: str) -> tuple[Section, ...]:
    """The sections of a comment; what stands before the first one is dropped."""
    found: list[tuple[SectionMark, list[str]]] = []
    for line in marker.lines(body)[1:]:
        mark = marker.section(line)
        if mark:
            found.append((mark, []))
        elif found:
            found[-1][1].append(line)
    return tuple(Section(mark, "\n".join(text).strip("\n")) for mark, text in found)


def write(sections: Sequence[Section], budget: int = BYTES) -> str:
    """The comment's text, within the budget."""
    lines = [section.mark.line() for section in sections]
    spent = sum(len(line) + 3 for line in lines) + len(marker.COMMENT) + 1
    texts = fit([marker.disarm(section.text) for section in sections], budget - spent)
    parts = [f"{line}\n{text}" for line, text in zip(lines, texts, strict=True)]
    return "\n".join((marker.COMMENT, "\n\n".join(parts)))


def standing(sections: Iterable[Section], workflow: int) -> Section | None:
    """The section of this workflow."""
    return next((section for section in sections if section.mark.workflow == workflow), None)


def merge(sections: Sequence[Section], new: Section) -> tuple[Section, ...] | None:
    """The sections with the new one in the place of its workflow's; None when the comment must stay as it is.

    An older attempt never replaces a newer one, and green only ever replaces red.
    """
    old = standing(sections, new.mark.workflow)
    if old is None:
        return None if new.mark.state == "green" else (*sections, new)
    if new.mark.age < old.mark.age:
        return None
    if new.mark.state == "green" and old.mark.state == "green":
        return None
    return tuple(new if section is old else section for section in sections)


def union(bodies: Iterable[str]) -> tuple[Section, ...]:
    """The sections of several comments of ours as one list: of each workflow its newest."""
    newest: dict[int, Section] = {}
    for section in (section for body in bodies for section in parse(body)):
        known = newest.get(section.mark.workflow)
        if known is None or section.mark.age > known.mark.age:
            newest[section.mark.workflow] = section
    return tuple(newest.values())
