"""A fix as suggestions that the author applies with a click: all of it, on lines of the pull request's diff, or none.

GitHub shows a suggestion only at a line that the diff shows, and a half of a fix may be worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.case import Case
from bot.render.safe import code_span
from bot.review import ReviewText, Suggestion
from diagnosis.clean import strip_controls
from diagnosis.redact import redact
from diagnosis.report import FilePatch, Fix

MOST: Final = 10
"""Suggestions of one review; a fix of more is one to be applied as a patch."""

_HUNK: Final = re.compile(r"@@ -(?P<old>\d+)(?:,\d+)? \+(?P<new>\d+)(?:,\d+)? @@")
_BACKTICKS: Final = re.compile(r"`+")


@dataclass(slots=True)
class _Change:
    """Lines that stand one below the other, from `start`, and what is to stand there instead."""

    start: int
    old: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)


def files(case: Case) -> tuple[FilePatch, ...]:
    """The patches that are sure enough to be suggested; the diff must be asked whether they can be."""
    best = case.report.best
    if best is None or best.kind != "cause" or best.confidence != "high" or not best.fixes:
        return ()
    return best.fixes[0].files


def review(case: Case, diff: Mapping[str, str]) -> ReviewText | None:
    """The best fix as a review; `diff` is the pull request's, by path. None where not all of it can be suggested."""
    patches, best = files(case), case.report.best
    changes = [(patch.path, change) for patch in patches for change in _changes(patch.patch)]
    shown = {path: _right(text) for path, text in diff.items()}
    if best is None or not 0 < len(changes) <= MOST or any(not list(_changes(patch.patch)) for patch in patches):
        return None
    if not all(_stands(change, shown.get(path, ())) and _is_clear(change) for path, change in changes):
        return None
    run = case.run
    said = f"**{best.title}** at {code_span(run.head_sha[:7])} ([run {run.id}]({run.html_url}))."
    whole = tuple(_suggestion(path, change, best.fixes[0], n) for n, (path, change) in enumerate(changes))
    return ReviewText(f"{said} The fix, to be applied with a click:", whole)


def _suggestion(path: str, change: _Change, fix: Fix, number: int) -> Suggestion:
    says = " ".join((fix.says, fix.consequence)).strip() if number == 0 else "This belongs to it."
    longest = max((len(run) for line in change.new for run in _BACKTICKS.findall(line)), default=0)
    mark = "`" * max(longest + 1, 3)
    body = "\n".join((says, "", f"{mark}suggestion", *change.new, mark))
    return Suggestion(path, change.start, change.start + len(change.old) - 1, body, tuple(change.old))


def _changes(patch: str) -> Iterator[_Change]:
    """The stretches of a patch that change, each with a line to hang it on; nothing for a file that is new."""
    if "\n\\ No newline" in patch or "\nnew file mode" in patch:
        return
    for start, hunk in _hunks(patch):
        yield from _stretches(start, hunk)


def _stretches(number: int, hunk: Sequence[str]) -> Iterator[_Change]:
    above, change = None, None
    for line in (*hunk, " "):
        if line[:1] in ("-", "+"):
            change = change or _Change(number)
            (change.old if line[0] == "-" else change.new).append(line[1:])
            number += line[0] == "-"
            continue
        if change:
            yield _hung(change, above, line)
        above, change = line[1:], None
        number += 1


def _hung(change: _Change, above: str | None, below: str) -> _Change:
    """A change that takes nothing away is made one of the line above it, else of the one below."""
    if change.old:
        return change
    if above is not None:
        return _Change(change.start - 1, [above], [above, *change.new])
    return _Change(change.start, [below[1:]], [*change.new, below[1:]])


def _hunks(patch: str) -> Iterator[tuple[int, list[str]]]:
    """The first line's number on the old side, and the lines with their signs."""
    found: list[tuple[int, list[str]]] = []
    for line in patch.split("\n"):
        match = _HUNK.match(line)
        if match:
            found.append((int(match["old"]), []))
        elif found and line[:1] in (" ", "-", "+"):
            found[-1][1].append(line)
    return iter(found)


def _right(diff: str) -> list[dict[int, str]]:
    """What a diff shows of the new side: for each hunk, line number -> text."""
    hunks: list[dict[int, str]] = []
    number = 0
    for line in diff.split("\n"):
        match = _HUNK.match(line)
        if match:
            hunks.append({})
            number = int(match["new"])
        elif hunks and line[:1] in (" ", "+"):
            hunks[-1][number] = line[1:]
            number += 1
    return hunks


def _stands(change: _Change, hunks: Sequence[Mapping[int, str]]) -> bool:
    """Whether one hunk shows the lines that are to be changed, and shows them as the patch knows them."""
    lines = range(change.start, change.start + len(change.old))
    return any([hunk.get(number) for number in lines] == change.old for hunk in hunks)


def _is_clear(change: _Change) -> bool:
    """Whether it can be shown as it is: a suggestion without its secret, or its hidden character, would be another."""
    text = "\n".join(change.new)
    return "\r" not in text and redact(text) == text and all(strip_controls(line) == line for line in change.new)
