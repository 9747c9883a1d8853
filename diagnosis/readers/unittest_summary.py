"""Reads unittest's closing lines (Django's runner prints them too): the totals, which tests FAILED, which are ERROR."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from diagnosis.readers.summary import facts, short, telling
from diagnosis.report import Value

_RAN = re.compile(r"(?:^|[ |])Ran (?P<total>\d{1,9}) tests? in [\d.]+s")
_RESULT = re.compile(r"(?:^|[ |])(?:FAILED|OK|NO TESTS RAN)(?: \((?P<counts>[a-z =\d,]*)\))?$")
_COUNT = re.compile(r"([a-z][a-z ]*)=(\d{1,9})")
_NAMES = {
    "failures": "failed",
    "errors": "errors",
    "skipped": "skipped",
    "expected failures": "xfailed",
    "unexpected successes": "xpassed",
}
_HEADER = re.compile(r"(?:^|[ |])(?P<outcome>FAIL|ERROR): (?P<test>\w+) \((?P<of>[\w.]+)\)(?P<part> [\[(].*)?$")
_SETUP = frozenset({"setUpClass", "tearDownClass", "setUpModule", "tearDownModule"})
MOST_LINES_TO_RESULT = 4


def unittest_summary(lines: Sequence[str], captures: Mapping[str, str]) -> dict[str, Value]:
    """total, failed, errors, skipped, xfailed, xpassed, passed; failing and erroring (names, at most ten of each).

    passed is absent where a part of a test or a class's set-up failed: unittest counts those beside the tests.
    """
    kept = short(lines)
    numbers = telling(
        [_numbers(kept, number) for number, line in enumerate(kept) if "Ran " in line and _RAN.search(line)]
    )
    headers = [found for line in kept if ": " in line and "(" in line and (found := _HEADER.search(line))]
    if numbers and not any(found["part"] or found["test"] in _SETUP for found in headers):
        rest = numbers["total"] - sum(numbers.get(name, 0) for name in _NAMES.values())
        if rest >= 0:
            numbers["passed"] = rest
    return facts(
        numbers,
        failing=(_dotted(found) for found in headers if found["outcome"] == "FAIL"),
        erroring=(_dotted(found) for found in headers if found["outcome"] == "ERROR"),
    )


def _numbers(lines: Sequence[str], start: int) -> dict[str, int]:
    """The number of tests on the line at `start` and what the result below it says of them."""
    ran = _RAN.search(lines[start])
    numbers = {"total": int(ran["total"])} if ran else {}
    for line in lines[start + 1 : start + 1 + MOST_LINES_TO_RESULT]:
        if result := _RESULT.search(line.rstrip()):
            for name, number in _COUNT.findall(result["counts"] or ""):
                if name.strip() in _NAMES:
                    numbers[_NAMES[name.strip()]] = int(number)
            break
    return numbers


def _dotted(found: re.Match[str]) -> str:
    """The name as `python -m unittest` takes it. Since Python 3.11 the brackets hold the method too."""
    test, place = found["test"], found["of"]
    return place if place.endswith(f".{test}") or test in _SETUP else f"{place}.{test}"
