"""Of very many candidates those are confirmed that say most, and every signature gets its share."""

from __future__ import annotations

import pytest

from diagnosis.match import chosen, fair_share
from diagnosis.scan import Hits
from diagnosis.split import Shape, StepSpan


@pytest.mark.parametrize(
    ("counts", "most", "share"),
    [([], 10, 0), ([3, 4], 10, 4), ([1, 2, 100], 10, 7), ([50, 50], 10, 5), ([1, 30, 1, 30], 20, 9)],
)
def test_few_candidates_are_all_taken_and_many_share_the_rest(counts: list[int], most: int, share: int) -> None:
    assert fair_share(counts, most) == share
    assert sum(min(count, share) for count in counts) <= most


def hits(lines: range) -> Hits:
    found = Hits()
    for line in lines:
        found.extend([line, line * 10])
    return found


def test_those_in_the_failing_step_come_before_others() -> None:
    quiet = StepSpan("build", 1, 40, 1, ())
    failing = StepSpan("test", 41, 60, 42, (60,))
    taken = chosen(hits(range(1, 100)), 22, Shape((quiet, failing, StepSpan("after", 61, 99, 62, ())), passed=False))
    assert [item.line for item in taken] == [1, *range(41, 61), 99]


def test_without_a_failing_step_the_first_and_the_last() -> None:
    taken = chosen(hits(range(1, 100)), 5, Shape((StepSpan(None, 1, 99, 0, ()),), passed=False))
    assert [item.line for item in taken] == [1, 2, 3, 98, 99]
    assert [item.line for item in chosen(hits(range(1, 4)), 5, Shape((), passed=False))] == [1, 2, 3]
