"""Reads how far a pass rate is from its gate, and how many more tests have to pass."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from diagnosis.readers.pytest_summary import pytest_summary
from diagnosis.readers.summary import short
from diagnosis.report import Value

_SHARE = re.compile(
    r"\b(?P<passed>\d{1,9}) ?(?:/|of|out of) ?(?P<total>\d{1,9})(?: tests?)? pass(?:ed|ing)?\b"
    r"|\bpass(?:ed|ing)?: ?(?P<passed_after>\d{1,9}) ?(?:/|of|out of) ?(?P<total_after>\d{1,9})\b",
    re.IGNORECASE,
)
NEAR = 0.51
"""Percents by which a rate that was rounded may differ from the share of the counts."""


def pass_rate(lines: Sequence[str], captures: Mapping[str, str]) -> dict[str, Value]:
    """short (points, of a hundred); rate_passed and rate_total (tests), and needed (tests that have yet to pass).

    The counts are only told where their share is the rate that the gate printed.
    """
    try:
        actual, required = float(captures["actual"]), float(captures["required"])
    except (KeyError, ValueError):
        return {}
    if not 0 <= actual < required <= 100:
        return {}
    facts: dict[str, Value] = {"short": round(required - actual, 2)}
    for passed, total in _counted(lines):
        if total and abs(100 * passed / total - actual) <= NEAR:
            # Binary fractions must not ask for one test too many.
            needed = math.ceil(round(required * total / 100, 6)) - passed
            return {**facts, "rate_passed": passed, "rate_total": total, "needed": needed}
    return facts


def _counted(lines: Sequence[str]) -> list[tuple[int, int]]:
    """Passed and all, as a script says them, the last one first, then as pytest's own summary does."""
    shares = [found for line in reversed(short(lines)) if (found := _SHARE.search(line))]
    counted = [
        (int(found["passed"] or found["passed_after"]), int(found["total"] or found["total_after"])) for found in shares
    ]
    summary = pytest_summary(lines, {})
    numbers = {name: value for name, value in summary.items() if isinstance(value, int)}
    passed = numbers.get("passed", 0)
    ran = passed + numbers.get("failed", 0) + numbers.get("errors", 0)
    return [*counted, (passed, ran), (passed, ran + numbers.get("skipped", 0))]
