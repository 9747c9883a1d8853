"""The hidden marks of the comment, by which it is read back: it is the truth about itself.

A mark stands alone on a line, and what follows it until the next belongs to it. What stands behind BETWEEN, or in a
place's line between SUM and REST, is derived from the marks, and left out when the comment is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, Literal, cast
from urllib.parse import quote, unquote

from bot.case import Age
from bot.deliver import marker
from bot.deliver.sticky import Mark, Note, Past, State, Sticky
from bot.told import SUM, Cause, Kind, Seen, Whose

COMMENT: Final = "<!-- whyred:v2 -->"
FIRST: Final = "<!-- whyred:v1 -->"
"""What the comments of the first version began with: a section a workflow, under a mark that counts no jobs."""

REST: Final = "<!-- whyred:rest -->"
GONE: Final = "<!-- whyred:gone -->"
LINE: Final = "<!-- whyred:line -->"
BETWEEN: Final = "<!-- whyred:between -->"

_MARK: Final = re.compile(r"<!-- whyred:(?P<name>[a-z]+)(?P<rest>(?: \S+)*) -->")
_WORKFLOW: Final = re.compile(
    r"<!-- whyred:workflow (?P<workflow>\d{1,20}) run=(?P<run>\d{1,20}) attempt=(?P<attempt>\d{1,9})"
    r" sha=(?P<sha>[0-9a-f]{7,64}) state=(?P<state>red|green|going)"
    r"(?: jobs=(?P<failed>\d{1,6})/(?P<jobs>\d{1,6})(?: unshown=(?P<unshown>\d{1,6}))?)? -->"
)
_CAUSE: Final = re.compile(
    r"<!-- whyred:cause (?P<fingerprint>[0-9a-f]{16}) kind=(?P<kind>cause|symptom|unknown)"
    r" whose=(?P<whose>change|infrastructure|base|flaky)(?: branch=(?P<branch>\S{1,2000}))?(?P<blocking> blocking)? -->"
)
_SEEN: Final = re.compile(
    r"<!-- whyred:seen (?P<fingerprint>[0-9a-f]{16}) (?P<workflow>\d{1,20}) jobs=(?P<jobs>\d{1,6}) -->"
)
_TEXT: Final = re.compile(r"<!-- whyred:(?P<name>text|signed) (?P<fingerprint>[0-9a-f]{16}) -->")
_NOTE: Final = re.compile(r"<!-- whyred:note (?P<workflow>\d{1,20}) -->")
_PAST: Final = re.compile(
    r"- `[0-9a-f]{7}` (?P<title>.*) \(\[run \d+\]\((?P<link>[^()\s]*)\)\)"
    r" <!-- whyred:past (?P<fingerprint>[0-9a-f]{16}) (?P<workflow>\d{1,20}) run=(?P<run>\d{1,20})"
    r" attempt=(?P<attempt>\d{1,9}) sha=(?P<sha>[0-9a-f]{7,64}) -->"
)
_DERIVED: Final = re.compile(f"{SUM}.*?{REST}")
_HEADING: Final = re.compile(r"#{1,6} (?:[❌⚠️]+ )?(?P<title>.+)")


def is_comment(body: str) -> bool:
    """Whether this is the text of a comment of ours. Its author must be asked for as well: anybody can write this."""
    return marker.lines(body)[0] in (COMMENT, FIRST)


def read(body: str) -> Sticky:
    """What a comment says, by its marks; of what a person wrote between them, nothing."""
    marks: list[Mark] = []
    notes: list[Note] = []
    past: list[Past] = []
    line = ""
    causes: dict[str, Cause] = {}
    for mark, text in _pieces(body):
        past += [_past(found) for each in text if (found := _PAST.fullmatch(each))]
        if found := _WORKFLOW.fullmatch(mark):
            marks.append(_workflow(found))
            if found["jobs"] is None and marks[-1].state == "red":
                _add(causes, _of_first_version(marks[-1], text))
        elif found := _CAUSE.fullmatch(mark):
            _add(causes, _cause(found, text))
        elif (found := _SEEN.fullmatch(mark)) and (cause := causes.get(found["fingerprint"])):
            seen = Seen(int(found["workflow"]), int(found["jobs"]), _DERIVED.sub(SUM, _only(text)))
            causes[cause.fingerprint] = replace(cause, seen=(*cause.seen, seen))
        elif (found := _TEXT.fullmatch(mark)) and (cause := causes.get(found["fingerprint"])):
            said = "\n".join(text).strip("\n")
            signed = found["name"] == "signed"
            causes[cause.fingerprint] = replace(cause, signed=said) if signed else replace(cause, text=said)
        elif found := _NOTE.fullmatch(mark):
            notes.append(_noted(int(found["workflow"]), _only(text)))
        elif mark == LINE:
            line = _only(text)
    known = tuple(cause for cause in causes.values() if cause.seen)
    return Sticky(tuple(marks), known, tuple(notes), line, tuple(past))


def _pieces(body: str) -> Iterator[tuple[str, list[str]]]:
    """Each mark that stands alone on a line, with the lines up to the next one."""
    mark, text = "", list[str]()
    for line in marker.lines(body):
        if _MARK.fullmatch(line):
            yield mark, text
            mark, text = line, []
        else:
            text.append(line)
    yield mark, text


def _only(text: Sequence[str]) -> str:
    return next((line for line in text if line), "")


def _noted(workflow: int, line: str) -> Note:
    gone, mark, text = line.partition(GONE)
    return Note(workflow, text.removeprefix(" · "), gone) if mark else Note(workflow, line)


def _add(causes: dict[str, Cause], cause: Cause) -> None:
    causes.setdefault(cause.fingerprint, cause)


def _workflow(found: re.Match[str]) -> Mark:
    failed, jobs, unshown = (int(found[name] or 0) for name in ("failed", "jobs", "unshown"))
    age, state = Age(int(found["run"]), int(found["attempt"])), cast(State, found["state"])
    return Mark(int(found["workflow"]), age, found["sha"], state, failed, jobs, unshown)


def _cause(found: re.Match[str], text: Sequence[str]) -> Cause:
    return Cause(
        fingerprint=found["fingerprint"],
        kind=cast(Kind, found["kind"]),
        title=_title(text),
        text="",
        signed="",
        seen=(),
        whose=cast(Whose, found["whose"]),
        branch=unquote(found["branch"] or ""),
        blocking=bool(found["blocking"]),
    )


def _of_first_version(mark: Mark, text: Sequence[str]) -> Cause:
    """A red section of the first version, as one cause."""
    seen = Seen(mark.workflow, 1, f"Told before{SUM}")
    return Cause(
        f"{mark.workflow % 16**16:016x}", "unknown", _title(text), "\n".join(text[1:]).strip("\n"), "", (seen,)
    )


def _title(text: Sequence[str]) -> str:
    headings = (_HEADING.fullmatch(line) for line in text)
    return next((found["title"] for found in headings if found), _only(text))


def _past(found: re.Match[str]) -> Past:
    age = Age(int(found["run"]), int(found["attempt"]))
    return Past(found["fingerprint"], int(found["workflow"]), age, found["sha"], found["title"], found["link"])


def of_workflow(mark: Mark) -> str:
    """The line that tells what is known of a workflow."""
    unshown = f" unshown={mark.unshown}" if mark.unshown else ""
    return (
        f"<!-- whyred:workflow {mark.workflow} run={mark.age.run} attempt={mark.age.attempt} sha={mark.sha}"
        f" state={mark.state} jobs={mark.failed}/{mark.jobs}{unshown} -->"
    )


def of_cause(cause: Cause) -> str:
    """The line before a cause's title; the branch is quoted, for it may hold `-->`."""
    branch = f" branch={quote(cause.branch)}" if cause.branch else ""
    blocking = " blocking" if cause.blocking else ""
    return f"<!-- whyred:cause {cause.fingerprint} kind={cause.kind} whose={cause.whose}{branch}{blocking} -->"


def of_seen(cause: Cause, seen: Seen) -> str:
    """The line before a place where a cause is seen."""
    return f"<!-- whyred:seen {cause.fingerprint} {seen.workflow} jobs={seen.jobs} -->"


def of_text(cause: Cause, name: Literal["text", "signed"]) -> str:
    """The line before a cause's text, or before who says it."""
    return f"<!-- whyred:{name} {cause.fingerprint} -->"


def of_note(note: Note) -> str:
    """The line before what is to be known about a workflow besides."""
    return f"<!-- whyred:note {note.workflow} -->"


def of_past(past: Past) -> str:
    """What ends a line of the history."""
    return (
        f"<!-- whyred:past {past.fingerprint} {past.workflow} run={past.age.run} attempt={past.age.attempt}"
        f" sha={past.sha} -->"
    )
