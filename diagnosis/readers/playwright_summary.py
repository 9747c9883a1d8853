"""Reads the lines that Playwright's reporters close with: the totals, the failing and the flaky tests."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from diagnosis.readers.summary import facts, short
from diagnosis.report import Value

_COUNT = re.compile(
    r"^ {2}(?P<number>\d{1,9}) (?P<name>failed|flaky|skipped|passed|interrupted|did not run)(?: \([\d.]+\w{1,2}\))?$"
)
_LISTED = re.compile(r"^ {4}(?P<test>(?:\[[^\]]+\] › )?\S+:\d+:\d+ › \S.*?)[ ─]*$")
_RUNNING = re.compile(r"^Running (?P<total>\d{1,9}) tests? using \d+ workers?")
_LISTS = {"failed": "failing", "flaky": "flaky_tests", "interrupted": "failing"}


def playwright_summary(lines: Sequence[str], captures: Mapping[str, str]) -> dict[str, Value]:
    """total, failed, flaky, skipped, passed, interrupted, did_not_run; failing and flaky_tests (names, at most ten).

    Of several runs in one step the last one counts. total is what Playwright set out to run.
    """
    numbers: dict[str, int] = {}
    names: dict[str, list[str]] = {"failing": [], "flaky_tests": []}
    under = ""
    for line in short(lines):
        text = line.rstrip()
        if running := _RUNNING.match(text):
            numbers, names, under = {"total": int(running["total"])}, {"failing": [], "flaky_tests": []}, ""
        elif count := _COUNT.match(text):
            numbers[count["name"].replace(" ", "_")] = int(count["number"])
            under = _LISTS.get(count["name"], "")
        elif under and (listed := _LISTED.match(text)):
            names[under].append(listed["test"])
        else:
            under = ""
    return facts(numbers, **names)
