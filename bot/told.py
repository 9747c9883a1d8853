"""What is told of a failed attempt, as texts: made of a case by the renderers, merged with what stands by delivery."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["cause", "symptom", "unknown"]
Whose = Literal["change", "infrastructure", "base", "flaky"]

SUM: Final = "<!-- whyred:sum -->"
"""Stands in a place for what only the whole comment knows: the commit, and how many jobs of all workflows failed."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Where a workflow's attempt shows a cause: one line of Markdown with SUM in it, and in how many jobs."""

    workflow: int
    jobs: int
    where: str


@dataclass(frozen=True, slots=True)
class Cause:
    """One failure, however many jobs and workflows show it. Texts are Markdown; all but `text` are one line.

    `whose` tells whether somebody should look for it in the change; `branch` is the base where that is red as well.
    """

    fingerprint: str
    kind: Kind
    title: str
    text: str
    signed: str
    seen: tuple[Seen, ...]
    whose: Whose = "change"
    branch: str = ""
    blocking: bool = False

    @property
    def jobs(self) -> int:
        """How many jobs show it, over all workflows."""
        return sum(each.jobs for each in self.seen)


@dataclass(frozen=True, slots=True)
class Telling:
    """All that is told of one attempt: its causes, and what is to be known besides in one line."""

    causes: tuple[Cause, ...] = ()
    note: str = ""


NOTHING: Final = Telling()
