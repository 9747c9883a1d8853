"""Readers: what the text of a step tells beyond the match itself. Registered in `FACTS`, one file each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Final, cast

from diagnosis.report import Value

Reader = Callable[[Sequence[str], Mapping[str, str]], dict[str, Value]]
"""From the cleaned lines of a step and the finding's captures to facts by name."""

_TESTS: Final = frozenset({"total", "passed", "failed", "skipped", "failing"})
_OF_PYTEST: Final = frozenset(
    {"errors", "erroring", "warnings", "deselected", "xfailed", "xpassed", "reruns", "duration", "common_fixture"}
)
_SUITES: Final = frozenset({"suites", "suites_failed", "suites_passed"})

FACTS: Final[Mapping[str, frozenset[str]]] = {
    "cargo_test_summary": _TESTS | {"binaries", "binaries_failed"},
    "coverage_gate": frozenset({"short", "baseline"}),
    "coverage_table": frozenset({"statements", "missed", "least_covered"}),
    "earlier_tests": _TESTS | _OF_PYTEST | {"to_mend"},
    "file_above": frozenset({"file", "spots"}),
    "go_test_summary": _TESTS | {"errors", "packages", "packages_failed", "packages_unbuilt", "said"},
    "jest_summary": _TESTS | _SUITES | {"todo"},
    "junit_maven_summary": _TESTS | {"errors", "erroring", "flaky"},
    "migration_leg": frozenset({"leg", "stopped_at", "applied"}),
    "mocha_summary": _TESTS,
    "module_owner": frozenset({"own", "expected", "unpathed", "unsure"}),
    "pass_rate": frozenset({"short", "rate_passed", "rate_total", "needed"}),
    "pip_versions": frozenset({"nearest", "python"}),
    "playwright_summary": _TESTS | {"flaky", "flaky_tests", "interrupted", "did_not_run"},
    "pytest_summary": _TESTS | _OF_PYTEST,
    "rspec_failure": frozenset({"said"}),
    "unittest_summary": _TESTS | {"errors", "erroring", "xfailed", "xpassed"},
    "vitest_summary": _TESTS | _SUITES | {"todo", "unhandled"},
}
"""The facts that each reader may give; the texts of a signature may use no others."""

OF_EARLIER_STEPS: Final = frozenset({"earlier_tests"})
"""Readers that are given the steps before the finding's own too: a gate judges what an earlier step ran."""


class _Readers(Mapping[str, Reader]):
    """By name; each is imported when it is asked for, as a log needs few of them."""

    def __getitem__(self, name: str) -> Reader:
        if name not in FACTS:
            raise KeyError(name)
        return cast(Reader, getattr(import_module(f"diagnosis.readers.{name}"), name))

    def __iter__(self) -> Iterator[str]:
        return iter(FACTS)

    def __len__(self) -> int:
        return len(FACTS)


READERS: Final = _Readers()
"""Those that `FACTS` lists: the function in the module of its own name."""
