"""What is said of the logs that real tools printed: row by row of the checklist, and of all of them in a snapshot."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from diagnosis import engine
from diagnosis.report import Report
from tests.whole import CATALOGUE

ROOT = Path(__file__).parents[1]
LOGS = ROOT / "tests" / "logs"
WITHOUT_A_CAUSE = {"passing", "survived", "without-cause"}
"""What holds logs of which no cause may be named, tested in tests/test_passing_logs.py."""


def report_of(path: Path) -> Report:
    return engine.diagnose([engine.JobLog(path.name, path.read_bytes())], CATALOGUE)


@pytest.mark.parametrize(
    ("row", "log", "signature", "captures", "facts"),
    [
        ("3", "sandbox/scenes/module.log", "python/module-not-found", {"module": "shop.credential_store"}, {}),
        ("3", "tests/logs/pytest/module-missing.log", "python/module-not-found", {"module": "shop.utils"}, {}),
        ("5", "sandbox/scenes/module.log", "python/module-not-found", {}, {"errors": 2}),
        ("5", "tests/logs/pytest/module-missing.log", "python/module-not-found", {}, {"errors": 2}),
        (
            "6",
            "tests/logs/tls/certificate-of-another-machine.log",
            "tls/certificate-file-missing",
            {"path": "/Users/dana/projects/shop/certs/root-ca.pem", "person": "dana"},
            {},
        ),
        (
            "6",
            "tests/logs/tls/certificate-of-another-machine-windows.log",
            "tls/certificate-file-missing",
            {"path": "C:/Users/Kim/clinic/tls/server-ca.crt", "person": "Kim"},
            {},
        ),
        (
            "8",
            "sandbox/scenes/coverage.log",
            "coverage/below-threshold",
            {"actual": "21.05", "required": "80"},
            {"passed": 25, "short": 58.95, "baseline": 21, "least_covered": ["shop/discounts.py 0%"]},
        ),
        (
            "8",
            "tests/logs/coverage/coverage-report.log",
            "coverage/report-below-threshold",
            {"actual": "43", "required": "90"},
            {"passed": 1, "short": 47.0, "baseline": 43},
        ),
        ("10", "sandbox/scenes/database.log", "postgresql/password-failed", {"user": "shop"}, {"errors": 2}),
        (
            "10",
            "tests/logs/postgresql/password-failed-psycopg.log",
            "postgresql/password-failed",
            {"user": "test_user"},
            {"errors": 2},
        ),
        (
            "12",
            "tests/logs/redis/password-required-old.log",
            "redis/password-required",
            {},
            {"errors": 2, "common_fixture": "redis_client"},
        ),
        ("12", "tests/logs/redis/password-unexpected-new.log", "redis/password-unexpected", {}, {"errors": 2}),
        ("12", "tests/logs/redis/password-wrong-new.log", "redis/password-wrong", {}, {"errors": 2}),
    ],
)
def test_a_row_is_named_first_with_its_captures_and_facts(
    row: str, log: str, signature: str, captures: dict[str, str], facts: dict[str, object]
) -> None:
    best = report_of(ROOT / log).findings[0]
    assert (best.signature, best.kind) == (signature, "cause"), row
    assert captures.items() <= best.captures.items()
    assert {name: best.facts.get(name) for name in facts} == facts


def test_many_collection_errors_of_one_cause_are_one_finding() -> None:
    report = report_of(ROOT / "sandbox" / "scenes" / "module.log")
    assert [(item.signature, item.occurrences) for item in report.findings] == [("python/module-not-found", 2)]


def test_what_is_said_of_every_kept_log(snapshot: SnapshotAssertion) -> None:
    """After a change on purpose: `pytest tests/test_kept_logs.py --snapshot-update`, and read the difference."""
    said = []
    for path in sorted(LOGS.rglob("*.log")):
        if path.relative_to(LOGS).parts[0] in WITHOUT_A_CAUSE:
            continue
        report = report_of(path)
        name = path.relative_to(LOGS).with_suffix("").as_posix()
        best = report.best
        said.append(f"{name}: {f'{best.signature}: {best.title}' if best else report.outcome}")
    assert "\n".join(said) == snapshot
