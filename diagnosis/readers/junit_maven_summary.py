"""Reads the totals of JUnit as Maven's Surefire and Gradle print them, and which tests FAILED and which are ERROR."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from diagnosis.readers.summary import added, facts, short
from diagnosis.report import Value

_MAVEN = re.compile(
    r"Tests run: (?P<total>\d{1,9}), {1,2}Failures: (?P<failed>\d{1,9})"
    r"(?:, Errors: (?P<errors>\d{1,9}), Skipped: (?P<skipped>\d{1,9}))?(?:, Flakes: (?P<flaky>\d{1,9}))?$"
)
_GRADLE = re.compile(
    r"^(?P<total>\d{1,9}) tests? completed, (?P<failed>\d{1,9}) failed(?:, (?P<skipped>\d{1,9}) skipped)?$"
)
_HEADING = re.compile(
    r"^(?:\[ERROR\] ?)? *(?P<heading>Failures|Errors|Failed tests|Tests in error):(?P<first> {2,}\S.*| *)$"
)
_LISTED = re.compile(r"^(?:\[ERROR\] )? {2}(?P<test>[A-Za-z_$][\w$.]*(?:\([\w$., ]*\))?(?:\[[^\]]*\])?)(?=[:> -]|$)")
_GRADLE_TEST = re.compile(r"^(?P<test>[A-Za-z_$][\w.$]* > \S.*) FAILED$")
_KINDS = {"Failures": "failing", "Failed tests": "failing", "Errors": "erroring", "Tests in error": "erroring"}


def junit_maven_summary(lines: Sequence[str], captures: Mapping[str, str]) -> dict[str, Value]:
    """total, passed, failed, errors, skipped, flaky over all modules; failing and erroring (names, at most ten each).

    The line of a single class, which ends with the time it took, is no total.
    """
    kept = [line.rstrip() for line in short(lines)]
    totals = [
        found
        for line in kept
        if ("Tests run: " in line or " completed, " in line) and (found := _MAVEN.search(line) or _GRADLE.match(line))
    ]
    numbers = added({name: int(value) for name, value in found.groupdict().items() if value} for found in totals)
    if numbers:
        rest = numbers["total"] - sum(numbers.get(name, 0) for name in ("failed", "errors", "skipped"))
        numbers["passed"] = max(rest, 0)
    names = _listed(kept)
    names["failing"] += [
        found["test"] for line in kept if line.endswith(" FAILED") and (found := _GRADLE_TEST.match(line))
    ]
    return facts(numbers, **names)


def _listed(lines: Sequence[str]) -> dict[str, list[str]]:
    """The tests that Surefire lists below `Failures:` and below `Errors:`."""
    names: dict[str, list[str]] = {"failing": [], "erroring": []}
    kind = ""
    for line in lines:
        if heading := _HEADING.match(line):
            kind = _KINDS[heading["heading"]]
            # Before Surefire 2.13 the first failure stood behind the heading.
            if listed := _LISTED.match("  " + heading["first"].strip()):
                names[kind].append(listed["test"])
        elif kind and (listed := _LISTED.match(line)):
            names[kind].append(listed["test"])
        elif not line.strip() or line.startswith("[INFO]") or "Tests run:" in line:
            kind = ""
    return names
