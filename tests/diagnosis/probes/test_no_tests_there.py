"""A folder without tests that a step wants to run."""

from __future__ import annotations

from pathlib import Path

import pytest

from diagnosis.probes import Answer
from diagnosis.repo import Unknown
from diagnosis.workflow_yaml import parse
from tests.tree import CI, Files, Tree, apply, ask, checkout, texts

WORKFLOW = """
jobs:
  test:
    steps:
      - name: Run pytest
        # the slow ones
        run: {}
      - run: pytest tests/unit
"""
FILES: Files = {
    CI: WORKFLOW.format("python -m pytest -v tests/integration"),
    "tests/integration/README.md": "",
    "tests/integration/__init__.py": "",
    "tests/integration/conftest.py": "",
    "tests/unit/test_it.py": "",
}


def answer(files: Files | Tree = FILES, **captures: str) -> Answer | None:
    return ask("no_tests_there", files, captures)


def test_the_folder_and_what_it_holds_are_named() -> None:
    told = answer()
    assert told
    assert told.title == "`tests/integration` holds no tests yet"
    assert "It holds `README.md`, `__init__.py`, `conftest.py`, and nothing that is called" in told.why


def test_with_the_patch_the_step_waits(tmp_path: Path) -> None:
    told = answer()
    assert told
    apply(checkout(tmp_path, FILES), told.fixes[0])
    (text,) = texts(tmp_path, [CI])
    assert text.count("        if: hashFiles('tests/integration/**/test_*.py', 'tests/integration/**/*_test.py')") == 1
    model = parse(CI, text)
    assert model
    assert model.jobs[0].steps[0].condition.startswith("hashFiles(")
    assert not model.jobs[0].steps[1].condition


def test_below_a_working_directory_and_without_a_name(tmp_path: Path) -> None:
    files: Files = {
        CI: "jobs:\n  test:\n    steps:\n      - run: pytest tests/e2e/\n        working-directory: api\n",
        "api/tests/e2e/.gitkeep": "",
    }
    told = ask("no_tests_there", files, {}, step="Run pytest tests/e2e/")
    assert told
    apply(checkout(tmp_path, files), told.fixes[0])
    (text,) = texts(tmp_path, [CI])
    assert "      - if: hashFiles('api/tests/e2e/**/test_*.py', " in text
    model = parse(CI, text)
    assert model
    assert model.jobs[0].steps[0].run == "pytest tests/e2e/"


def test_a_step_with_a_condition_keeps_it() -> None:
    told = answer({**FILES, CI: WORKFLOW.format("pytest tests/integration\n        if: always()")})
    assert told
    assert [bool(fix.files) for fix in told.fixes] == [False]


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({**FILES, "tests/integration/deep/test_a.py": ""}, id="there is one"),
        pytest.param({**FILES, "tests/integration/a_test.py": ""}, id="there is one of the other form"),
        pytest.param({**FILES, "pytest.ini": "[pytest]\npython_files = check_*.py\n"}, id="they are called otherwise"),
        pytest.param({**FILES, CI: WORKFLOW.format("pytest tests/integration tests/unit")}, id="two folders"),
        pytest.param({**FILES, CI: WORKFLOW.format("pytest tests/other")}, id="another folder"),
        pytest.param({**FILES, CI: WORKFLOW.format("pytest tests/integration -k slow")}, id="an expression chooses"),
        pytest.param({**FILES, CI: WORKFLOW.format("pytest")}, id="no folder at all"),
        pytest.param({**FILES, CI: WORKFLOW.format("make integration")}, id="a task calls pytest"),
        pytest.param({key: text for key, text in FILES.items() if key != CI}, id="no workflow"),
        pytest.param(Tree(FILES, paths=Unknown("truncated")), id="not all files are known"),
    ],
)
def test_silent_when(files: Files | Tree) -> None:
    assert answer(files) is None


def test_silent_when_tests_were_deselected() -> None:
    assert answer(deselected="3") is None
