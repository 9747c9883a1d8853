"""The hidden lines by which we find what we wrote. They hold ids, names and states, never text from a log."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import quote, unquote

from bot.case import Age

State = Literal["red", "green"]

_AGE: Final = r"\d{1,20}\.\d{1,9}"
_PLACE: Final = re.compile(
    r"<!-- whyred:issue (?P<fingerprint>[0-9a-f]{16}) workflow=(?P<workflow>\d{1,20}) branch=(?P<branch>\S{0,2000})"
    rf"(?: pull=(?P<pull>\d{{1,9}}))?(?: red=(?P<reds>{_AGE}(?:,{_AGE})*))?(?: green=(?P<green>{_AGE}))?"
    r" seen=(?P<seen>\d{1,9}) flips=(?P<flips>\d{1,9}) day=(?P<day>\d{4}-\d\d-\d\d)"
    r"(?: author=(?P<author>\S{1,200}))? -->"
)
_OPENING: Final = re.compile(r"<!--(?=\s*whyred\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an issue's failure was seen: a workflow on a branch or in a pull request, since it last passed there.

    `reds` are the attempts that failed since then, the newest first, as far back as they are kept; `seen` counts all of
    them. `green` is the newest attempt that passed, `flips` how often it passed after it had failed. `day` is that of
    the newest failure, in ISO 8601. `author` is whose the first of them is: whom it was given to, or would have been.
    """

    fingerprint: str
    workflow: int
    branch: str
    reds: tuple[Age, ...]
    day: str
    seen: int = 1
    green: Age | None = None
    flips: int = 0
    author: str | None = None
    pull: int | None = None

    @property
    def age(self) -> Age:
        """The newest attempt that is known there."""
        return max((*self.reds, *([self.green] if self.green else [])))

    def line(self) -> str:
        """The line as it stands in the issue; the branch is quoted, for it may hold `-->`."""
        pull = f" pull={self.pull}" if self.pull else ""
        reds = f" red={','.join(map(str, self.reds))}" if self.reds else ""
        green = f" green={self.green}" if self.green else ""
        author = f" author={quote(self.author)}" if self.author else ""
        return (
            f"<!-- whyred:issue {self.fingerprint} workflow={self.workflow} branch={quote(self.branch)}"
            f"{pull}{reds}{green} seen={self.seen} flips={self.flips} day={self.day}{author} -->"
        )


@dataclass(frozen=True, slots=True)
class Green:
    """A workflow that passed: in this pull request, where there is one, and on this branch, where it is one of ours.

    `day` is the pass's, in ISO 8601.
    """

    workflow: int
    branch: str | None
    age: Age
    day: str
    pull: int | None = None

    def line(self) -> str:
        """The line that ends the comment by which an issue is closed: the same pass never says so twice."""
        return f"<!-- whyred:green {self.workflow} run={self.age.run} attempt={self.age.attempt} -->"


def place(line: str) -> Place | None:
    """The place in this line, which must hold nothing else."""
    match = _PLACE.fullmatch(line)
    if not match or not (match["reds"] or match["green"]):
        return None
    return Place(
        fingerprint=match["fingerprint"],
        workflow=int(match["workflow"]),
        branch=unquote(match["branch"]),
        reds=_ages(match["reds"]),
        day=match["day"],
        seen=int(match["seen"]),
        green=max(_ages(match["green"]), default=None),
        flips=int(match["flips"]),
        author=unquote(match["author"]) if match["author"] else None,
        pull=int(match["pull"]) if match["pull"] else None,
    )


def _ages(text: str | None) -> tuple[Age, ...]:
    return tuple(Age(*map(int, age.split("."))) for age in text.split(",")) if text else ()


def disarm(text: str) -> str:
    """The text with every `<!-- whyred` broken up, so that it can never be read back as a mark of ours."""
    return _OPENING.sub("<! --", text)


def lines(body: str) -> list[str]:
    """The lines of a body as GitHub hands it back: a person's edit in the browser makes CRLF of our LF."""
    return [line.removesuffix("\r") for line in body.split("\n")]
