"""A service that cannot be imported or reached, where the repository can do without it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from diagnosis.probes import Answer
from diagnosis.repo import Unknown
from tests.tree import CI, Files, Tree, apply, ask, checkout, texts

WORKFLOW = """
name: CI
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    env:
      LOG_LEVEL: INFO
    steps:
      - run: pytest
"""
OTHER = """
name: Integration
on: push
jobs:
  unit:
    runs-on: ubuntu-latest
    env:
      SHOP_DISABLE_VECTORDB: "true"
    steps:
      - run: pytest
"""
CODE = 'import os\n\nDISABLED = os.getenv("SHOP_DISABLE_VECTORDB") == "true"\n'
FILES: Files = {CI: WORKFLOW, ".github/workflows/integration.yaml": OTHER, "shop/config.py": CODE}


def answer(
    files: Files | Tree = FILES,
    captures: dict[str, str] | None = None,
    signature: str = "python/module-not-found",
    **told: Any,
) -> Answer | None:
    return ask("mocked_service", files, captures or {"module": "vectordb"}, signature=signature, **told)


def test_the_variable_and_who_reads_and_sets_it_are_named() -> None:
    told = answer()
    assert told
    assert told.why == (
        "The repository has a variable to do without `vectordb`: `SHOP_DISABLE_VECTORDB` (`shop/config.py` line 3 "
        "reads it; `.github/workflows/integration.yaml` line 7 sets it to `true`). The job `test` does not set it."
    )
    assert told.fixes[0].consequence == "The job then says nothing about the real service."


def test_the_patch_sets_it_for_the_job(tmp_path: Path) -> None:
    told = answer()
    assert told
    apply(checkout(tmp_path, FILES), told.fixes[0])
    assert '      LOG_LEVEL: INFO\n      SHOP_DISABLE_VECTORDB: "true"\n    steps' in texts(tmp_path, [CI])[0]


def test_a_service_that_is_not_reached_and_a_file_of_the_traceback(tmp_path: Path) -> None:
    """No other workflow: the code alone tells the variable and the value that it compares with."""
    files = {
        CI: "on: push\njobs:\n    checks:\n        runs-on: ubuntu-latest\n        steps:\n            - run: tox\n",
        "src/library/search.py": 'import os\nFAKE = os.environ.get("MOCK_ELASTIC_SEARCH", "0") == "1"\n',
    }
    told = answer(
        files,
        {"host": "elasticsearch.internal.example", "port": "9200"},
        "network/connection-refused",
        job="checks",
        step="Run tox",
        log="src/library/search.py:9: in connect\n    client.ping()\n",
    )
    assert told
    assert told.facts == {"flag": "MOCK_ELASTIC_SEARCH", "told_in": "src/library/search.py:2"}
    apply(checkout(tmp_path, files), told.fixes[0])
    assert '        env:\n            MOCK_ELASTIC_SEARCH: "1"\n        steps:\n' in texts(tmp_path, [CI])[0]


def test_a_mock_endpoint_is_known_by_the_variable_that_names_it() -> None:
    files = {
        CI: WORKFLOW.replace("LOG_LEVEL: INFO", "ROUTER_BASE_URL: http://localhost:8001/v1"),
        "shop/settings.py": 'import os\nSKIP = os.getenv("SKIP_ROUTER")\n',
    }
    told = answer(files, {"host": "localhost", "port": "8001"}, "network/connection-refused")
    assert told
    assert told.facts["flag"] == "SKIP_ROUTER"
    assert not told.fixes[0].files


@pytest.mark.parametrize(
    ("files", "module"),
    [
        pytest.param(FILES, "requests", id="a variable for something else"),
        pytest.param({CI: WORKFLOW, "shop/config.py": "import os\n"}, "vectordb", id="no variable"),
        pytest.param(
            {CI: WORKFLOW, "shop/config.py": 'import os\nURL = os.getenv("VECTORDB_URL")\n'},
            "vectordb",
            id="a variable that neither mocks nor disables",
        ),
        pytest.param(
            {CI: WORKFLOW, "shop/config.py": 'import os\nURL = os.getenv("DISABLE_VECTORDB_TLS")\n'},
            "vectordb",
            id="a variable that disables a part of it",
        ),
        pytest.param(
            {**FILES, CI: WORKFLOW.replace("LOG_LEVEL: INFO", "SHOP_DISABLE_VECTORDB: 'false'")},
            "vectordb",
            id="the job decides for the real one",
        ),
        pytest.param(
            {**FILES, CI: WORKFLOW.replace("run: pytest", "run: SHOP_DISABLE_VECTORDB=true pytest")},
            "vectordb",
            id="the step sets it",
        ),
        pytest.param({**FILES, "shop/vectordb.py": ""}, "vectordb", id="a module of the repository's own"),
        pytest.param({**FILES, CI: Unknown("forbidden")}, "vectordb", id="the workflow cannot be read"),
        pytest.param({"shop/config.py": CODE}, "vectordb", id="no workflow"),
        pytest.param(Tree(FILES, paths=Unknown("truncated")), "lancet", id="the tree cannot be told"),
    ],
)
def test_silent_where_no_variable_does_without_it(files: Files | Tree, module: str) -> None:
    assert answer(files, {"module": module}) is None
