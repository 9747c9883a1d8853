"""What is written, and whom it mails, in every state that a pull request's comment and a run can meet in."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from sandbox.server import Server
from tests.workers.story import COVERAGE, MODULE, NAME, UNKNOWN, Story

TABLE = """
event      diagnosis  comment  writes                      mails
red        new        absent   POST comment, POST check    1
red        new        present  PATCH comment, POST check   0
red        new        edited   PATCH comment, POST check   0
red        new        deleted  POST check                  0
red        same       present  PATCH comment, POST check   0
red        same       edited   PATCH comment, POST check   0
red        same       deleted  POST check                  0
red        changed    present  PATCH comment, POST check   0
red        changed    edited   PATCH comment, POST check   0
red        changed    deleted  POST check                  0
green      -          absent   -                           0
green      -          present  PATCH comment               0
green      -          edited   PATCH comment               0
green      -          deleted  -                           0
cancelled  -          absent   -                           0
cancelled  -          present  -                           0
cancelled  -          edited   -                           0
cancelled  -          deleted  -                           0
re-run     new        absent   POST comment, POST check    1
re-run     new        present  PATCH comment, POST check   0
re-run     new        edited   PATCH comment, POST check   0
re-run     new        deleted  POST check                  0
re-run     same       present  PATCH comment, POST check   0
re-run     same       edited   PATCH comment, POST check   0
re-run     same       deleted  POST check                  0
re-run     changed    present  PATCH comment, POST check   0
re-run     changed    edited   PATCH comment, POST check   0
re-run     changed    deleted  POST check                  0
re-run     -          absent   -                           0
re-run     -          present  PATCH comment, POST check   0
re-run     -          edited   PATCH comment, POST check   0
re-run     -          deleted  POST check                  0
"""
"""The events are those of the workflow CI: a red, green or cancelled run of a new commit, or another attempt of the run
before it, which is green where it has no diagnosis. That is compared with what CI was told of last; `new` where it was
never told of, and the comment is about another workflow. A mail is what GitHub sends to those who watch: for a comment
or an issue that is made, never for one that is edited, nor for a check run."""

EVENTS = ("red", "green", "cancelled", "re-run")
DIAGNOSES = ("new", "same", "changed", "-")
COMMENTS = ("absent", "present", "edited", "deleted")

LOGS = {"new": COVERAGE, "same": COVERAGE, "changed": MODULE, "-": None}
WORDS = {"comments": "comment", "check-runs": "check", "issues": "issue", "labels": "label", "assignees": "assignee"}
MAILING = {"POST comment", "POST issue", "POST assignee"}


@dataclass(frozen=True)
class Cell:
    """A row of the table."""

    event: str
    diagnosis: str
    comment: str
    writes: tuple[str, ...]
    mails: int

    @property
    def state(self) -> tuple[str, str, str]:
        return self.event, self.diagnosis, self.comment

    def __str__(self) -> str:
        return "-".join(self.state)


def cells() -> Iterator[Cell]:
    """The rows, without the heading."""
    for line in TABLE.strip().splitlines()[1:]:
        event, diagnosis, comment, *words, mails = line.split()
        writes = tuple(write.strip() for write in " ".join(words).split(",") if write != "-")
        yield Cell(event, diagnosis, comment, writes, int(mails))


def impossible(event: str, diagnosis: str, comment: str) -> str | None:
    """Why there is no such state."""
    if event == "red" and diagnosis == "-":
        return "what failed has a diagnosis, be it that nobody knows it"
    if event in ("green", "cancelled") and diagnosis != "-":
        return "what did not fail has no diagnosis"
    if comment == "absent" and diagnosis in ("same", "changed"):
        return "nothing was told that it could be compared with"
    return None


class PullRequest:
    """A pull request in one of the states, and what happens to it."""

    def __init__(self, story: Story, server: Server, number: int) -> None:
        self.story, self.server, self.number = story, server, number

    def reach(self, cell: Cell) -> int:
        """Bring about what stands before the event; the run of CI that went before."""
        sha = self.story.push("discounts", "PRICE = 0\n")
        if cell.comment != "absent" and cell.diagnosis == "new":
            self.story.tell(self.story.run(sha, "discounts", UNKNOWN, workflow="Lint"))
        if cell.comment != "absent" and cell.diagnosis != "new":
            run = self.story.run(sha, "discounts", COVERAGE)
        else:
            run = self.story.run(sha, "discounts", None, conclusion="cancelled")
        self.story.tell(run)
        self.meet_a_person(cell.comment)
        return run

    def meet_a_person(self, does: str) -> None:
        """What somebody has done with the comment; a browser sends other ends of lines than we do."""
        comments = self.server.world.repositories[self.story.id].issues[self.number].comments
        assert len(comments) == (does != "absent")
        if does == "deleted":
            comments.clear()
        if does == "edited":
            comments[0].body = comments[0].body.replace("\n", "\r\n") + "\r\nI am looking at it."

    def meet(self, cell: Cell, before: int) -> tuple[int, int]:
        """Bring about the event; the run and its attempt, to be told."""
        log = LOGS[cell.diagnosis]
        if cell.event == "re-run":
            attempt = self.story.github.rerun(NAME, before)
            self.story.job(before, log)
            return before, attempt
        sha = self.story.push("discounts", "PRICE = 1\n")
        conclusion = "cancelled" if cell.event == "cancelled" else None
        return self.story.run(sha, "discounts", log, conclusion=conclusion), 1


@pytest.mark.parametrize("cell", list(cells()), ids=str)
def test_each_state_has_its_writes_and_mails(story: Story, started: Server, pull: int, cell: Cell) -> None:
    meeting = PullRequest(story, started, pull)
    before_it = meeting.reach(cell)
    run, attempt = meeting.meet(cell, before_it)
    before = len(story.writes())
    story.tell(run, attempt)
    written = tuple(said(*write) for write in story.writes()[before:])
    assert (written, sum(write in MAILING for write in written)) == (cell.writes, cell.mails)
    assert len(story.comments(pull)) == (cell.comment in ("present", "edited") or "POST comment" in cell.writes)
    with story.silence():
        story.tell(run, attempt)


def test_every_state_is_in_the_table_but_those_that_can_not_be() -> None:
    states = set(itertools.product(EVENTS, DIAGNOSES, COMMENTS))
    left_out = {state for state in states if impossible(*state)}
    assert sorted(cell.state for cell in cells()) == sorted(states - left_out)


def said(method: str, path: str) -> str:
    """A request, in two words."""
    return f"{method} {next(word for piece, word in WORDS.items() if piece in path)}"
