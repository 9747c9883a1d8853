"""The steps of a staged job stand where its log has their marks, with the times of its clock."""

from __future__ import annotations

from sandbox.clocks import placed
from sandbox.state.actions import Step

LOG = b"""\
2026-03-02T09:14:00.1000000Z ##[group]Run actions/checkout@v5
2026-03-02T09:14:01.2000000Z ##[endgroup]
2026-03-02T09:14:03.3000000Z ##[group]Run make
2026-03-02T09:14:03.4000000Z ##[endgroup]
2026-03-02T09:14:05.5000000Z ##[error]Process completed with exit code 2.
2026-03-02T09:14:06.6000000Z Post job cleanup.
2026-03-02T09:14:06.7000000Z Cleaning up orphan processes
"""


def steps(*names: str) -> list[Step]:
    return [Step(name, number) for number, name in enumerate(names, 1)]


def test_a_step_with_a_mark_has_its_lines_and_its_times() -> None:
    set_up, checkout, make = placed(steps("Set up job", "Run actions/checkout@v5", "Run make"), LOG)
    assert set_up == Step("Set up job", 1)
    assert (checkout.lines, checkout.started_at, checkout.completed_at) == (
        range(2),
        "2026-03-02T09:14:00Z",
        "2026-03-02T09:14:01Z",
    )
    assert (make.lines, make.started_at, make.completed_at) == (
        range(2, 5),
        "2026-03-02T09:14:03Z",
        "2026-03-02T09:14:05Z",
    )


def test_the_second_step_of_a_name_has_the_second_mark() -> None:
    twice = LOG[: LOG.index(b"2026-03-02T09:14:06")] * 2
    assert [step.lines for step in placed(steps("Run make", "Run make"), twice)] == [range(2, 5), range(7, 10)]


def test_what_a_step_prints_is_no_mark() -> None:
    said = b"2026-03-02T09:14:00.1000000Z echo ##[group]Run make\n"
    assert placed(steps("Run make"), said) == steps("Run make")
    assert placed(steps("Run make"), b"##[group]Run make\n") == steps("Run make")
