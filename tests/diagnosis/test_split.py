"""Job logs as a runner and `gh run view` write them, and the steps that are read from them."""

from __future__ import annotations

import pytest

from diagnosis import split
from diagnosis.scan import Scanner
from diagnosis.source import InMemory, Text
from diagnosis.steps import FailedStep

LOG = """\
Current runner version: '2.330.0'
##[group]Run actions/checkout@v5
with:
##[endgroup]
Syncing repository: clinic/api
##[group]Run make lint
\x1b[36;1mmake lint\x1b[0m
shell: /usr/bin/bash -e {0}
##[endgroup]
lint: 3 warnings
##[error]Process completed with exit code 1.
##[group]Run make test
\x1b[36;1mmake test\x1b[0m
##[endgroup]
echo "##[error] is only talked about"
1 failed
##[error]Process completed with exit code 2.
##[group]Run actions/upload-artifact@v4
##[endgroup]
##[error]No files were found
Post job cleanup.
Cleaning up orphan processes
"""


CLOCKED = "".join(f"2026-03-06T06:11:{second:02}.6887008Z {line}\n" for second, line in enumerate(LOG.splitlines()))
"""The same, a line a second."""


def shape_of(text: str, *failed: FailedStep) -> split.Shape:
    log = Text.of(text.encode())
    return split.shape(log, Scanner(split.MARKS).scan(log, whole=len(split.MARKS)), failed)


def told(name: str, first: int, last: int) -> FailedStep:
    return FailedStep(name, f"2026-03-06T06:11:{first:02}Z", f"2026-03-06T06:11:{last:02}Z")


def test_steps_begin_with_the_runners_mark_and_know_their_errors() -> None:
    steps = shape_of(LOG).steps
    assert [(step.name, step.first, step.last, step.echo_end, step.errors) for step in steps] == [
        (None, 1, 1, 0, ()),
        ("Run actions/checkout@v5", 2, 5, 4, ()),
        ("Run make lint", 6, 11, 9, (11,)),
        ("Run make test", 12, 17, 14, (17,)),
        ("Run actions/upload-artifact@v4", 18, 20, 19, (20,)),
        ("Post job cleanup.", 21, 22, 20, ()),
    ]


def test_the_failing_step_is_the_first_one_that_does_more_than_upload() -> None:
    failing = shape_of(LOG).failing
    assert failing is not None
    assert failing.name == "Run make lint"


@pytest.mark.parametrize(
    ("failed", "meant"),
    [
        pytest.param([told("Unit tests", 11, 16)], "Unit tests", id="the one that was told, under its own name"),
        pytest.param([told("Unit tests", 10, 16)], "Unit tests", id="the later one of two that share a second"),
        pytest.param([told("Store", 17, 19), told("x", 11, 16)], "Store", id="the first of several"),
        pytest.param([told("Set up job", 0, 0)], "Run make lint", id="none without an error at that time"),
        pytest.param([told("Unit tests", 40, 50)], "Run make lint", id="none when the clocks disagree"),
        pytest.param([], "Run make lint", id="none was told"),
    ],
)
def test_the_failing_step_is_the_one_that_github_names(failed: list[FailedStep], meant: str) -> None:
    shape = shape_of(CLOCKED, *failed)
    assert shape.failing is not None
    assert shape.failing.name == meant
    assert meant in {step.name for step in shape.steps}


def test_a_log_without_a_clock_is_read_by_its_marks() -> None:
    failing = shape_of(LOG, told("Unit tests", 11, 16)).failing
    assert failing is not None
    assert failing.name == "Run make lint"


def test_a_log_without_marks_is_one_step_and_tells_nothing_of_its_end() -> None:
    shape = shape_of("make: *** [all] Error 2\n")
    assert (len(shape.steps), shape.failing, shape.passed) == (1, None, False)


def test_jobs_of_one_file_are_told_apart() -> None:
    clock = "2026-03-06T06:11:13.6887008Z"
    text = f"lint\tRun ruff\t{clock} a\nlint\tRun ruff\t{clock} b\ntest (3.12)\tRun pytest\t{clock} c\n"
    parts = list(split.jobs(InMemory(text.encode())))
    assert [(part.job, part.first_line) for part in parts] == [("lint", 1), ("test (3.12)", 3)]
    assert text.encode()[parts[1].start : parts[1].end].startswith(b"test (3.12)")


def test_an_empty_log_has_no_jobs() -> None:
    assert list(split.jobs(InMemory(b""))) == []


@pytest.mark.parametrize(
    ("last", "passed"),
    [
        ("Finished: SUCCESS", True),
        ("Job succeeded", True),
        ("Your build exited with 0.", True),
        ("Your build exited with 1.", False),
        ("Finished: FAILURE", False),
        ("echo Job succeeded", False),
    ],
)
def test_other_runners_say_at_the_end_that_a_job_passed(last: str, passed: bool) -> None:
    assert shape_of(f"java.lang.Exception: expected\n{last}\n").passed is passed


def page(steps: list[tuple[str, int]], *failed: FailedStep) -> list[tuple[int, int, int]]:
    """The pages of a log with these lines, each printed at a second."""
    log = "".join(f"2026-03-06T06:11:{second:02}.6887008Z {line}\n" for line, second in steps)
    return [(page.number, page.first, page.last) for page in shape_of(log, *failed).pages]


def numbered(name: str, first: int, last: int, before: int) -> FailedStep:
    return told(name, first, last)._replace(number=4, before=f"2026-03-06T06:11:{before:02}Z")


SETUP = [("Current runner version: '2.330.0'", 1), ("Prepare all required actions", 2)]
FAILED = "##[error]Process completed with exit code 1."


@pytest.mark.parametrize(
    ("lines", "failed", "expected"),
    [
        pytest.param(
            [*SETUP, ("##[group]Run make", 5), ("##[endgroup]", 5), (FAILED, 7)],
            numbered("Build", 4, 7, before=3),
            [(4, 3, 5)],
            id="the marks count, and the first is the mark that begins the step",
        ),
        pytest.param(
            [*SETUP, ("##[group]Run make", 3), (FAILED, 7)],
            numbered("Build", 3, 7, before=3),
            [(4, 3, 4)],
            id="a neighbour that ends in the same second is no doubt where there is one mark",
        ),
        pytest.param(
            [*SETUP, ("##[group]Run octo/all@v1", 5), ("##[group]Run make", 5), (FAILED, 7)],
            numbered("Build", 4, 7, before=3),
            [(4, 3, 5)],
            id="an action of several steps begins with its own mark",
        ),
        pytest.param(
            [*SETUP, ("##[group]Run true", 5), ("##[group]Run make", 5), (FAILED, 7)],
            numbered("Build", 5, 7, before=5),
            [],
            id="two marks in the second that both steps share leave a doubt",
        ),
        pytest.param(
            [*SETUP, ("##[group]Run true", 5), ("##[group]Run make", 5), (FAILED, 7)],
            numbered("Run make", 5, 7, before=5),
            [(4, 4, 5)],
            id="a step without a name of its own is known by its mark",
        ),
        pytest.param(
            [*SETUP, ("##[group]Run make", 5), ("##[group]Run make", 5), (FAILED, 7)],
            numbered("Run make", 5, 7, before=5),
            [],
            id="twice the same name in one second leaves a doubt",
        ),
        pytest.param(
            [*SETUP, ("##[group]Run make", 5), (FAILED, 6), ("##[group]Run make", 8), (FAILED, 9)],
            numbered("Run make", 8, 9, before=7),
            [(4, 5, 6)],
            id="twice the same name at different times does not",
        ),
        pytest.param(
            [*SETUP, ("##[group]Run make", 5), (FAILED, 7)],
            told("Build", 4, 7),
            [],
            id="nothing without the step's number",
        ),
        pytest.param(
            [*SETUP, ("##[group]Run make", 5), (FAILED, 7)],
            numbered("Build", 40, 50, before=39),
            [],
            id="nothing where the clocks disagree",
        ),
    ],
)
def test_a_steps_lines_are_known_where_marks_and_times_agree(
    lines: list[tuple[str, int]], failed: FailedStep, expected: list[tuple[int, int, int]]
) -> None:
    assert page(lines, failed) == expected


def test_a_log_without_times_tells_no_steps_lines() -> None:
    assert shape_of(LOG, numbered("Unit tests", 11, 16, before=10)).pages == ()
