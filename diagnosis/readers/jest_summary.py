"""Reads Jest's closing lines: the totals of tests and suites, and the names of the failing tests."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from diagnosis.readers.summary import counts, facts, short, telling
from diagnosis.report import Value

_TESTS = re.compile(r"(?:^|[ :|])Tests: {1,9}(?P<counts>(?:\d{1,9} [a-z]+, )*\d{1,9} total)$")
_SUITES = re.compile(
    r"(?:^|[ :|])Test Suites: (?P<counts>(?:\d{1,9} [a-z]+, )*\d{1,9} (?:of (?P<all>\d{1,9}) )?total)$"
)
_TESTS_NAMES = {name: name for name in ("failed", "passed", "skipped", "todo", "total")}
_SUITES_NAMES = {"failed": "suites_failed", "passed": "suites_passed", "total": "suites"}
_TEST = re.compile(r"(?:^|[ :|])  ● (?P<test>\S.*)$")
_NO_TEST = re.compile(
    r"^(?:Test suite failed to run|Console|Deprecation Warning|Cannot log after .*|.*(?:Warning|Error):?)$"
)


def jest_summary(lines: Sequence[str], captures: Mapping[str, str]) -> dict[str, Value]:
    """total, failed, passed, skipped, todo; suites, suites_failed, suites_passed; failing (names, at most ten)."""
    kept = [line.rstrip() for line in short(lines)]
    tests = telling(
        [counts(found["counts"], _TESTS_NAMES) for line in kept if "Tests: " in line and (found := _TESTS.search(line))]
    )
    suites = [_suites(found) for line in kept if "Test Suites: " in line and (found := _SUITES.search(line))]
    failed = [item for item in suites if item.get("suites_failed")] or suites
    names = [found["test"] for line in kept if "● " in line and (found := _TEST.search(line))]
    return facts(
        {**tests, **(failed[-1] if failed else {})}, failing=(name for name in names if not _NO_TEST.match(name))
    )


def _suites(found: re.Match[str]) -> dict[str, int]:
    """`3 of 5 total` counts as five: the run was stopped before the others."""
    numbers = counts(found["counts"], _SUITES_NAMES)
    return {**numbers, "suites": int(found["all"])} if found["all"] else numbers
