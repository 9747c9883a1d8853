"""Readers: what the text of a step tells beyond the match itself. Registered here, one file each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from diagnosis.readers.coverage_table import coverage_table
from diagnosis.readers.pytest_summary import pytest_summary
from diagnosis.report import Value

Reader = Callable[[Sequence[str], Mapping[str, str]], dict[str, Value]]
"""From the cleaned lines of a step and the finding's captures to facts by name."""

READERS: Final[Mapping[str, Reader]] = {
    "coverage_table": coverage_table,
    "pytest_summary": pytest_summary,
}
