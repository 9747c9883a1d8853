"""The comment as it is read on GitHub: the first cause open, all else behind a line that says what is there."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import Final

from bot.deliver import sticky_marks as marks
from bot.deliver.budget import BYTES, fit, size
from bot.deliver.sticky import Note, Past, Sticky
from bot.deliver.sticky_marks import BETWEEN, COMMENT, GONE, LINE, REST
from bot.told import SUM, Cause, Seen

_MOST_NAMED: Final = 2
_MOST_NAMES: Final = 240
"""Causes, and characters of their names, that the line over the fold has room for."""

_CODE: Final = re.compile(r"(`+)(.+?)(?<!`)\1(?!`)")
_ESCAPED: Final = re.compile(r"\\([!-/:-@\[-`{-~])")

_ROOM: Final = 8_000
"""Bytes that the causes' texts have at least; causes that leave less are not shown."""


def write(sticky: Sticky, budget: int = BYTES) -> str:
    """The comment's text, within the budget."""
    while len(sticky.causes) > 1 and size(_composed(_without_texts(sticky))) > budget - _ROOM:
        sticky = _without_last(sticky)
    left = budget - size(_composed(_without_texts(sticky)))
    texts = fit([cause.text for cause in sticky.causes], left)
    causes = tuple(replace(cause, text=text) for cause, text in zip(sticky.causes, texts, strict=True))
    return _composed(replace(sticky, causes=causes))


def _without_texts(sticky: Sticky) -> Sticky:
    return replace(sticky, causes=tuple(replace(cause, text="") for cause in sticky.causes))


def _without_last(sticky: Sticky) -> Sticky:
    """The comment without its least cause, which each workflow that showed it counts as not shown."""
    workflows = {each.workflow for each in sticky.causes[-1].seen}
    counted = (replace(one, unshown=one.unshown + (one.workflow in workflows)) for one in sticky.marks)
    return replace(sticky, marks=tuple(counted), causes=sticky.causes[:-1])


def _composed(sticky: Sticky) -> str:
    """The marks of the workflows; the first cause open, or the line; the rest folded; who said it, and how sure."""
    lines = [COMMENT, *map(marks.of_workflow, sticky.marks)]
    if sticky.causes:
        lines += _headline(sticky, sticky.causes[0])
    elif sticky.line:
        lines += [LINE, sticky.line]
    lines += _fold(sticky)
    if sticky.causes:
        lines += _signed(sticky.causes[0])
    return "\n".join(lines)


def _headline(sticky: Sticky, cause: Cause) -> list[str]:
    first = cause.seen[0]
    return [
        *_told(cause, "###"),
        *_place(cause, first, _sum(sticky, first)),
        *_text(cause),
        *(line for note in _open_notes(sticky) for line in _note(note)),
    ]


def _open_notes(sticky: Sticky) -> list[Note]:
    """What is to be known about the workflow whose cause stands open."""
    return [note for note in sticky.notes if note.workflow == sticky.causes[0].seen[0].workflow]


def _told(cause: Cause, heading: str) -> list[str]:
    return [marks.of_cause(cause), f"{heading} {'❌' if cause.whose == 'change' else '⚠️'} {cause.title}"]


def _place(cause: Cause, seen: Seen, derived: str) -> list[str]:
    return [marks.of_seen(cause, seen), seen.where.replace(SUM, f"{SUM}{derived}{REST}")]


def _text(cause: Cause) -> list[str]:
    return [marks.of_text(cause, "text"), cause.text, ""]


def _signed(cause: Cause) -> list[str]:
    return [marks.of_text(cause, "signed"), cause.signed]


def _note(note: Note) -> list[str]:
    gone = f"{note.gone}{GONE}{' · ' if note.text else ''}" if note.gone else ""
    return [marks.of_note(note), f"{gone}{note.text}", ""]


def _sum(sticky: Sticky, first: Seen) -> str:
    """The commit, and how much of all that ran on it failed."""
    mark = sticky.mark(first.workflow)
    if mark is None:
        return ""
    same = [one for one in sticky.marks if one.sha == mark.sha and one.state != "green"]
    failed, jobs = sum(one.failed for one in same), sum(one.jobs for one in same)
    share = f"{failed} of {jobs} {'job' if jobs == 1 else 'jobs'} failed" if jobs else "no job was started"
    attempt = f" · attempt {mark.age.attempt}" if mark.age.attempt > 1 else ""
    going = " · run still going, more may follow" if any(one.state == "going" for one in same) else ""
    return f" · commit `{mark.sha[:7]}` · {share}{attempt}{going}"


def _fold(sticky: Sticky) -> list[str]:
    """All that does not stand open, behind a line that says what is there."""
    failing = [*_same_cause(sticky), *_other_notes(sticky), *_other_causes(sticky)]
    lines = [*failing, *_history(sticky, ["**History**", ""] if failing else [])]
    unshown = sum(mark.unshown for mark in sticky.marks)
    if not lines and not unshown:
        return []
    told = [*_counted(sticky), *([f"{unshown} more, not shown"] if unshown else [])]
    parts = [f"Also failing: {' · '.join(told)}"] if told else []
    parts += [f"History: {_count(len(sticky.past), 'earlier failure')}"] if sticky.past else []
    summary = " · ".join(parts) or "More"
    return [BETWEEN, f"<details><summary>{summary}</summary>", "", *lines, BETWEEN, "", "</details>", ""]


def _counted(sticky: Sticky) -> list[str]:
    """How much else fails, in a word each."""
    if not sticky.causes:
        return []
    first, others = sticky.causes[0], sticky.causes[1:]
    kinds = {
        "change": [cause for cause in others if cause.whose == "change"],
        "infrastructure": [cause for cause in others if cause.whose == "infrastructure"],
        "flaky": [cause for cause in others if cause.whose == "flaky"],
        "base": [cause for cause in others if cause.whose == "base"],
    }
    branches = dict.fromkeys(cause.branch for cause in kinds["base"])
    on = ", ".join(_code(branch[:60]) for branch in branches)
    return [
        *([f"{_count(first.jobs - 1, 'more job')} with the same cause"] if first.jobs > 1 else []),
        *([_named(kinds["change"])] if kinds["change"] else []),
        *([f"{len(kinds['infrastructure'])} not from this change"] if kinds["infrastructure"] else []),
        *([f"{len(kinds['flaky'])} known flaky"] if kinds["flaky"] else []),
        *([f"{len(kinds['base'])} also red on {on}"] if kinds["base"] else []),
    ]


def _named(causes: list[Cause]) -> str:
    """The other causes: how many, and which where they are few."""
    titles = [_plain(cause.title) for cause in causes[:_MOST_NAMED]]
    which = f": {'; '.join(titles)}" if len(causes) <= _MOST_NAMED and sum(map(len, titles)) <= _MOST_NAMES else ""
    return f"{_count(len(causes), 'other cause')}{which}"


def _plain(title: str) -> str:
    """A title for a line that GitHub does not read as Markdown; in `code` it makes no mention of anybody."""
    parts = _CODE.split(title)
    # Prose, backticks and code come in turn.
    return "".join(
        _code(part) if place % 3 == 2 else html.escape(_ESCAPED.sub(r"\1", part))
        for place, part in enumerate(parts)
        if place % 3 != 1
    )


def _code(value: str) -> str:
    """A value in one line: an empty one would have GitHub read the rest as Markdown."""
    return f"<code>{html.escape(' '.join(value.split()))}</code>"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _same_cause(sticky: Sticky) -> list[str]:
    """Where else the first cause is seen."""
    places = [(cause, seen) for cause in sticky.causes[:1] for seen in cause.seen[1:]]
    lines = [BETWEEN, "", "**The same cause in**", ""] if places else []
    for cause, seen in places:
        lines += [*_place(cause, seen, f" · {_count(seen.jobs, 'job')}"), ""]
    return lines


def _other_notes(sticky: Sticky) -> list[str]:
    shown = _open_notes(sticky) if sticky.causes else []
    return [line for note in sticky.notes if note not in shown for line in _note(note)]


def _other_causes(sticky: Sticky) -> list[str]:
    lines: list[str] = []
    for cause in sticky.causes[1:]:
        lines += _told(cause, "####")
        for seen in cause.seen:
            mark = sticky.mark(seen.workflow)
            commit = f" · commit `{mark.sha[:7]}`" if mark else ""
            lines += [*_place(cause, seen, f"{commit} · {_count(seen.jobs, 'job')}"), ""]
        lines += [*_text(cause), *_signed(cause), ""]
    return lines


def _history(sticky: Sticky, heading: list[str]) -> list[str]:
    if not sticky.past:
        return []
    return [BETWEEN, "", *heading, *map(_past_line, sticky.past)]


def _past_line(past: Past) -> str:
    return f"- `{past.sha[:7]}` {past.title} ([run {past.age.run}]({past.link})) {marks.of_past(past)}"
