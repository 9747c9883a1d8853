"""Many failures of one kind in one step are one finding, whose places name the tests and the files."""

from __future__ import annotations

from pathlib import Path

import pytest

from diagnosis.catalogue import Catalogue, Signature
from diagnosis.engine import JobLog, diagnose
from diagnosis.report import Finding
from tests.whole import CATALOGUE

LOGS = Path(__file__).parents[1] / "logs"
SIGNATURE = Signature(
    id="shop/test-failed",
    title="`{test}` failed",
    category="test",
    kind="cause",
    pattern=r"^shoptest: (?P<test>\w+) failed at (?P<path>[\w/.]+):(?P<line>\d+): (?P<message>.+)$",
    group_by="{test}",
    gather=True,
    why="w",
    fix="f",
    source="s",
)
THREE = """##[group]Run shoptest
##[endgroup]
shoptest: adds failed at test/a.py:3: 4 is not 3
shoptest: rounds failed at test/a.py:9: 1 is not 2
shoptest: counts failed at test/b.py:1: no stock
##[error]Process completed with exit code 1.
"""


def findings(log: str, *signatures: Signature) -> tuple[Finding, ...]:
    return diagnose([JobLog("a.log", log.encode())], Catalogue(signatures)).findings


def test_the_first_gives_the_title_and_the_others_are_places() -> None:
    (one,) = findings(THREE, SIGNATURE)
    assert (one.title, one.occurrences) == ("`adds` failed", 3)
    assert [(place.path, place.line, place.message) for place in one.places] == [
        ("test/a.py", 3, "adds: 4 is not 3"),
        ("test/a.py", 9, "rounds: 1 is not 2"),
        ("test/b.py", 1, "counts: no stock"),
    ]


def test_the_fingerprint_is_that_of_the_first_alone() -> None:
    only = "\n".join(line for line in THREE.split("\n") if "rounds" not in line and "counts" not in line)
    assert findings(THREE, SIGNATURE)[0].fingerprint == findings(only, SIGNATURE)[0].fingerprint
    assert (
        findings(THREE, SIGNATURE)[0].fingerprint != findings(THREE.replace("adds", "sums"), SIGNATURE)[0].fingerprint
    )


def test_two_steps_are_two_findings() -> None:
    assert [item.occurrences for item in findings(THREE + THREE, SIGNATURE)] == [3, 3]


@pytest.mark.parametrize(
    ("log", "signature", "tests", "files"),
    [
        ("jest/many-failed-new", "jest/test-failed", 2, 2),
        ("jest/many-failed-old", "jest/test-failed", 2, 2),
        ("vitest/many-failed-new", "vitest/test-failed", 5, 2),
        ("vitest/many-failed-old", "vitest/test-failed", 5, 2),
        ("mocha/many-failed-new", "mocha/test-failed", 1, 1),
        ("playwright/many-failed-list", "playwright/test-failed", 5, 2),
        ("rust/many-failed", "rust/test-panicked", 4, 2),
        ("python/unittest-many-new", "python/unittest-failed", 6, 2),
    ],
)
def test_a_log_with_five_failing_tests_is_one_finding_with_their_places(
    log: str, signature: str, tests: int, files: int
) -> None:
    report = diagnose([JobLog(log, (LOGS / f"{log}.log").read_bytes())], CATALOGUE)
    (found,) = [item for item in report.findings if item.signature == signature]
    assert found.occurrences == tests
    assert len({place.path for place in found.places}) == files
    assert all(place.message for place in found.places)
