"""What stands in a pull request's comment, and what becomes of it when an attempt of a workflow is told. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeVar

from bot.case import Age
from bot.told import NOTHING, Cause, Kind, Telling

MOST_PAST: Final = 20
MOST_TITLES: Final = 2

State = Literal["red", "green", "going"]
"""`going`: a job has failed, and the run goes on."""

NOTHING_RED: Final = "silent: nothing red to settle"
NEWER: Final = "silent: a newer attempt stands"

_KINDS: Final[tuple[Kind, ...]] = ("cause", "symptom", "unknown")
_LINK: Final = r"\[(?:log line [\d,]+|the run|run {run})\]\(([^()\s]*/actions/runs/){run}(?:/[^()\s]*)?\)"
"""To a run, or a line of one of its logs; where another run takes its place, nothing is known of that one's lines."""

_SURVIVED: Final = "Its run passed all the same."


@dataclass(frozen=True, slots=True)
class Mark:
    """What is known of a workflow: its newest attempt that was told, the commit, and how many of its jobs failed.

    `unshown` is how many causes of it the comment had no room for.
    """

    workflow: int
    age: Age
    sha: str
    state: State
    failed: int = 0
    jobs: int = 0
    unshown: int = 0


@dataclass(frozen=True, slots=True)
class Note:
    """What is to be known about a workflow besides its causes. `gone` tells which of them a new commit took away."""

    workflow: int
    text: str
    gone: str = ""


OfWorkflow = TypeVar("OfWorkflow", Mark, Note)


@dataclass(frozen=True, slots=True)
class Past:
    """A line of the history: a cause that an attempt of a workflow showed, and that no longer stands."""

    fingerprint: str
    workflow: int
    age: Age
    sha: str
    title: str
    link: str


@dataclass(frozen=True, slots=True)
class Sticky:
    """The comment. Where no cause stands, `line` says why not: green again, or quiet by somebody's wish."""

    marks: tuple[Mark, ...] = ()
    causes: tuple[Cause, ...] = ()
    notes: tuple[Note, ...] = ()
    line: str = ""
    past: tuple[Past, ...] = ()

    def mark(self, workflow: int) -> Mark | None:
        """What is known of this workflow."""
        return next((mark for mark in self.marks if mark.workflow == workflow), None)

    def note(self, workflow: int) -> Note | None:
        """What is to be known about this workflow besides."""
        return next((note for note in self.notes if note.workflow == workflow), None)


@dataclass(frozen=True, slots=True)
class Told:
    """An attempt as it is to be told. `runs` is the address of the repository's runs.

    Of one that is green, `fixed` says what repaired it, `passed` that it did so without a change, and `cleared` that
    the change had not broken it. `left` says why nothing is told of one that is not.
    """

    mark: Mark
    runs: str
    telling: Telling = NOTHING
    fixed: str = ""
    passed: str = ""
    cleared: str = ""
    left: str = ""


def merge(standing: Sticky, told: Told) -> Sticky | str:
    """The comment with this attempt in it; why not, where it must stay as it is.

    An attempt replaces all that its workflow said before. A failure of a newer commit also takes the place of what
    other workflows said of an older one: their own runs will tell. Green never takes away what others say.
    """
    reason = _outdated(standing, told.mark)
    if reason:
        return reason
    mark = told.mark
    others = [one for one in standing.marks if one.workflow != mark.workflow]
    stays = {one.workflow for one in others if mark.state == "green" or one.sha == mark.sha}
    causes = _ordered(
        _joined([one for each in standing.causes if (one := _seen_in(standing, each, stays))], told.telling.causes)
    )
    ended = _ended(standing, causes, told.runs)
    note = Note(mark.workflow, told.telling.note, _progress(standing, told))
    return Sticky(
        marks=_sorted([mark, *(one if one.workflow in stays else replace(one, unshown=0) for one in others)]),
        causes=causes,
        notes=_sorted(one for one in (*_notes_of(standing, stays), note) if one.text or one.gone),
        line="" if causes else _green(standing, told),
        past=_history(ended, standing.past, causes),
    )


def stop(standing: Sticky, mark: Mark) -> Sticky | str:
    """The comment when a run has ended without passing or failing, of which a failed job was told before."""
    old = standing.mark(mark.workflow)
    if old is None or old.age != mark.age or old.state != "going":
        return "silent: nothing was told early"
    ended = replace(old, state="red")
    return replace(standing, marks=tuple(ended if one is old else one for one in standing.marks))


def hush(standing: Sticky, line: str, runs: str) -> Sticky:
    """The comment with one line in the place of all causes; what is known of the workflows stays."""
    return Sticky(marks=standing.marks, line=line, past=_history(_ended(standing, (), runs), standing.past, ()))


def union(found: Sequence[Sticky]) -> Sticky:
    """Several comments as one: of each workflow its newest attempt, and what that showed."""
    newest: dict[int, tuple[Mark, Sticky]] = {}
    for sticky in found:
        for mark in sticky.marks:
            if mark.workflow not in newest or mark.age > newest[mark.workflow][0].age:
                newest[mark.workflow] = (mark, sticky)
    causes: tuple[Cause, ...] = ()
    notes: list[Note] = []
    for sticky in found:
        own = {workflow for workflow, (_, holder) in newest.items() if holder is sticky}
        causes = _joined(causes, [one for each in sticky.causes if (one := _seen_in(sticky, each, own))])
        notes += _notes_of(sticky, own)
    past = _history((), [line for sticky in found for line in sticky.past], causes)
    line = "" if causes else next((sticky.line for sticky in found if sticky.line), "")
    return Sticky(_sorted(mark for mark, _ in newest.values()), _ordered(causes), _sorted(notes), line, past)


def _outdated(standing: Sticky, mark: Mark) -> str | None:
    """Why this attempt changes nothing."""
    old = standing.mark(mark.workflow)
    if mark.state == "green" and (old is None or old.state == "green"):
        return NOTHING_RED
    if old and (mark.age < old.age or (mark.age == old.age and mark.state == "going" != old.state)):
        return NEWER
    newest = max(standing.marks, key=lambda one: one.age, default=None)
    if newest and newest.sha != mark.sha and mark.age < newest.age:
        return "silent: a newer commit stands"
    return None


def _sorted(told: Iterable[OfWorkflow]) -> tuple[OfWorkflow, ...]:
    """In an order that does not depend on when each was told."""
    return tuple(sorted(told, key=lambda one: one.workflow))


def _seen_in(sticky: Sticky, cause: Cause, workflows: set[int]) -> Cause | None:
    """The cause as far as these workflows show it, its links leading to the run of the first of them."""
    seen = tuple(each for each in cause.seen if each.workflow in workflows)
    old, new = (sticky.mark(each[0].workflow) if each else None for each in (cause.seen, seen))
    if old and new and old != new:
        link = re.compile(_LINK.format(run=old.age.run))
        text, signed = (
            link.sub(rf"[run {new.age.run}](\g<1>{new.age.run})", said) for said in (cause.text, cause.signed)
        )
        cause = replace(cause, text=text, signed=signed)
    return replace(cause, seen=seen) if seen else None


def _joined(causes: Iterable[Cause], more: Iterable[Cause]) -> tuple[Cause, ...]:
    """The causes of both, those with one fingerprint as one, which the workflow with the lowest id words."""
    found = {cause.fingerprint: cause for cause in causes}
    for cause in more:
        known = found.get(cause.fingerprint)
        found[cause.fingerprint] = _as_one(known, cause) if known else cause
    return tuple(found.values())


def _as_one(cause: Cause, other: Cause) -> Cause:
    worded = min(cause, other, key=lambda one: one.seen[0].workflow)
    seen = sorted((*cause.seen, *other.seen), key=lambda each: each.workflow)
    return replace(worded, seen=tuple(seen), blocking=cause.blocking or other.blocking)


def _ordered(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    """What somebody must look for in the change comes first, causes before what follows from them, the widest first."""
    return tuple(
        sorted(
            causes,
            key=lambda cause: (
                cause.whose != "change",
                _KINDS.index(cause.kind),
                not cause.blocking,
                -cause.jobs,
                cause.fingerprint,
            ),
        )
    )


def _notes_of(sticky: Sticky, workflows: set[int]) -> list[Note]:
    return [note for note in sticky.notes if note.workflow in workflows]


def _ended(standing: Sticky, causes: Sequence[Cause], runs: str) -> list[Past]:
    """The lines of the history for what stood and is not among these causes."""
    left = {cause.fingerprint for cause in causes}
    ended: list[Past] = []
    for cause in standing.causes:
        workflow = cause.seen[0].workflow
        mark = standing.mark(workflow)
        if mark and cause.fingerprint not in left:
            link = f"{runs}/{mark.age.run}"
            ended.append(Past(cause.fingerprint, workflow, mark.age, mark.sha, cause.title, link))
    return ended


def _history(ended: Sequence[Past], past: Sequence[Past], causes: Sequence[Cause]) -> tuple[Past, ...]:
    """The history, newest first, each failure once, without those that stand."""
    known = {cause.fingerprint for cause in causes}
    kept: list[Past] = []
    for line in sorted((*ended, *past), key=lambda line: line.age, reverse=True):
        if line.fingerprint not in known:
            known.add(line.fingerprint)
            kept.append(line)
    return tuple(kept[:MOST_PAST])


def _listed(titles: Sequence[str]) -> str:
    """The titles in one line, the first ones of many."""
    more = f"; and {len(titles) - MOST_TITLES} more" if len(titles) > MOST_TITLES else ""
    return "; ".join(titles[:MOST_TITLES]) + more


def _progress(standing: Sticky, told: Told) -> str:
    """Which causes of the workflow this attempt no longer shows, and which it shows in their place."""
    mark, old = told.mark, standing.mark(told.mark.workflow)
    if old is None or old.state == "green":
        return ""
    if old.age == mark.age:
        note = standing.note(mark.workflow)
        return note.gone if note and mark.state != "green" else ""
    before = {cause.fingerprint: cause.title for cause in standing.causes if _seen_in(standing, cause, {mark.workflow})}
    # What another workflow's failure on this commit has taken away stands in the history.
    before |= {
        line.fingerprint: line.title for line in standing.past if (line.workflow, line.age) == (old.workflow, old.age)
    }
    now = {cause.fingerprint: cause.title for cause in told.telling.causes}
    gone = _listed([title for name, title in before.items() if name not in now])
    new = _listed([title for name, title in now.items() if name not in before])
    if not gone or not now:
        return ""
    return f"**Gone:** {gone}." + (f" **Now:** {new}." if new else "")


def _green(standing: Sticky, told: Told) -> str:
    """The line of a comment in which nothing is red any longer, though a run of a newer commit may not have ended."""
    mark, old = told.mark, standing.mark(told.mark.workflow)
    waits = any(one.state != "green" for one in standing.marks if one.workflow != mark.workflow)
    ended = [cause.title for cause in standing.causes]
    was = _listed(ended or [line.title for line in standing.past if old and line.age == old.age])
    if told.left:
        why = told.left
    elif old and old.age == told.mark.age:
        why = _SURVIVED
    elif standing.causes and all(cause.whose != "change" for cause in standing.causes):
        why = told.cleared
    elif old and old.sha == told.mark.sha:
        why = told.passed
    else:
        why = told.fixed
    green = "✅ **Nothing red so far.**" if waits else "✅ **Green again.**"
    green = "✅ **Nothing to act on.**" if told.left else green
    return " ".join(part for part in (green, f"It was: {was}." if was else "", why) if part)
