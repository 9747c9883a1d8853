"""Syntax that the job's Python is too old for: the matrix, the promise, and the line that heals a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from diagnosis.probes import Answer
from diagnosis.repo import Unknown
from tests.tree import CI, Files, Tree, apply, ask, checkout

UNION = "python/union-syntax-needs-3-10"
WORKFLOW = """
    jobs:
      test:
        strategy:
          matrix:
            python-version: ["3.9", "3.11"]
        steps:
          - run: pytest
    """
LOG = """
    platform linux -- Python 3.9.18, pytest-8.4.2, pluggy-1.6.0
    tests/test_prices.py:1: in <module>
        from shop.prices import price
    shop/prices.py:{line}: in <module>
        def price(value: int | None) -> float:
    E   TypeError: unsupported operand type(s) for |: 'type' and 'NoneType'
    """
PRICES = (
    '#!/usr/bin/env python\n"""Prices."""\n\nimport os\n\n\ndef price(value: int | None) -> float:\n    return 1 | 2\n'
)
FILES: Files = {
    CI: WORKFLOW,
    "pyproject.toml": '[project]\nname = "shop"\nrequires-python = ">=3.9"\n',
    "shop/prices.py": PRICES,
    "tests/test_prices.py": "",
}


def answer(files: Files | Tree = FILES, job: str = "test (3.9)", line: int = 7, log: str = LOG) -> Answer | None:
    captures = {"operands": "'type' and 'NoneType'"}
    log = log.replace("{line}", str(line))
    return ask("syntax_needs_newer_python", files, captures, log=log, signature=UNION, job=job)


def test_needed_running_and_promised_versions_are_set_against_each_other() -> None:
    told = answer()
    assert told
    assert told.facts == {"needs": "3.10", "runs": "3.9", "promised": ">=3.9"}
    assert f"`shop/prices.py` line 7 needs Python 3.10, and this job runs 3.9. `{CI}` line 5 asks for it" in told.why
    assert "`3.11` there can read it" in told.why
    assert "`pyproject.toml` line 3 says `>=3.9`, so 3.9 is promised" in told.why


def test_with_the_patch_annotations_are_no_longer_evaluated(tmp_path: Path) -> None:
    told = answer()
    assert told
    checkout(tmp_path, FILES)
    apply(tmp_path, told.fixes[0])
    text = (tmp_path / "shop/prices.py").read_text()
    assert '"""Prices."""\n\nfrom __future__ import annotations\n\nimport os\n' in text
    names: dict[str, Any] = {}
    exec(compile(text, "prices.py", "exec", dont_inherit=True), names)
    assert names["price"].__annotations__["value"] == "int | None"


def test_a_version_that_nobody_promised_is_dropped_first() -> None:
    told = answer({**FILES, "pyproject.toml": '[tool.poetry.dependencies]\npython = "^3.10"\n'})
    assert told
    assert told.fixes[0].says == f"Drop Python 3.9 in `{CI}` line 5."
    assert "not even promised" in told.why


def test_a_statement_in_a_monorepo_with_setup_cfg_and_a_log_that_tells_the_version() -> None:
    files = {
        "api/setup.cfg": "[options]\npython_requires = >=3.8\n",
        "api/app/run.py": "\nmatch x:\n    case 1: pass\n",
    }
    workflow = "jobs:\n  unit:\n    steps:\n      - {name: Run pytest, run: pytest, working-directory: api}\n"
    captures = {"path": "/home/runner/work/app/app/api/app/run.py", "line": "2", "statement": "match x:"}
    log = "/opt/hostedtoolcache/Python/3.8.18/x64/bin/python"
    told = ask(
        "syntax_needs_newer_python", {**files, CI: workflow}, captures, log=log, job="unit",
        signature="python/syntax-needs-newer-python",
    )  # fmt: skip
    assert told
    assert told.facts == {"needs": "3.10", "runs": "3.8", "promised": ">=3.8"}
    assert "`api/setup.cfg` line 2" in told.fixes[1].says
    assert not told.fixes[0].files


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            PRICES.replace("import os", "from pydantic import BaseModel"), id="pydantic evaluates annotations"
        ),
        pytest.param(PRICES + "Price = int | None\n", id="an alias would stop as well"),
        pytest.param(PRICES.replace("import os", "X = int | str"), id="a union outside annotations"),
        pytest.param("\n" * 6 + "price = check(int | None)\n", id="the line is no annotation"),
    ],
)
def test_no_patch_where_postponing_would_not_heal_it(text: str) -> None:
    told = answer({**FILES, "shop/prices.py": text})
    assert told
    assert not any(fix.files for fix in told.fixes)


@pytest.mark.parametrize(
    ("files", "job", "log"),
    [
        pytest.param(FILES, "test (3.11)", LOG, id="the matrix and the log disagree"),
        pytest.param(FILES, "test (3.11)", LOG.replace("3.9.18", "3.11.2"), id="the version is new enough"),
        pytest.param({path: FILES[path] for path in ("shop/prices.py",)}, "test", LOG, id="neither matrix nor promise"),
        pytest.param({CI: WORKFLOW, "pyproject.toml": ""}, "test (3.9)", LOG, id="the file is not in the commit"),
        pytest.param(FILES, "test", LOG.replace("Python 3.9.18", "PyPy"), id="no version is told"),
        pytest.param(FILES, "test (3.9)", "Python 3.9.18", id="no frame above the error"),
        pytest.param(Tree(FILES, paths=Unknown("truncated")), "test (3.9)", LOG, id="the tree cannot be told"),
    ],
)
def test_silent_where_the_versions_or_the_place_are_not_sure(files: Files | Tree, job: str, log: str) -> None:
    assert answer(files, job, log=log) is None
