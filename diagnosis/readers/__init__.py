"""Readers: what the text of a step tells beyond the match itself. Registered here, one file each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from diagnosis.readers.coverage_gate import coverage_gate
from diagnosis.readers.coverage_table import coverage_table
from diagnosis.readers.pytest_summary import pytest_summary
from diagnosis.report import Value

Reader = Callable[[Sequence[str], Mapping[str, str]], dict[str, Value]]
"""From the cleaned lines of a step and the finding's captures to facts by name."""

READERS: Final[Mapping[str, Reader]] = {
    "coverage_gate": coverage_gate,
    "coverage_table": coverage_table,
    "pytest_summary": pytest_summary,
}

FACTS: Final[Mapping[str, frozenset[str]]] = {
    "coverage_gate": frozenset({"short", "baseline"}),
    "coverage_table": frozenset({"statements", "missed", "least_covered"}),
    "pytest_summary": frozenset(
        {"passed", "failed", "errors", "skipped", "warnings", "deselected", "xfailed", "xpassed", "reruns", "duration"}
        | {"common_fixture"}
    ),
}
"""The facts that each reader may give; the texts of a signature may use no others."""
