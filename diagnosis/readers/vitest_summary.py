"""Reads Vitest's closing lines: the totals of tests, files and errors, and the names of the failing tests."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from diagnosis.readers.summary import counts, facts, short, telling
from diagnosis.report import Value

_ROW = re.compile(
    r"(?:^|[ :|])(?P<row>Test Files|Tests) {2,9}"
    r"(?P<counts>\d{1,9} [a-z]+(?: \| \d{1,9} [a-z]+)*) \((?P<total>\d{1,9})\)$"
)
_ERRORS = re.compile(r"^ {2,9}Errors {2}(?P<errors>\d{1,9}) errors?$")
_TESTS = {name: name for name in ("failed", "passed", "skipped", "todo")}
_FILES = {"failed": "suites_failed", "passed": "suites_passed"}
_TEST = re.compile(r"(?:^|[ \]])FAIL  (?:\|?[^|\s]+\|? +)?(?P<path>\S+\.[cm]?[jt]sx?) > (?P<test>\S.*)$")


def vitest_summary(lines: Sequence[str], captures: Mapping[str, str]) -> dict[str, Value]:
    """total, failed, passed, skipped, todo; suites, suites_failed, suites_passed; unhandled (errors outside of tests).

    failing are the names of the failing tests, at most ten, as Vitest joins them: `suite > test`.
    """
    kept = [line.rstrip() for line in short(lines)]
    rows = [found for line in kept if line.endswith(")") and (found := _ROW.search(line))]
    tests = telling([_numbers(found, _TESTS, "total") for found in rows if found["row"] == "Tests"])
    files = [_numbers(found, _FILES, "suites") for found in rows if found["row"] == "Test Files"]
    failed = [item for item in files if item.get("suites_failed")] or files
    numbers = {**tests, **(failed[-1] if failed else {})}
    for line in kept:
        if error := _ERRORS.match(line):
            numbers["unhandled"] = int(error["errors"])
    return facts(
        numbers, failing=(found["test"] for line in kept if "FAIL  " in line and (found := _TEST.search(line)))
    )


def _numbers(found: re.Match[str], names: Mapping[str, str], total: str) -> dict[str, int]:
    return {**counts(found["counts"], names), total: int(found["total"])}
