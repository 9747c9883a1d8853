"""Reads what `go test` and gotestsum print: packages that passed, failed or did not build, and the failing tests."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from diagnosis.readers.summary import MOST_NAME, facts, short
from diagnosis.redact import redact
from diagnosis.report import Value

_PACKAGE = re.compile(
    r"(?:^|[ |])(?P<outcome>ok|FAIL) *\t(?P<package>\S+)(?:\s+(?:\(cached\)|[\d.]+s)|\s+\[(?P<why>[a-z ]+)\]|$)"
)
_TEST = re.compile(r"(?P<outcome>--- FAIL|--- PASS|--- SKIP|=== FAIL): (?P<test>\S+(?: Test\S+)?) \([\d.]+s\)$")
_DONE = re.compile(r"^DONE (?:\d+ runs, )?(?P<total>\d{1,9}) tests?(?P<rest>(?:, \d{1,9} [a-z]+)*) in ")
_COUNT = re.compile(r"(\d{1,9}) (skipped|failure|error)s?")
_OUTCOMES = {"--- FAIL": "failed", "=== FAIL": "failed", "--- PASS": "passed", "--- SKIP": "skipped"}
_TURN = re.compile(r"^ *=== (?:RUN|CONT|NAME|PAUSE) +(?P<test>\S+)$")
_SAID = re.compile(r"^ +(?P<said>[^\s:]+\.go:\d+: \S.*)$")
_UNBUILT = frozenset({"build failed", "setup failed"})


def go_test_summary(lines: Sequence[str], captures: Mapping[str, str]) -> dict[str, Value]:
    """packages, packages_failed, packages_unbuilt; failed (tests), failing (names, at most ten).

    passed, skipped and total only where the log names them: with `-v`, or from gotestsum. Of a test with parts its
    failing parts count, not the test itself. said is the first message of the finding's test where it stands before
    the line that names the test: with `-v` it does.
    """
    kept = [line.rstrip() for line in short(lines)]
    packages = {found["package"]: found for line in kept if "\t" in line and (found := _PACKAGE.search(line))}
    tests = _tests(kept)
    numbers: dict[str, int] = {}
    if packages:
        failed = [found for found in packages.values() if found["outcome"] == "FAIL"]
        numbers["packages"] = len(packages)
        numbers["packages_failed"] = len(failed)
        if unbuilt := sum(found["why"] in _UNBUILT for found in failed):
            numbers["packages_unbuilt"] = unbuilt
    for _, outcome in tests:
        numbers[outcome] = numbers.get(outcome, 0) + 1
    if numbers.get("passed"):
        numbers["total"] = len(tests)
    numbers |= _gotestsum(kept)
    told = facts(numbers, failing=(name for name, outcome in tests if outcome == "failed"))
    if "message" not in captures and (said := _said(kept, captures.get("test", ""))):
        told["said"] = said
    return told


def _tests(lines: Sequence[str]) -> list[tuple[str, str]]:
    """Names and outcomes in order. Two packages may have tests of one name, and then both count."""
    found = [match for line in lines if line.endswith("s)") and (match := _TEST.search(line))]
    tests = [(match["test"].split(" ")[-1], _OUTCOMES[match["outcome"]]) for match in found]
    if any(match["outcome"] == "=== FAIL" for match in found):
        tests = [test for test, match in zip(tests, found, strict=True) if match["outcome"] == "=== FAIL"]
    whole = {part for name, _ in tests for part in _parents(name)}
    return [(name, outcome) for name, outcome in tests if name not in whole]


def _said(lines: Sequence[str], test: str) -> str:
    """The first message of a test with the place it comes from, by the marks that say whose turn it is."""
    turn = ""
    for line in lines:
        if mark := _TURN.match(line):
            turn = mark["test"]
        elif line.lstrip().startswith("--- "):
            turn = ""
        elif turn == test and turn and (said := _SAID.match(line)):
            return redact(said["said"])[:MOST_NAME]
    return ""


def _parents(name: str) -> list[str]:
    pieces = name.split("/")[:20]
    return ["/".join(pieces[:length]) for length in range(1, len(pieces))]


def _gotestsum(lines: Sequence[str]) -> dict[str, int]:
    names = {"failure": "failed", "skipped": "skipped", "error": "errors"}
    for line in reversed(lines):
        if done := _DONE.match(line):
            rest = {names[word]: int(number) for number, word in _COUNT.findall(done["rest"])}
            return {"total": int(done["total"]), **rest}
    return {}
