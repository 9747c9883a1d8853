"""What stands beside any finding: a masked step, and tests that the run leaves out."""

from __future__ import annotations

import pytest

from diagnosis.prober import Prober
from diagnosis.repo import Unknown
from diagnosis.report import Finding
from tests.tree import CI, Files, Tree, finding

MASKED = """
    jobs:
      test:
        steps:
          - run: make
          - name: Types
            run: mypy shop
            continue-on-error: true  # for now
          - name: Run pytest
            run: |
              pytest --ignore=tests/old \\
                --ignore tests/slow tests
    """


def told(files: Files | Tree, signature: str = "mypy/error", step: str = "Types", severity: str = "error") -> Finding:
    tree = files if isinstance(files, Tree) else Tree(files)
    return Prober(tree.around()).explain(finding(signature, step=step, severity=severity), (), ())


def test_a_step_that_may_fail_is_told_as_such() -> None:
    found = told({CI: MASKED})
    assert found.why == f"Why. This does not turn the job red: the step has `continue-on-error: true` (`{CI}` line 7)."
    assert found.facts == {"step_may_fail": True}
    assert found.places[-1].line == 7


def test_tests_that_the_command_ignores_are_counted() -> None:
    found = told({CI: MASKED}, "pytest/collection-error", "Run pytest")
    assert "2 paths are not collected at all (`tests/old`, `tests/slow`" in found.why
    assert f"`{CI}` line 10" in found.why
    assert found.facts == {"ignored_tests": ["tests/old", "tests/slow"]}


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("pyproject.toml", '[tool.pytest.ini_options]\naddopts = ["-q", "--ignore=tests/old"]\n', 2),
        ("api/pytest.ini", "[pytest]\naddopts =\n    -q\n    --ignore-glob=*/old/*\n", 4),
        ("setup.cfg", "[x]\ny = 1\n[tool:pytest]\naddopts = --ignore tests/old\n", 4),
    ],
)
def test_tests_that_the_settings_ignore_are_named_with_their_line(path: str, text: str, line: int) -> None:
    workflow = "jobs: {test: {steps: [{name: Run pytest, run: pytest, working-directory: api}]}}\n"
    found = told({CI: workflow, path: text}, "pytest/collection-error", "Run pytest")
    assert "One path is not collected at all" in found.why
    assert f"`{path}` line {line}" in found.why


@pytest.mark.parametrize(
    ("files", "signature", "step", "severity"),
    [
        pytest.param({CI: MASKED}, "mypy/error", "Run make", "error", id="another step may fail"),
        pytest.param({CI: MASKED}, "mypy/error", "Types", "note", id="only a note"),
        pytest.param({CI: MASKED}, "mypy/error", "Unknown", "error", id="no such step"),
        pytest.param(
            {CI: MASKED.replace("true", "${{ matrix.experimental }}")},
            "mypy/error",
            "Types",
            "error",
            id="an expression",
        ),
        pytest.param({CI: MASKED}, "pytest/test-failed", "Run pytest", "error", id="no fault of collecting"),
        pytest.param(
            {"pytest.ini": "[pytest]\n", "setup.cfg": "[tool:pytest]\naddopts = --ignore=x\n"},
            "pytest/collection-error",
            "Run pytest",
            "error",
            id="settings that pytest does not read",
        ),
        pytest.param(
            {"pytest.ini": "[pytest]\n# --ignore=x\n"}, "pytest/collection-error", "Run pytest", "error", id="a comment"
        ),
        pytest.param({"pytest.ini": Unknown("big")}, "pytest/collection-error", "Run pytest", "error", id="unreadable"),
        pytest.param(
            Tree({CI: MASKED}, paths=Unknown("cut")), "pytest/x", "Run pytest", "error", id="no tree is known"
        ),
    ],
)
def test_silent_where_nothing_bears_on_the_finding(
    files: Files | Tree, signature: str, step: str, severity: str
) -> None:
    found = told(files, signature, step, severity)
    assert found.why == "Why."
    assert found.facts == {}
