"""Readers: what the text of a step tells beyond the match itself. Registered here, one file each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from diagnosis.readers.cargo_test_summary import cargo_test_summary
from diagnosis.readers.coverage_gate import coverage_gate
from diagnosis.readers.coverage_table import coverage_table
from diagnosis.readers.file_above import file_above
from diagnosis.readers.go_test_summary import go_test_summary
from diagnosis.readers.jest_summary import jest_summary
from diagnosis.readers.junit_maven_summary import junit_maven_summary
from diagnosis.readers.migration_leg import migration_leg
from diagnosis.readers.mocha_summary import mocha_summary
from diagnosis.readers.module_owner import module_owner
from diagnosis.readers.pass_rate import pass_rate
from diagnosis.readers.playwright_summary import playwright_summary
from diagnosis.readers.pytest_summary import pytest_summary
from diagnosis.readers.unittest_summary import unittest_summary
from diagnosis.readers.vitest_summary import vitest_summary
from diagnosis.report import Value

Reader = Callable[[Sequence[str], Mapping[str, str]], dict[str, Value]]
"""From the cleaned lines of a step and the finding's captures to facts by name."""

READERS: Final[Mapping[str, Reader]] = {
    "cargo_test_summary": cargo_test_summary,
    "coverage_gate": coverage_gate,
    "coverage_table": coverage_table,
    "file_above": file_above,
    "go_test_summary": go_test_summary,
    "jest_summary": jest_summary,
    "junit_maven_summary": junit_maven_summary,
    "migration_leg": migration_leg,
    "mocha_summary": mocha_summary,
    "module_owner": module_owner,
    "pass_rate": pass_rate,
    "playwright_summary": playwright_summary,
    "pytest_summary": pytest_summary,
    "unittest_summary": unittest_summary,
    "vitest_summary": vitest_summary,
}

_TESTS: Final = frozenset({"total", "passed", "failed", "skipped", "failing"})
_SUITES: Final = frozenset({"suites", "suites_failed", "suites_passed"})

FACTS: Final[Mapping[str, frozenset[str]]] = {
    "cargo_test_summary": _TESTS | {"binaries", "binaries_failed"},
    "coverage_gate": frozenset({"short", "baseline"}),
    "coverage_table": frozenset({"statements", "missed", "least_covered"}),
    "file_above": frozenset({"file", "spots"}),
    "go_test_summary": _TESTS | {"errors", "packages", "packages_failed", "packages_unbuilt", "said"},
    "jest_summary": _TESTS | _SUITES | {"todo"},
    "junit_maven_summary": _TESTS | {"errors", "erroring", "flaky"},
    "migration_leg": frozenset({"leg", "stopped_at", "applied"}),
    "mocha_summary": _TESTS,
    "module_owner": frozenset({"own", "expected", "unpathed", "unsure"}),
    "pass_rate": frozenset({"short", "rate_passed", "rate_total", "needed"}),
    "playwright_summary": _TESTS | {"flaky", "flaky_tests", "interrupted", "did_not_run"},
    "pytest_summary": _TESTS
    | {"errors", "erroring", "warnings", "deselected", "xfailed", "xpassed", "reruns", "duration", "common_fixture"},
    "unittest_summary": _TESTS | {"errors", "erroring", "xfailed", "xpassed"},
    "vitest_summary": _TESTS | _SUITES | {"todo", "unhandled"},
}
"""The facts that each reader may give; the texts of a signature may use no others."""
