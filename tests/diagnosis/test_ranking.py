"""Which of several findings comes first: told as small logs and the signature that must lead."""

from __future__ import annotations

import pytest

from diagnosis.catalogue import Catalogue, Signature, load
from diagnosis.engine import JobLog, diagnose
from diagnosis.report import Kind
from diagnosis.steps import FailedStep


def signature(identifier: str, pattern: str, kind: Kind = "cause", **more: object) -> Signature:
    values = {"title": identifier, "category": "build", "why": "w", "fix": "f", "source": "s", **more}
    return Signature(id=identifier, pattern=pattern, kind=kind, **values)  # type: ignore[arg-type]


CATALOGUE = Catalogue(
    [
        signature(
            "deps/module-missing",
            r"No module named '(?P<module>\w+)'",
            beats=("gate/coverage", "generic/*"),
            group_by="{module}",
        ),
        signature("deps/install-failed", r"Could not install packages", beats=("deps/module-missing",)),
        signature("gate/coverage", r"coverage of \d+ not reached"),
        signature("test/setup", r"ERROR at setup of", "symptom"),
        signature("make/failed", r"make: \*\*\* .* Error", "wrapper"),
        signature("run/program-failed", r"ProgramError: exit status \d+", "wrapper"),
        signature("old/warning", r"DeprecationWarning: (?P<message>.*)", "note"),
        signature("cc/error", r"error: undeclared '(?P<name>\w+)'", group_by="{name}"),
        signature(
            "generic/exception", r"^(?P<kind>\w+Error): ", confidence="medium", decisive="last", group_by="{kind}"
        ),
    ]
)


def lead(log: str) -> list[str | None]:
    return [finding.signature for finding in diagnose([JobLog("a.log", log.encode())], CATALOGUE).findings]


STEP = "##[group]Run {0}\n\x1b[36;1m{0}\x1b[0m\n##[endgroup]\n"


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        pytest.param("make: *** [all] Error 2\n", [None, "make/failed"], id="a wrapper alone explains nothing"),
        pytest.param(
            "No module named 'a'\nmake: *** [all] Error 2\n", ["deps/module-missing"], id="a cause hides its wrapper"
        ),
        pytest.param(
            "ERROR at setup of x\nNo module named 'a'\n",
            ["deps/module-missing", "test/setup"],
            id="cause before symptom",
        ),
        pytest.param("No module named 'a'\ncoverage of 80 not reached\n", ["deps/module-missing"], id="beats"),
        pytest.param(
            "Could not install packages\nNo module named 'a'\ncoverage of 80 not reached\n",
            ["deps/install-failed"],
            id="beats through others",
        ),
        pytest.param(
            "DeprecationWarning: old\nERROR at setup of x\n",
            ["test/setup", "old/warning"],
            id="a note is never the cause",
        ),
        pytest.param(
            "error: undeclared 'a'\nerror: undeclared 'b'\n", ["cc/error", "cc/error"], id="the first of a cascade"
        ),
        pytest.param(
            "ValueError: a\nKeyError: b\n", ["generic/exception", "generic/exception"], id="the last of a chain"
        ),
        pytest.param(
            "ValueError: a\nProgramError: exit status 1\n",
            ["generic/exception"],
            id="a generic one yields the line to a wrapper that knows it to say nothing",
        ),
        pytest.param(
            STEP.format("lint")
            + "coverage of 80 not reached\n##[error]Process completed with exit code 1.\n"
            + STEP.format("test")
            + "error: undeclared 'a'\n##[error]Process completed with exit code 1.\n",
            ["gate/coverage", "cc/error"],
            id="the first failing step before what still ran after it",
        ),
        pytest.param(
            STEP.format("install || true")
            + "Could not install packages\n"
            + STEP.format("test")
            + "No module named 'a'\n##[error]Process completed with exit code 1.\n",
            ["deps/module-missing"],
            id="what a surviving step said beats nothing in the failing one and is not listed beside it",
        ),
        pytest.param(
            STEP.format("install || true")
            + "Could not install packages\n"
            + STEP.format("test")
            + "it broke\n##[error]Process completed with exit code 1.\n",
            [None, "deps/install-failed"],
            id="what a surviving step said is a hint where the failing one says nothing",
        ),
        pytest.param(
            STEP.format("test")
            + "No module named 'a'\n##[error]Process completed with exit code 1.\n"
            + STEP.format("report")
            + "ValueError: a\n##[error]Process completed with exit code 1.\n",
            ["deps/module-missing", "generic/exception"],
            id="a generic one is not explained by a cause in another failed step",
        ),
        pytest.param(
            STEP.format("test") + "ValueError: a\nNo module named 'a'\n##[error]Process completed with exit code 1.\n",
            ["deps/module-missing"],
            id="a generic one is explained by a cause in its own step",
        ),
        pytest.param(
            "##[group]Run echo\n\x1b[36;1mecho \"No module named 'a'\"\x1b[0m\n##[endgroup]\nERROR at setup of x\n"
            "##[error]Process completed with exit code 1.\n",
            ["test/setup"],
            id="the echo of the script is not its output",
        ),
    ],
)
def test_what_comes_first(log: str, expected: list[str | None]) -> None:
    assert lead(log) == expected


def test_the_first_of_a_cascade_and_the_last_of_a_chain_are_shown() -> None:
    compiled = diagnose([JobLog("a", b"x\nerror: undeclared 'a'\nerror: undeclared 'b'\n")], CATALOGUE)
    raised = diagnose([JobLog("a", b"ValueError: a\nKeyError: b\n")], CATALOGUE)
    assert compiled.findings[0].lines == (2,)
    assert raised.findings[0].lines == (2,)


@pytest.mark.parametrize(
    ("log", "confidence"),
    [
        pytest.param("No module named 'a'\n", "high", id="what a person copied out of a log"),
        pytest.param(STEP.format("test") + "No module named 'a'\n##[error]x\n", "high", id="a step that failed"),
        pytest.param(STEP.format("test") + "No module named 'a'\nretrying\n", "medium", id="a log that stops"),
    ],
)
def test_how_sure_it_is_of_a_log_that_stops_in_the_middle(log: str, confidence: str) -> None:
    (found,) = diagnose([JobLog("a.log", log.encode())], CATALOGUE).findings
    assert (found.signature, found.confidence) == ("deps/module-missing", confidence)


def test_what_a_step_said_that_github_let_the_job_survive_is_not_listed() -> None:
    """Both steps carry the runner's mark; GitHub names the one that counts."""
    first, second = "2026-03-06T06:59:13.68Z ", "2026-03-06T06:59:19.68Z "
    log = "".join(
        f"{clock}{line}\n"
        for clock, name, said in (
            (first, "install", "Could not install packages"),
            (second, "test", "error: undeclared 'a'"),
        )
        for line in (f"##[group]Run {name}", "##[endgroup]", said, "##[error]Process completed with exit code 1.")
    )
    told = FailedStep("test", started_at=second.strip(), completed_at=second.strip())
    findings = diagnose([JobLog("a.log", log.encode(), failed_steps=(told,))], CATALOGUE).findings
    assert [(item.signature, item.step) for item in findings] == [("cc/error", "test")]


def test_each_job_gives_its_best_finding_before_any_gives_its_second() -> None:
    logs = [
        JobLog("1_a.txt", b"ERROR at setup of x\nNo module named 'a'\n", "a"),
        JobLog("2_b.txt", b"ERROR at setup of x\n", "b"),
    ]
    report = diagnose(logs, CATALOGUE)
    assert [(item.job, item.signature) for item in report.findings] == [
        ("a", "deps/module-missing"),
        ("b", "test/setup"),
        ("a", "test/setup"),
    ]


COMPLETE = load()
END = "##[error]Process completed with exit code 1.\n"


def first_of(*steps: str) -> tuple[str | None, list[str | None]]:
    """The signature of the best finding and those behind it, of steps that failed each."""
    log = "".join(STEP.format(f"step-{number}") + step + END for number, step in enumerate(steps))
    first, *others = [item.signature for item in diagnose([JobLog("a.log", log.encode())], COMPLETE).findings]
    return first, others


ASSERTION = (
    "=================================== FAILURES ===================================\n"
    "__________________________________ test_total __________________________________\n"
    "\n"
    "    def test_total():\n"
    ">       assert total([1, 2]) == 4\n"
    "E       assert 3 == 4\n"
    "\n"
    "tests/test_total.py:8: AssertionError\n"
)
CAPTURED = "------------------------------ Captured log call -------------------------------\n"
ASSERTION_SUMMARY = (
    "=========================== short test summary info ============================\n"
    "FAILED tests/test_total.py::test_total - assert 3 == 4\n"
    "========================= 1 failed, 7 passed in 0.03s ==========================\n"
)
REDIS = "redis.exceptions.ConnectionError: Error 111 connecting to localhost:6379. Connection refused.\n"
PSQL = (
    'psql: error: connection to server at "localhost" (127.0.0.1), port 5432 failed: Connection refused\n'
    "\tIs the server running on that host and accepting TCP/IP connections?\n"
)
REFUSED = "Error: connect ECONNREFUSED 127.0.0.1:5432\n"
JEST_TOTALS = "Test Suites: 1 failed, 1 passed, 2 total\nTests:       1 failed, 7 passed, 8 total\n"
JEST_ASSERTION = (
    "FAIL src/cart.test.js\n  ● adds tax\n\n    expect(received).toBe(expected) // Object.is equality\n\n"
    "    Expected: 11\n    Received: 10\n\n      at Object.toBe (src/cart.test.js:13:36)\n\n"
)
VITEST_ASSERTION = (
    "⎯⎯⎯⎯⎯⎯⎯ Failed Tests 1 ⎯⎯⎯⎯⎯⎯⎯\n\n FAIL  src/cart.test.ts > adds tax\n"
    "AssertionError: expected 10 to be 11 // Object.is equality\n\n- Expected\n+ Received\n\n- 11\n+ 10\n\n"
    " ❯ src/cart.test.ts:5:25\n\n Test Files  1 failed | 1 passed (2)\n      Tests  1 failed | 2 passed (3)\n"
)
GO_DIAL = "dial tcp 127.0.0.1:6379: connect: connection refused\n"
GO_END = "FAIL\nFAIL\tcorp.example/shop/sum\t0.003s\nok  \tcorp.example/shop/cart\t0.002s\nFAIL\n"
MOCHA_TREE = (
    "  cart\n    ✔ is empty\n    1) adds tax\n\n\n  1 passing (12ms)\n  1 failing\n\n  1) cart\n       adds tax:\n\n"
)
MOCHA_ASSERTION = (
    "      AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:\n\n10 !== 11\n\n"
    "      + expected - actual\n\n      -10\n      +11\n      \n"
    "      at Context.<anonymous> (test/cart.test.js:9:12)\n\n"
)
DIVISION = (
    "Traceback (most recent call last):\n"
    '  File "/home/runner/work/shop/shop/sync.py", line 27, in <module>\n'
    "    price / count\n"
    "ZeroDivisionError: division by zero\n"
)
NODE_FAULT = (
    "/home/runner/work/shop/shop/sync.js:3\n    rows.total();\n         ^\n\nTypeError: rows.total is not a function\n"
    "    at main (/home/runner/work/shop/shop/sync.js:3:10)\n\nNode.js v20.11.0\n"
)
ERRORS_AT_SETUP = (
    "==================================== ERRORS ====================================\n"
    "_________________________ ERROR at setup of test_total _________________________\n"
    "E   redis.exceptions.ConnectionError: Error 111 connecting to localhost:6379. Connection refused.\n"
    "=========================== short test summary info ============================\n"
    "ERROR tests/test_total.py::test_total - redis.exceptions.ConnectionError: Error 111 connecting to localhost:6379\n"
    "ERROR tests/test_total.py::test_empty - redis.exceptions.ConnectionError: Error 111 connecting to localhost:6379\n"
    "============================== 2 errors in 0.03s ===============================\n"
)


@pytest.mark.parametrize(
    ("step", "leads", "beside"),
    [
        pytest.param(
            ASSERTION + CAPTURED + f"WARNING  shop.cache:cache.py:12 {REDIS}" + ASSERTION_SUMMARY,
            "pytest/assertion-failed",
            "redis/connection-refused",
            id="pytest: a test logs that the cache is away, and another value is wrong",
        ),
        pytest.param(
            PSQL + "waiting for postgres\npostgres is ready\n" + ASSERTION + ASSERTION_SUMMARY,
            "pytest/assertion-failed",
            "postgresql/connection-refused",
            id="pytest: the database was waited for",
        ),
        pytest.param(
            "  console.error\n    "
            + REFUSED
            + "\n      at log (src/db.test.js:9:13)\n\n"
            + JEST_ASSERTION
            + JEST_TOTALS,
            "jest/test-failed",
            "network/connection-refused",
            id="Jest: a passing test prints the error it expects, before",
        ),
        pytest.param(
            JEST_ASSERTION
            + "PASS src/db.test.js\n  ● Console\n\n    console.error\n      "
            + REFUSED
            + "\n"
            + JEST_TOTALS,
            "jest/test-failed",
            "network/connection-refused",
            id="Jest: a passing test prints the error it expects, after",
        ),
        pytest.param(
            "stderr | src/api.test.ts > retries\n"
            + REFUSED
            + "\n ✓ src/api.test.ts  (2 tests) 12ms\n"
            + VITEST_ASSERTION,
            "vitest/test-failed",
            "network/connection-refused",
            id="Vitest: a passing test prints the error it expects",
        ),
        pytest.param(
            "2026/05/04 10:00:00 " + GO_DIAL + "--- FAIL: TestSum (0.00s)\n    sum_test.go:9: got 3, want 4\n" + GO_END,
            "go/test-failed",
            "network/connection-refused",
            id="go test: the program logs that the cache is away",
        ),
        pytest.param(
            REFUSED + MOCHA_TREE + MOCHA_ASSERTION,
            "mocha/test-failed",
            "network/connection-refused",
            id="Mocha: a passing test prints the error it expects",
        ),
        pytest.param(
            REDIS + "cache unavailable, going on without\nsyncing 14 rows\n" + DIVISION,
            "generic/python-exception",
            "redis/connection-refused",
            id="a Python script goes on without the cache and divides by zero",
        ),
        pytest.param(
            "metrics: " + REFUSED + "syncing 14 rows\n" + NODE_FAULT,
            "node/uncaught-error",
            "network/connection-refused",
            id="a Node script goes on without the server and calls what is no function",
        ),
    ],
)
def test_what_was_survived_is_listed_behind_the_failure_and_less_sure(step: str, leads: str, beside: str) -> None:
    log = STEP.format("test") + step + END
    findings = diagnose([JobLog("a.log", log.encode())], COMPLETE).findings
    assert findings[0].signature == leads
    assert [item.confidence for item in findings if item.signature == beside] == ["low"]


@pytest.mark.parametrize(
    ("step", "leads"),
    [
        pytest.param(ERRORS_AT_SETUP, "redis/connection-refused", id="pytest: every test errs at its setup"),
        pytest.param(
            ASSERTION.replace("assert 3 == 4", "assert 500 == 200").replace("total([1, 2]) == 4", "status == 200")
            + CAPTURED
            + f"ERROR    shop.web:web.py:12 {REDIS}"
            + ASSERTION_SUMMARY.replace("3 == 4", "500 == 200"),
            "redis/connection-refused",
            id="pytest: the server answers 500, and its log says why",
        ),
        pytest.param(
            PSQL
            + "FAILED tests/test_a.py::test_a - assert 0 == 3\nFAILED tests/test_a.py::test_b - assert 0 == 4\n"
            + "============================== 2 failed in 0.03s ===============================\n",
            "postgresql/connection-refused",
            id="pytest: the database is away from the start and not one test passes",
        ),
        pytest.param(
            "FAIL src/db.test.js\n  ● reads rows\n\n    connect ECONNREFUSED 127.0.0.1:5432\n\n"
            "      at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1555:16)\n\n" + JEST_TOTALS,
            "network/connection-refused",
            id="Jest: the error is the failing test's own",
        ),
        pytest.param(
            "⎯⎯⎯⎯⎯⎯⎯ Failed Tests 1 ⎯⎯⎯⎯⎯⎯⎯\n\n FAIL  src/db.test.ts > reads rows\n"
            + REFUSED
            + " ❯ src/db.test.ts:5:25\n\n"
            " Test Files  1 failed | 1 passed (2)\n      Tests  1 failed | 2 passed (3)\n",
            "network/connection-refused",
            id="Vitest: the error is the failing test's own",
        ),
        pytest.param(
            "--- FAIL: TestCache (0.00s)\n    cache_test.go:9: " + GO_DIAL + GO_END,
            "network/connection-refused",
            id="go test: the error is the failing test's own",
        ),
        pytest.param(
            MOCHA_TREE + "      " + REFUSED + "      at TCPConnectWrap.afterConnect (node:net:1555:16)\n\n",
            "network/connection-refused",
            id="Mocha: the error is the failing test's own",
        ),
        pytest.param(
            REDIS
            + "\nThe above exception was the direct cause of the following exception:\n\n"
            + DIVISION.replace("ZeroDivisionError: division by zero", "RuntimeError: no cache"),
            "redis/connection-refused",
            id="a Python script ends because of it",
        ),
        pytest.param(
            REFUSED
            + NODE_FAULT.replace("rows.total is not a function", "Cannot read properties of undefined (reading 'x')"),
            "network/connection-refused",
            id="a Node script lacks what it could not fetch",
        ),
    ],
)
def test_what_stands_in_the_failure_itself_leads(step: str, leads: str) -> None:
    assert first_of(step)[0] == leads


@pytest.mark.parametrize(
    ("later", "seen"),
    [
        ("curl: (6) Could not resolve host: hooks.corp.example\n", "network/dns-failed"),
        (
            "curl: (7) Failed to connect to hooks.corp.example port 443 after 3 ms: Couldn't connect to server\n",
            "network/connection-refused",
        ),
        ("curl: (28) Connection timed out after 10001 milliseconds\n", "network/timed-out"),
        (
            "fatal: could not read Username for 'https://github.com': No such device or address\n",
            "git/authentication-failed",
        ),
    ],
)
def test_a_later_step_does_not_explain_away_an_earlier_one(later: str, seen: str) -> None:
    first, others = first_of(ASSERTION + ASSERTION_SUMMARY, later)
    assert first == "pytest/assertion-failed"
    assert seen in others


def test_an_install_that_failed_and_was_let_pass_comes_before_the_import_error() -> None:
    install = (
        STEP.format("pip install -r requirements.txt || true")
        + "ERROR: Could not find a version that satisfies the requirement {0} (from versions: 5.1, 6.0)\n"
        "ERROR: No matching distribution found for {0}\n"
    )
    missing = STEP.format("pytest") + "E   ModuleNotFoundError: No module named 'yaml'\n" + END

    def led(requirement: str) -> list[str | None]:
        log = install.format(requirement) + missing
        return [item.signature for item in diagnose([JobLog("a.log", log.encode())], COMPLETE).findings]

    assert led("pyyaml==99.0") == ["pip/no-matching-distribution"]
    assert led("requests==99.0") == ["python/module-not-found", "pip/no-matching-distribution"]


def test_tests_that_fail_for_different_reasons_are_all_told() -> None:
    summary = (
        "=========================== short test summary info ============================\n"
        "FAILED tests/test_x.py::test_one - KeyError: 'apple'\n"
        "FAILED tests/test_x.py::test_two - ValueError: invalid literal for int() with base 10: 'x'\n"
        "FAILED tests/test_x.py::test_three - assert 2 == 3\n"
        "============================== 3 failed in 0.03s ===============================\n"
    )
    findings = diagnose([JobLog("a.log", (STEP.format("pytest") + summary + END).encode())], COMPLETE).findings
    assert [item.captures["test"].partition("::")[2] for item in findings] == ["test_three", "test_one", "test_two"]
    assert "3 tests failed in this run: `tests/test_x.py::test_one`, `tests/test_x.py::test_two`" in findings[0].why
    alone = summary.replace("3 failed", "1 failed, 6 passed").split("\n")
    log = STEP.format("pytest") + "\n".join([alone[0], *alone[3:]]) + END
    assert diagnose([JobLog("a.log", log.encode())], COMPLETE).findings[0].why.endswith("did not hold. 6 passed.")


def test_a_missing_module_does_not_hide_the_type_errors_of_other_files() -> None:
    step = (
        "src/api/client.ts(31,7): error TS2322: Type 'string' is not assignable to type 'number'.\n"
        "src/pages/Home.tsx(3,24): error TS2307: Cannot find module '@/lib/theme' or its type declarations.\n"
        "src/pages/Home.tsx(9,4): error TS7006: Parameter 'theme' implicitly has an 'any' type.\n"
    )
    first, others = first_of(step)
    assert (first, others) == ("typescript/module-not-found", ["typescript/error"])


def test_the_evidence_holds_the_line_that_it_cites() -> None:
    step = (
        "npm ERR! code ERESOLVE\nnpm ERR! ERESOLVE could not resolve\nnpm ERR! \n"
        "npm ERR! While resolving: calendar@3.8.0\nnpm ERR! Found: react@18.2.0\nnpm ERR! node_modules/react\n"
        'npm ERR!   react@"^18.2.0" from the root project\nnpm ERR! \nnpm ERR! Could not resolve dependency:\n'
        'npm ERR! peer react@"^16.9.0" from calendar@3.8.0\n'
    )
    (found,) = diagnose([JobLog("a.log", (STEP.format("npm ci") + step + END).encode())], COMPLETE).findings
    assert (found.signature, found.lines[0]) == ("npm/peer-conflict", 13)
    assert found.evidence == ('npm ERR! peer react@"^16.9.0" from calendar@3.8.0',)
