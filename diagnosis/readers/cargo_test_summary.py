"""Reads what `cargo test` and cargo-nextest print: the totals over all test programs, and the failing tests."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from diagnosis.readers.summary import added, counts, facts, short
from diagnosis.report import Value

_RESULT = re.compile(r"(?:^|[ |])test result: (?P<outcome>ok|FAILED)\. (?P<counts>\d[\d a-z;]*)")
_RESULT_NAMES = {"passed": "passed", "failed": "failed", "ignored": "skipped"}
_NEXTEST = re.compile(r"^ *Summary \[ *[\d.]+s\] (?:(?P<ran>\d{1,9})/)?(?P<total>\d{1,9}) tests? run: (?P<counts>.*)$")
_NEXTEST_NAMES = {"passed": "passed", "failed": "failed", "skipped": "skipped"}
_LINE = re.compile(r"(?:^|[ |])test (?P<test>\S.*?) \.\.\. FAILED$")
_LISTED = re.compile(r"^ {4}(?P<test>\S.*)$")
_NEXTEST_LINE = re.compile(r"^ +(?:TRY \d+ )?FAIL \[ *[\d.]+s\](?: \( *\d+/\d+\))? (?P<test>\S.*)$")


def cargo_test_summary(lines: Sequence[str], captures: Mapping[str, str]) -> dict[str, Value]:
    """total, passed, failed, skipped over all programs; binaries, binaries_failed; failing (names, at most ten)."""
    kept = [line.rstrip() for line in short(lines)]
    results = [found for line in kept if "test result: " in line and (found := _RESULT.search(line))]
    numbers = added(counts(found["counts"], _RESULT_NAMES) for found in results)
    if results:
        numbers["total"] = sum(numbers.values())
        numbers["binaries"] = len(results)
        numbers["binaries_failed"] = sum(found["outcome"] == "FAILED" for found in results)
    for line in kept:
        if " run: " in line and (summary := _NEXTEST.match(line)):
            numbers = {**counts(summary["counts"], _NEXTEST_NAMES), "total": int(summary["total"])}
    return facts(numbers, failing=_names(kept))


def _names(lines: Sequence[str]) -> list[str]:
    """From the lines of single tests, and from the list that closes a program's output, which `--quiet` prints too."""
    names: list[str] = []
    listing = False
    for line in lines:
        if listing and (listed := _LISTED.match(line)):
            names.append(listed["test"])
            continue
        listing = line == "failures:"
        if "FAIL" in line and (found := _LINE.search(line) or _NEXTEST_LINE.match(line)):
            names.append(found["test"])
    return names
