"""The shape of a job log: which lines belong to which step, what the runner echoed, where it marked an error."""

from __future__ import annotations

import heapq
import re
import sys
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, NamedTuple

from diagnosis.clean import printed, split_prefix, time_of
from diagnosis.scan import Hits
from diagnosis.source import Source, Text
from diagnosis.steps import FailedStep

MARKS: Final = (
    rb"\#\#\[group\]",
    rb"\#\#\[endgroup\]",
    rb"\#\#\[error\]",
    rb"Post job cleanup\.",
    rb"Cleaning up orphan processes",
    rb"Finished: SUCCESS",
    rb"Job succeeded",
    rb"Your build exited with 0",
    rb"Cache saved ",
    rb"Cache hit occurred on the primary key ",
)
"""What the scanner looks for besides signatures: the runner's own marks."""

MOST_PREFIX: Final = 1024
"""Bytes that hold the prefix of a line: the names of job and step, and the time."""

UNNAMED: Final = "UNKNOWN STEP"
_SUCCESS: Final = (
    "Finished: SUCCESS",
    "Job succeeded",
    "Your build exited with 0.",
    "Done. Your build exited with 0.",
)
"""The last words of a job that passed, of Jenkins, GitLab and Travis."""

_SAVED: Final = ("Cache saved ", "Cache hit occurred on the primary key ")
"""Cache actions say so when they clean up after a job that passed, and after no other (their `post-if: success()`)."""

STOPPED: Final = "##[error]The operation was canceled."
EXIT_CODE: Final = re.compile(r"^##\[error\]Process completed with exit code \d+\.?$")


class JobPart(NamedTuple):
    """The stretch of a file that one job wrote; `first_line` counts from 1 in the file."""

    job: str | None
    start: int
    end: int
    first_line: int


class StepSpan(NamedTuple):
    """The lines of one step, from its `##[group]Run` to the line before the next step's.

    Up to `echo_end` the runner repeats the step's script and settings. `errors` are the lines that it marked as errors,
    the last of them at `failed_at`; `cancelled`: all that they say is that the step was stopped.
    """

    name: str | None
    first: int
    last: int
    echo_end: int
    errors: tuple[int, ...]
    cleanup: bool = False
    cancelled: bool = False
    failed_at: str | None = None
    began_at: str | None = None

    @property
    def failed(self) -> bool:
        """Whether the runner marked an error in it."""
        return bool(self.errors)


class OnPage(NamedTuple):
    """The lines that the job's page shows as those of one step: it counts them from 1, marks and all."""

    number: int
    first: int
    last: int


@dataclass(frozen=True)
class Shape:
    """The steps of a job log. `passed`: the log reaches the end of the job and the runner saw nothing fail.

    `told` is the step of which GitHub's API says that it failed. `cut`: the runner's log stops before any failure and
    before the job's end, so that what went wrong last may have gone well later. `pages` are the steps that failed of
    which it is sure where their own logs begin.
    """

    steps: tuple[StepSpan, ...]
    passed: bool
    told: StepSpan | None = None
    cut: bool = False
    pages: tuple[OnPage, ...] = ()

    def step_at(self, line: int) -> StepSpan:
        """The step that a line belongs to."""
        return self.steps[bisect_right(self._firsts, line) - 1]

    @cached_property
    def _firsts(self) -> list[int]:
        return [step.first for step in self.steps]

    @cached_property
    def failing(self) -> StepSpan | None:
        """The step that ended the job, where that was told. Else the first with an error that is no mere upload.

        What still runs after it does so on `always()`; the log alone cannot tell that from `continue-on-error`.
        """
        if self.told:
            return self.told
        failed = [step for step in self.steps if step.failed]
        main = [step for step in failed if not step.cleanup and not _reports_only(step.name)]
        return next(iter([step for step in main if not step.cancelled] or main or failed), None)


def jobs(source: Source) -> Iterator[JobPart]:
    """The jobs of a file. `gh run view --log` prints several one after the other, each line with its job's name."""
    start, line = 0, 1
    while start < source.size:
        job = split_prefix(Text(source, start, source.size).line_at(start))[0]
        end, lines = (source.size, 0) if job is None else _other_job(source, start, job)
        yield JobPart(job, start, end, line)
        start, line = end, line + lines


def _other_job(source: Source, start: int, job: str) -> tuple[int, int]:
    """The offset of the first line after `start` that names another job, and how many lines stand before it."""
    other = re.compile(rb"^(?!(?:\xef\xbb\xbf)?" + re.escape(job.encode()) + rb"\t)", re.MULTILINE)
    for offset, number, chunk in Text(source, start, source.size).chunks():
        for found in other.finditer(chunk):
            name = split_prefix(chunk[found.start() : found.start() + MOST_PREFIX])[0]
            if name is not None and name != job:
                return offset + found.start(), number - 1 + chunk.count(b"\n", 0, found.start())
    return source.size, 0


def shape(text: Text, marks: Sequence[Hits], failed: Sequence[FailedStep] = ()) -> Shape:
    """The steps of a job's log from the candidates of MARKS. `failed` are those that GitHub says failed."""
    builder = _Builder()
    for line, raw in text.lines_at(heapq.merge(*(hits.places() for hits in marks))):
        if builder.wants(raw):
            builder.add(line, raw)
    return _tell(builder.build(text.lines), failed)


def _tell(shape: Shape, failed: Sequence[FailedStep]) -> Shape:
    """The shape with the step that was told to have failed, under its own name, where the clocks agree on one.

    Where they agree on all that were told, the job survived what else was marked as an error.
    """
    # Of two that share a second, the later: a step's own last words are that it failed.
    met = [(step, told) for told in failed if (step := _last_at(shape, told))]
    if not met:
        return shape
    named = {step.first: step._replace(name=told.name) for step, told in reversed(met)}
    steps = [named.get(step.first, step) for step in shape.steps]
    if len(met) == len(failed):
        steps = [step if step.first in named or step.cancelled else step._replace(errors=()) for step in steps]
    pages = tuple(page for step, told in met if (page := _on_page(shape, step, told)))
    return replace(shape, steps=tuple(steps), passed=False, told=named[met[0][0].first], pages=pages)


def _on_page(shape: Shape, failed: StepSpan, told: FailedStep) -> OnPage | None:
    """Where the log of a step begins that failed in this span; None where the marks and the times leave a doubt.

    An action made of several steps leaves a mark for each of them, and neighbours may share a second.
    """
    marks = [
        step for step in shape.steps if step.began_at and told.ran_at(step.began_at) and step.first <= failed.first
    ]
    named = [step for step in marks if step.name == told.name]
    sure = len(marks) == 1 or any(step.began_at and told.alone_at(step.began_at) for step in marks[:1])
    first = marks[0] if sure else named[0] if len(named) == 1 else None
    return OnPage(told.number, first.first, failed.last) if first and told.number else None


def _last_at(shape: Shape, told: FailedStep) -> StepSpan | None:
    return next((step for step in reversed(shape.steps) if step.failed_at and told.ran_at(step.failed_at)), None)


class _Builder:
    def __init__(self) -> None:
        self.steps: list[StepSpan] = []
        self.complete = self.marked = self.succeeded = self.saved = False
        self._open(None, 1, b"", echo=False)

    def _open(self, name: str | None, line: int, raw: bytes, *, echo: bool, cleanup: bool = False) -> None:
        self.name, self.first, self.cleanup = name, line, cleanup
        self.mark = raw
        self.errors: list[int] = []
        self.failure = b""
        self.stopped = 0
        self.echo_end = line if echo else line - 1
        self.in_echo = echo

    def _close(self, last: int) -> None:
        self.steps.append(
            StepSpan(
                self.name,
                self.first,
                last,
                self.echo_end,
                tuple(self.errors),
                self.cleanup,
                cancelled=0 < self.stopped == len(self.errors),
                failed_at=time_of(self.failure),
                began_at=time_of(self.mark),
            ),
        )

    def wants(self, raw: bytes) -> bool:
        """Whether a line may be more than the beginning or the end of a group inside a step, as most marks are."""
        if b"##[group]" in raw:
            return b"##[group]Run " in raw or b"\x1b" in raw or raw.count(b"##[") > 1
        return self.in_echo or b"##[endgroup]" not in raw or raw.count(b"##[") > 1

    def add(self, line: int, raw: bytes) -> None:
        """Take note of one mark. A mark in the middle of a line is only talked about, not made."""
        text = printed(raw)
        if text.startswith("##[group]Run ") or text == "Post job cleanup.":
            self.marked = True
            self._close(line - 1)
            cleanup = not text.startswith("##[group]")
            # A large log has tens of thousands of steps, of few names.
            self._open(sys.intern(text.removeprefix("##[group]")), line, raw, echo=not cleanup, cleanup=cleanup)
        elif text.startswith("##[endgroup]") and self.in_echo:
            self.echo_end, self.in_echo = line, False
        elif text.startswith("##[error]"):
            self.marked = True
            self.errors.append(line)
            self.failure = raw
            self.stopped += text == STOPPED
        elif text.startswith("Cleaning up orphan processes"):
            self.complete = True
        elif text in _SUCCESS:
            self.succeeded = True
        elif self.cleanup and text.startswith(_SAVED):
            self.saved = True

    def build(self, lines: int) -> Shape:
        self._close(lines)
        steps = tuple(step for step in self.steps if step.last >= step.first)
        unharmed = not any(step.failed for step in steps)
        passed = unharmed and (self.succeeded or (self.complete and self.marked))
        cut = unharmed and self.marked and not (self.complete or self.succeeded)
        return Shape(steps, passed or (self.complete and self.saved), cut=cut)


_REPORTING: Final = (
    "Run actions/upload-artifact",
    "Run actions/cache/save",
    "Run github/codeql-action/upload-sarif",
    "Run codecov/",
    "Run coverallsapp/",
    "Run dorny/test-reporter",
    "Run EnricoMi/publish-unit-test-result",
    "Run mikepenz/action-junit-report",
)


def _reports_only(name: str | None) -> bool:
    """Whether a step only carries away what others produced; it often fails because they did."""
    return name is not None and name.startswith(_REPORTING)
