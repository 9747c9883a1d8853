"""What readers tell of a step's text, on what pytest and coverage.py really print."""

from __future__ import annotations

import pytest

from diagnosis.engine import JobLog, diagnose
from diagnosis.readers import FACTS, READERS
from diagnosis.readers.coverage_gate import coverage_gate
from diagnosis.readers.coverage_table import coverage_table
from diagnosis.readers.earlier_tests import earlier_tests
from diagnosis.readers.pytest_summary import pytest_summary
from diagnosis.report import Value
from tests.whole import CATALOGUE

SETUP_ERRORS = """\
==================================== ERRORS ====================================
___________________ ERROR at setup of test_a_cart_is_emptied ___________________

    @pytest.fixture
    def store():
>       return connect(url)
E       redis.exceptions.AuthenticationError: Authentication required.
__________________ ERROR at setup of test_a_cart_is_paid _______________________

    @pytest.fixture(scope="session")
    async def queue(store):
    @pytest.fixture
    def store():
E       redis.exceptions.AuthenticationError: Authentication required.
=========================== short test summary info ============================
ERROR tests/test_cart.py::test_a_cart_is_emptied
ERROR tests/test_cart.py::test_a_cart_is_paid
============================== 2 errors in 0.31s ===============================
"""

TABLE = """\
Name                  Stmts   Miss  Cover   Missing
---------------------------------------------------
shop/__init__.py          0      0   100%
shop/cart.py             40     30    25%   4-12, 15
shop/prices and tax.py   10      9    10%   1-9
TOTAL                    50     39    22%
"""

BRANCHES = """\
Name           Stmts   Miss Branch BrPart   Cover
-------------------------------------------------
shop/cart.py      40     30     12      2  25.50%
TOTAL             40     30     12      2  25.50%
"""


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        (
            "=== 1164 passed, 3 warnings in 61.20s (0:01:01) ===",
            {"passed": 1164, "warnings": 3, "duration": 61.2, "total": 1164},
        ),
        ("1 failed, 2 passed, 1 error in 0.52s", {"failed": 1, "passed": 2, "errors": 1, "duration": 0.52, "total": 4}),
        ("=== 1 failed, 3 rerun in 2.00s ===", {"failed": 1, "reruns": 3, "duration": 2.0, "total": 1}),
        ("1 passed in 0.01s\n=== 2 passed in 0.02s ===", {"passed": 2, "duration": 0.02, "total": 2}),
        ("no tests ran in 0.01s", {}),
        ("3 files changed in 0.01s", {}),
        (
            SETUP_ERRORS,
            {
                "errors": 2,
                "duration": 0.31,
                "common_fixture": "store",
                "total": 2,
                "erroring": ["tests/test_cart.py::test_a_cart_is_emptied", "tests/test_cart.py::test_a_cart_is_paid"],
            },
        ),
        (
            "FAILED tests/test_a.py::test_n[a b] - assert 7 not in (7, 30)\n"
            "[gw1] [ 50%] ERROR tests/test_b.py::test_x \n"
            "1 failed, 1 error in 0.10s",
            {
                "failed": 1,
                "errors": 1,
                "duration": 0.1,
                "total": 2,
                "failing": ["tests/test_a.py::test_n[a b]"],
                "erroring": ["tests/test_b.py::test_x"],
            },
        ),
        (
            "ERROR tests/test_b.py - ImportError: no\n1 passed, 1 error in 0.10s",
            {"passed": 1, "errors": 1, "duration": 0.1, "erroring": ["tests/test_b.py"]},
        ),
    ],
)
def test_the_totals_of_pytest(text: str, facts: dict[str, Value]) -> None:
    assert pytest_summary(text.splitlines(), {}) == facts


def test_the_least_covered_files_are_those_with_most_to_gain() -> None:
    assert coverage_table(TABLE.splitlines(), {}) == {
        "statements": 50,
        "missed": 39,
        "least_covered": ["shop/cart.py 25%", "shop/prices and tax.py 10%"],
    }
    assert coverage_table(BRANCHES.splitlines(), {})["least_covered"] == ["shop/cart.py 25.50%"]
    assert coverage_table(["no table here"], {}) == {}


@pytest.mark.parametrize(
    ("actual", "required", "facts"),
    [
        ("35.33", "80", {"short": 44.67, "baseline": 35}),
        ("79.99", "80", {"short": 0.01, "baseline": 79}),
        ("0", "30", {"short": 30.0, "baseline": 0}),
        ("90", "80", {}),
        ("many", "80", {}),
    ],
)
def test_the_baseline_of_a_gate_is_never_above_what_was_measured(
    actual: str, required: str, facts: dict[str, Value]
) -> None:
    assert coverage_gate([], {"actual": actual, "required": required}) == facts


GATED = """\
##[group]Run pytest tests || true
##[endgroup]
FAILED tests/test_cart.py::test_a_cart_is_paid - assert False
========================= 1 failed, 9 passed in 0.31s =========================
##[group]Run python tools/gate.py
##[endgroup]
Pass rate 90.0% is below the 98% threshold
##[error]Process completed with exit code 1.
"""


def test_a_gate_in_a_step_of_its_own_names_the_tests_of_the_steps_before_it() -> None:
    found = diagnose([JobLog("a.log", GATED.encode())], CATALOGUE).findings[0]
    assert found.signature == "pytest/pass-rate-below-gate"
    assert found.facts["to_mend"] == ["tests/test_cart.py::test_a_cart_is_paid"]
    assert "What fails: `tests/test_cart.py::test_a_cart_is_paid`." in found.why


def test_nothing_is_to_mend_where_no_test_is_named() -> None:
    assert earlier_tests(["3 passed in 0.10s"], {}) == {"passed": 3, "duration": 0.1, "total": 3}


def test_every_reader_declares_its_facts() -> None:
    assert FACTS.keys() == READERS.keys()
    assert set(pytest_summary(SETUP_ERRORS.splitlines(), {})) <= FACTS["pytest_summary"]
    assert set(coverage_gate([], {"actual": "1", "required": "2"})) <= FACTS["coverage_gate"]
    assert set(coverage_table(TABLE.splitlines(), {})) <= FACTS["coverage_table"]
