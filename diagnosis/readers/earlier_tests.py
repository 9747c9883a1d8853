"""Reads which tests of pytest failed in the finding's step or, for a gate in a step of its own, before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from diagnosis.readers.pytest_summary import pytest_summary
from diagnosis.report import Value


def earlier_tests(lines: Sequence[str], captures: Mapping[str, str]) -> dict[str, Value]:
    """What `pytest_summary` tells of the last summary up to the end of the finding's step.

    to_mend are the tests that did not pass, also where it is only one.
    """
    facts = pytest_summary(lines, captures)
    names = [name for key in ("failing", "erroring") if isinstance(told := facts.get(key), list) for name in told]
    return facts | ({"to_mend": names} if names else {})
