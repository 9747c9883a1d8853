"""The hidden lines by which we find what we wrote. They hold ids, names and states, never text from a log."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import quote, unquote

COMMENT: Final = "<!-- whyred:v1 -->"

State = Literal["red", "green"]

_SECTION: Final = re.compile(
    r"<!-- whyred:workflow (?P<workflow>\d{1,20}) run=(?P<run>\d{1,20}) attempt=(?P<attempt>\d{1,9})"
    r" sha=(?P<sha>[0-9a-f]{7,64}) state=(?P<state>red|green) -->"
)
_PLACE: Final = re.compile(
    r"<!-- whyred:issue (?P<fingerprint>[0-9a-f]{16}) workflow=(?P<workflow>\d{1,20}) branch=(?P<branch>\S{0,2000})"
    r" run=(?P<run>\d{1,20}) attempt=(?P<attempt>\d{1,9}) seen=(?P<seen>\d{1,9})"
    r"(?: author=(?P<author>\S{1,200}))? state=(?P<state>red|green) -->"
)
_OPENING: Final = re.compile(r"<!--(?=\s*whyred\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, order=True)
class Age:
    """Which of two attempts of a workflow is the newer one; ids of runs grow."""

    run: int
    attempt: int


@dataclass(frozen=True, slots=True)
class SectionMark:
    """What the first line of a workflow's section in the comment says."""

    workflow: int
    age: Age
    sha: str
    state: State

    def line(self) -> str:
        """The line as it stands in the comment."""
        return (
            f"<!-- whyred:workflow {self.workflow} run={self.age.run} attempt={self.age.attempt}"
            f" sha={self.sha} state={self.state} -->"
        )


@dataclass(frozen=True, slots=True)
class Place:
    """Where an issue's failure was seen: a workflow on a branch, its last attempt there and its author, how often."""

    fingerprint: str
    workflow: int
    branch: str
    age: Age
    seen: int
    state: State
    author: str | None = None

    def line(self) -> str:
        """The line as it stands in the issue; the branch is quoted, for it may hold `-->`."""
        author = f" author={quote(self.author)}" if self.author else ""
        return (
            f"<!-- whyred:issue {self.fingerprint} workflow={self.workflow} branch={quote(self.branch)}"
            f" run={self.age.run} attempt={self.age.attempt} seen={self.seen}{author} state={self.state} -->"
        )


@dataclass(frozen=True, slots=True)
class Green:
    """A workflow that passed on a branch."""

    workflow: int
    branch: str
    age: Age

    def line(self) -> str:
        """The line that ends the comment by which an issue is closed: the same pass never says so twice."""
        return f"<!-- whyred:green {self.workflow} run={self.age.run} attempt={self.age.attempt} -->"


def section(line: str) -> SectionMark | None:
    """The mark in this line, which must hold nothing else."""
    match = _SECTION.fullmatch(line)
    if not match:
        return None
    state: State = "red" if match["state"] == "red" else "green"
    return SectionMark(int(match["workflow"]), Age(int(match["run"]), int(match["attempt"])), match["sha"], state)


def place(line: str) -> Place | None:
    """The place in this line, which must hold nothing else."""
    match = _PLACE.fullmatch(line)
    if not match:
        return None
    return Place(
        fingerprint=match["fingerprint"],
        workflow=int(match["workflow"]),
        branch=unquote(match["branch"]),
        age=Age(int(match["run"]), int(match["attempt"])),
        seen=int(match["seen"]),
        state="red" if match["state"] == "red" else "green",
        author=unquote(match["author"]) if match["author"] else None,
    )


def disarm(text: str) -> str:
    """The text with every `<!-- whyred` broken up, so that it can never be read back as a mark of ours."""
    return _OPENING.sub("<! --", text)


def lines(body: str) -> list[str]:
    """The lines of a body as GitHub hands it back: a person's edit in the browser makes CRLF of our LF."""
    return [line.removesuffix("\r") for line in body.split("\n")]
