"""A log and a tree taken through the whole engine: paths below a working directory, probes, commands."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from diagnosis.engine import JobLog, diagnose
from diagnosis.report import Finding
from tests.tree import CI, Files, Tree, apply, checkout
from tests.whole import CATALOGUE

WORKFLOW = """
    name: CI
    on: push
    defaults: {run: {working-directory: ./backend}}
    jobs:
      test:
        strategy: {matrix: {python-version: ["3.11", "3.12"]}}
        steps:
          - uses: actions/checkout@v4
          - name: Unit tests
            run: poetry run pytest -q
    """
CALL = """\
##[group]Run poetry run pytest -q
poetry run pytest -q
shell: /usr/bin/bash -e {0}
##[endgroup]
F                                                                        [100%]
=================================== FAILURES ===================================
_________________________________ test_call _________________________________

    def test_call():
>       Mailer(addresses="x")
E       TypeError: Mailer.__init__() got an unexpected keyword argument 'addresses'

tests/unit/test_mail.py:5: TypeError
=========================== short test summary info ============================
FAILED tests/unit/test_mail.py::test_call - TypeError: Mailer.__init__() got an unexpected keyword argument 'addresses'
1 failed in 0.03s
##[error]Process completed with exit code 1.
"""
BLACK = """\
##[group]Run poetry run black --check .
poetry run black --check .
shell: /usr/bin/bash -e {0}
##[endgroup]
would reformat /home/runner/work/post/post/backend/app/mail.py

Oh no! 💥 💔 💥
1 file would be reformatted, 3 files would be left unchanged.
##[error]Process completed with exit code 1.
"""
FILES: Files = {
    CI: WORKFLOW,
    "backend/poetry.lock": "",
    "backend/pyproject.toml": "[tool.poetry]\nname = 'post'\n\n[tool.black]\nline-length = 100\n",
    "backend/Makefile": "test:\n\tpoetry run pytest -q\nformat:\n\tpoetry run black .\n",
    "backend/app/__init__.py": "",
    "backend/app/mail.py": "class Mailer:\n    def __init__(self, address, port=25):\n        self.port = port\n",
    "backend/tests/unit/test_mail.py": 'from app.mail import Mailer\n\n\ndef test_call():\n    Mailer(addresses="x")\n',
    "frontend/tests/unit/test_mail.py": "",
}


def best(log: str, files: Files | Tree = FILES, name: str = "1_test (3.12).txt") -> Finding:
    tree = files if isinstance(files, Tree) else Tree(files)
    found = diagnose([JobLog(name, log.encode())], CATALOGUE, around=tree.around()).best
    assert found
    return found


def test_paths_of_the_log_lie_below_the_steps_folder() -> None:
    found = best(CALL)
    assert found.signature == "python/unexpected-keyword-argument"
    assert [(place.path, place.line) for place in found.places][:2] == [
        ("backend/tests/unit/test_mail.py", 5),
        ("backend/app/mail.py", 2),
    ]
    assert "`backend/app/mail.py` line 2 takes `address`, `port`" in found.why


def test_the_commands_are_narrowed_and_in_the_repositorys_words() -> None:
    assert best(CALL).verify == (
        "cd backend && poetry run pytest tests/unit/test_mail.py::test_call",
        "cd backend && make test",
    )


def test_the_patch_of_the_report_heals_the_call(tmp_path: Path) -> None:
    checkout(tmp_path, FILES)
    apply(tmp_path, best(CALL).fixes[0])
    assert 'Mailer(address="x")' in (tmp_path / "backend/tests/unit/test_mail.py").read_text()


def test_a_formatters_absolute_path_is_told_below_the_folder_too() -> None:
    workflow = WORKFLOW.replace("Unit tests", "Layout").replace("pytest -q", "black --check .")
    found = best(BLACK, {**FILES, CI: workflow})
    assert found.signature == "black/would-reformat"
    assert found.places[-1].path == "backend/app/mail.py"
    assert "`backend/pyproject.toml` line 5 (`line-length = 100`)" in found.why
    assert found.fixes[0].commands == ("cd backend && make format",)
    assert found.verify[0] == "cd backend && poetry run black --check app/mail.py"


@pytest.mark.parametrize("log", [CALL, BLACK])
def test_few_files_are_read_and_a_large_tree_is_quick(log: str) -> None:
    tree = Tree({**FILES, **{f"lib/part{number % 500}/module{number}.py": "x = 1\n" for number in range(50_000)}})
    best(log, FILES)
    start = time.perf_counter()
    best(log, tree)
    assert time.perf_counter() - start < 3
    assert len(tree.seen) <= 20
