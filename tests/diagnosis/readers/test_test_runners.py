"""What the readers of test runners and migrations tell of logs that the real tools printed, and of hostile text."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from diagnosis.clean import clean
from diagnosis.readers import FACTS, READERS
from diagnosis.readers.summary import MOST_NAME, MOST_NAMES, shown
from diagnosis.report import Value

LOGS = Path(__file__).parents[2] / "logs"
FIVE = {"failed": 5, "passed": 3, "skipped": 1, "total": 9}


def lines_of(log: str) -> list[str]:
    return [clean(line) for line in (LOGS / f"{log}.log").read_bytes().split(b"\n")]


def read(reader: str, text: str, **captures: str) -> dict[str, Value]:
    return READERS[reader](text.splitlines(), captures)


@pytest.mark.parametrize("age", ["new", "old"])
@pytest.mark.parametrize("log", ["many-failed", "many-failed-verbose"])
@pytest.mark.parametrize(("tool", "joined"), [("jest", " › "), ("vitest", " > ")])
def test_jest_and_vitest_tell_totals_suites_and_names(tool: str, joined: str, log: str, age: str) -> None:
    facts = READERS[f"{tool}_summary"](lines_of(f"{tool}/{log}-{age}"), {})
    names = ["cart/adds up", "cart/has a name", "cart/with tax/rounds", "an order has lines", "an order has a number"]
    assert facts.items() >= FIVE.items()
    assert facts["failing"] == [name.replace("/", joined) for name in names]
    assert (facts["suites_failed"], facts["suites"]) in [(2, 3), (3, 4)]


@pytest.mark.parametrize("log", ["many-failed-new", "many-failed-old", "many-failed-dot-new", "many-failed-dot-old"])
def test_mocha_tells_totals_and_the_whole_names(log: str) -> None:
    assert READERS["mocha_summary"](lines_of(f"mocha/{log}"), {}) == {
        "passed": 1,
        "skipped": 1,
        "failed": 5,
        "total": 7,
        "failing": [
            "an order has lines",
            "cart > adds up",
            "cart > has a name",
            "cart > with tax > rounds",
            'orders > "before all" hook for "has a number"',
        ],
    }


@pytest.mark.parametrize("log", ["many-new", "many-old", "many-verbose-new", "many-verbose-old"])
def test_unittest_tells_failures_from_errors(log: str) -> None:
    cart, orders = "tests.test_cart.CartTest", "tests.test_orders"
    assert READERS["unittest_summary"](lines_of(f"python/unittest-{log}"), {}) == {
        "total": 8,
        "failed": 4,
        "errors": 2,
        "skipped": 1,
        "xfailed": 1,
        "failing": [f"{cart}.test_tax", f"{cart}.test_total", f"{orders}.OrdersTest.test_lines"],
        "erroring": [f"{cart}.test_name", f"{orders}.StockTest"],
    }


def test_unittest_as_django_runs_it_tells_how_many_passed() -> None:
    facts = READERS["unittest_summary"](lines_of("django/tests-failed"), {})
    assert {name: facts[name] for name in ("total", "failed", "errors", "passed")} == {
        "total": 3,
        "failed": 1,
        "errors": 1,
        "passed": 1,
    }


def test_go_counts_parts_of_tests_and_packages() -> None:
    failing = ["TestAddsUp", "TestTax/of_a_pen", "TestTax/of_paper", "TestLines", "TestNumber"]
    packages: dict[str, Value] = {"packages": 4, "packages_failed": 3, "packages_unbuilt": 1}
    assert READERS["go_test_summary"](lines_of("go/many-failed"), {}) == {**packages, "failed": 5, "failing": failing}
    verbose = READERS["go_test_summary"](lines_of("go/many-failed-verbose"), {})
    assert verbose == {**FIVE, "packages": 3, "packages_failed": 2, "failing": failing}


@pytest.mark.parametrize(
    ("test", "said"),
    [
        ("TestAddsUp", "cart_test.go:6: total = 3, want 4"),
        ("TestTax/of_paper", "cart_test.go:12: no rate at all"),
        ("TestNumber", "orders_test.go:7: number = 1, want 2"),
        ("TestEmpty", None),
    ],
)
def test_what_a_go_test_said_before_its_verdict(test: str, said: str | None) -> None:
    lines = lines_of("go/many-failed-verbose")
    assert READERS["go_test_summary"](lines, {"test": test}).get("said") == said
    assert "said" not in READERS["go_test_summary"](lines, {"test": test, "message": "known"})


def test_cargo_adds_the_programs_up() -> None:
    facts = READERS["cargo_test_summary"](lines_of("rust/many-failed"), {})
    assert facts == {
        **FIVE,
        "binaries": 4,
        "binaries_failed": 3,
        "failing": ["tests::adds_up", "tests::rounds", "has_a_number", "has_lines", "src/lib.rs - total (line 1)"],
    }
    quiet = READERS["cargo_test_summary"](lines_of("rust/many-failed-first"), {})
    assert (quiet["failed"], quiet["total"], quiet["failing"]) == (2, 4, ["tests::adds_up", "tests::rounds"])


def test_maven_adds_the_modules_up_and_not_the_classes() -> None:
    assert READERS["junit_maven_summary"](lines_of("java/many-failed-maven"), {}) == {
        "total": 8,
        "failed": 3,
        "errors": 2,
        "skipped": 1,
        "passed": 2,
        "failing": ["CartTest.addsUp", "CartTest.rounds", "OrdersTest.hasLines"],
        "erroring": ["CartTest.hasName", "OrdersTest.hasNumber"],
    }


def test_playwright_tells_failing_from_flaky() -> None:
    facts = READERS["playwright_summary"](lines_of("playwright/many-failed"), {})
    numbers = {"total": 16, "failed": 8, "flaky": 2, "skipped": 2, "did_not_run": 2, "passed": 2}
    assert facts.items() >= numbers.items()
    assert facts["flaky_tests"] == [f"[{name}] › e2e/cart.spec.js:8:1 › is flaky" for name in ("desktop", "mobile")]
    for reporter in ("list", "line"):
        facts = READERS["playwright_summary"](lines_of(f"playwright/many-failed-{reporter}"), {})
        assert (facts["failed"], facts["total"], len(listed(facts["failing"]))) == (5, 8, 5)


@pytest.mark.parametrize(
    ("log", "leg", "stopped_at", "applied"),
    [
        ("alembic/forward-leg-failed", "upgrade", "2b3c4d5e6f7a", 1),
        ("alembic/rollback-leg-failed", "rollback", "2b3c4d5e6f7a", 2),
        ("alembic/second-leg-failed", "second upgrade", "2b3c4d5e6f7a", 5),
        ("django/migrate-failed", "upgrade", "storefront.0002_total", 1),
        ("django/migrate-back-failed", "rollback", "storefront.0002_total", 1),
    ],
)
def test_the_leg_that_stopped_and_its_revision(log: str, leg: str, stopped_at: str, applied: int) -> None:
    facts = READERS["migration_leg"](lines_of(log), {})
    assert facts == {"leg": leg, "stopped_at": stopped_at, "applied": applied}


def test_silent_about_a_leg_when_none_stopped() -> None:
    assert (
        read("migration_leg", "INFO  [alembic.runtime.migration] Running upgrade  -> 1a2b, orders\nTests begin") == {}
    )
    assert read("migration_leg", "  Applying shop.0001_initial... OK\nTraceback (most recent call last):") == {}


@pytest.mark.parametrize(
    ("reader", "text", "facts"),
    [
        ("jest_summary", "web:test: Tests:       1 failed, 2 total", {"failed": 1, "total": 2}),
        ("jest_summary", "Tests: 1 failed, 2 total\nTests: 3 passed, 3 total", {"failed": 1, "total": 2}),
        ("jest_summary", "Test Suites: 1 failed, 2 of 7 total", {"suites_failed": 1, "suites": 7}),
        ("jest_summary", "  ● Console\n  ● Test suite failed to run", {}),
        ("vitest_summary", "     Errors  2 errors", {"unhandled": 2}),
        ("mocha_summary", "  2 passing (1m)\n  1 pending", {"passed": 2, "skipped": 1, "total": 3}),
        ("unittest_summary", "Ran 1 test in 0.1s\n\nOK", {"total": 1, "passed": 1}),
        ("unittest_summary", "Ran 0 tests in 0.000s\n\nNO TESTS RAN", {"total": 0, "passed": 0}),
        ("go_test_summary", "ok  \texample.com/shop\t(cached)", {"packages": 1, "packages_failed": 0}),
        (
            "go_test_summary",
            "=== FAIL: cart TestTax (0.00s)\n\nDONE 9 tests, 1 skipped, 1 failure in 0.012s",
            {"total": 9, "skipped": 1, "failed": 1, "failing": ["TestTax"]},
        ),
        (
            "cargo_test_summary",
            "        FAIL [   0.002s] shop tests::rounds\n"
            "     Summary [   0.019s] 8 tests run: 7 passed, 1 failed, 1 skipped",
            {"passed": 7, "failed": 1, "skipped": 1, "total": 8, "failing": ["shop tests::rounds"]},
        ),
        (
            "junit_maven_summary",
            "Failed tests:   addsUp(shop.CartTest): expected:<4> but was:<3>\n  rounds(shop.CartTest): no\n\n"
            "Tests in error: \n  hasName(shop.CartTest)\n\nTests run: 5, Failures: 2, Errors: 1, Skipped: 0\n",
            {
                "total": 5,
                "failed": 2,
                "errors": 1,
                "skipped": 0,
                "passed": 2,
                "failing": ["addsUp(shop.CartTest)", "rounds(shop.CartTest)"],
                "erroring": ["hasName(shop.CartTest)"],
            },
        ),
        (
            "junit_maven_summary",
            "shop.CartTest > addsUp() FAILED\n\n9 tests completed, 1 failed, 2 skipped",
            {"total": 9, "failed": 1, "skipped": 2, "passed": 6, "failing": ["shop.CartTest > addsUp()"]},
        ),
    ],
)
def test_other_versions_wrappers_and_several_runs(reader: str, text: str, facts: dict[str, Value]) -> None:
    assert read(reader, text) == facts


@pytest.mark.parametrize(
    ("text", "actual", "required", "facts"),
    [
        ("Tests: 38/40 passed", "95.0", "98", {"short": 3.0, "rate_passed": 38, "rate_total": 40, "needed": 2}),
        ("2 failed, 38 passed in 0.05s", "95", "98", {"short": 3.0, "rate_passed": 38, "rate_total": 40, "needed": 2}),
        ("Passed: 9 of 10", "90", "100", {"short": 10.0, "rate_passed": 9, "rate_total": 10, "needed": 1}),
        ("Tests: 1/40 passed", "95.0", "98", {"short": 3.0}),
        ("", "99", "98", {}),
        ("", "most", "98", {}),
    ],
)
def test_how_many_tests_have_yet_to_pass(text: str, actual: str, required: str, facts: dict[str, Value]) -> None:
    assert read("pass_rate", text, actual=actual, required=required) == facts


def test_names_are_bounded_distinct_and_without_secrets() -> None:
    assert len(shown(str(number) for number in range(99))) == MOST_NAMES
    assert shown(["a", " a ", "b  c"]) == ["a", "b c"]
    assert len(shown(["x" * 999])[0]) == MOST_NAME
    assert "hunter2" not in shown(["test_login[password=hunter2hunter2]"])[0]


HOSTILE = [
    "FAIL  " + " > a" * 200 + " FAILED",
    "A" + " > b" * 250 + " FAILS",
    "1 passed, " * 99 + "in",
    "Tests: " + "1 failed, " * 90,
    "Tests  1 failed" + " | 1 a" * 150,
    "test result: FAILED. " + "1 a; " * 190,
    "--- FAIL: " + "Test/" * 180 + " (0.00s)",
    "Running upgrade " + ", " * 480,
    "  1) " + " " * 900,
    "FAILED (" + "a" * 900 + ")",
    "Ran 1 test in 1.0s",
    "ERROR a.py::" + " - " * 300,
    "9 of " * 190,
    "x" * 200_000,
]


@pytest.mark.parametrize("reader", sorted(READERS))
def test_hostile_text_takes_no_longer_than_its_size(reader: str) -> None:
    lines = HOSTILE * 40
    started = time.perf_counter()
    facts = READERS[reader](lines, {"actual": "50", "required": "90"})
    assert time.perf_counter() - started < 2
    assert facts.keys() <= FACTS[reader]
    assert all(len(value) <= MOST_NAMES for value in facts.values() if isinstance(value, list))


def listed(value: Value) -> Sequence[str]:
    assert isinstance(value, list)
    return value
