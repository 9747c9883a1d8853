"""A variable that the code reads and the workflow does not set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from diagnosis.probes import Answer
from diagnosis.repo import Unknown
from diagnosis.workflow_yaml import parse
from tests.tree import CI, Files, Tree, apply, ask, checkout, texts

WORKFLOW = """
name: CI
on: [push]
jobs:
  lint:
    runs-on: ubuntu-latest
    env:
      APP_MODE: "test"
      JWT_SECRET_KEY: ${{ secrets.JWT_SECRET_KEY }}
    steps:
      - run: ruff check
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: pytest
"""
SETTINGS = 'import os\n\nAPP_MODE = os.environ["APP_MODE"]\nJWT = os.environ["JWT_SECRET_KEY"]\n'
FILES: Files = {CI: WORKFLOW, "shop/settings.py": SETTINGS}
LOG = """
shop/settings.py:4: in <module>
    JWT = os.environ["JWT_SECRET_KEY"]
<frozen os>:685: in __getitem__
    ???
E   KeyError: 'JWT_SECRET_KEY'
"""


def answer(files: Files | Tree = FILES, variable: str = "JWT_SECRET_KEY", log: str = LOG, **told: Any) -> Answer | None:
    captures = {"variable": variable, **told.pop("captures", {})}
    return ask("missing_variable", files, captures, log=log, **told)


def test_the_line_that_reads_it_and_the_job_that_sets_it_are_named() -> None:
    told = answer()
    assert told
    assert told.why == (
        "`shop/settings.py` line 4 needs `JWT_SECRET_KEY`, and neither `.github/workflows/ci.yml` as a whole nor its "
        "job `test` (line 11) nor this step sets it. The job `lint` (line 8) does."
    )


def test_the_patch_sets_it_as_the_other_job_does(tmp_path: Path) -> None:
    told = answer()
    assert told
    apply(checkout(tmp_path, FILES), told.fixes[0])
    (text,) = texts(tmp_path, [CI])
    model = parse(CI, text)
    assert model
    assert model.jobs[1].env["JWT_SECRET_KEY"].text == "${{ secrets.JWT_SECRET_KEY }}"
    assert "    env:\n      JWT_SECRET_KEY: ${{ secrets.JWT_SECRET_KEY }}\n    steps:\n" in text


def test_fields_of_a_settings_class_in_a_folder_of_their_own(tmp_path: Path) -> None:
    """pydantic, a prefix, an example file, an environment that the job has already."""
    files = {
        CI: """
            on: push
            jobs:
                checks:
                    runs-on: ubuntu-latest
                    defaults: {run: {working-directory: services/api}}
                    env:
                        CI_MODE: "1"
                    steps:
                        - run: python -m unittest
            """,
        "services/api/app/config.py": """
            from pydantic_settings import BaseSettings, SettingsConfigDict
            class AppConfig(BaseSettings):
                model_config = SettingsConfigDict(env_prefix="APP_")
                log_level: str
                debug: bool
            """,
        "services/api/.env.example": "# local\nAPP_LOG_LEVEL=INFO  # or DEBUG\nAPP_DEBUG=true\n",
    }
    told = answer(
        files,
        "log_level",
        "",
        captures={"second": "debug", "settings": "AppConfig"},
        job="checks",
        step="Run python -m unittest",
    )
    assert told
    assert "`services/api/app/config.py` line 4 needs `APP_LOG_LEVEL`, `APP_DEBUG`" in told.why
    assert "`services/api/.env.example` line 2 does; locally a `.env` made from it does." in told.why
    apply(checkout(tmp_path, files), told.fixes[0])
    assert (
        '            CI_MODE: "1"\n            APP_LOG_LEVEL: INFO\n            APP_DEBUG: "true"\n'
        in texts(tmp_path, [CI])[0]
    )


def test_a_folded_value_is_not_torn_apart(tmp_path: Path) -> None:
    workflow = WORKFLOW.replace("  test:\n", "  test:\n    env:\n      FLAGS: --one\n        --two\n")
    files = {**FILES, CI: workflow}
    told = answer(files)
    assert told
    assert not told.fixes[0].files


def test_a_secret_of_an_example_is_neither_shown_nor_taken() -> None:
    files = {
        CI: WORKFLOW.replace("      JWT_SECRET_KEY: ${{ secrets.JWT_SECRET_KEY }}\n", ""),
        "shop/settings.py": SETTINGS,
        ".env.example": "JWT_SECRET_KEY=sesame-open\n",
    }
    told = answer(files)
    assert told
    assert "sesame" not in told.why + told.fixes[0].says
    assert not told.fixes[0].files
    assert "`JWT_SECRET_KEY: ${{ secrets.JWT_SECRET_KEY }}`" in told.fixes[0].says


def test_a_variable_of_nearly_the_same_name_is_named() -> None:
    files = {
        CI: "on: push\njobs:\n  test:\n    env:\n      JWT_SECRET: a\n    steps:\n      - run: pytest\n",
        "shop/settings.py": SETTINGS,
    }
    told = answer(files)
    assert told
    assert "The job sets `JWT_SECRET` (line 5), which is nearly called so." in told.why
    assert told.fixes[0].says == "If `JWT_SECRET` is meant, give both the same name."


@pytest.mark.parametrize(
    ("files", "variable"),
    [
        pytest.param({**FILES, CI: f"env: {{JWT_SECRET_KEY: a}}{WORKFLOW}"}, "JWT_SECRET_KEY", id="it is set"),
        pytest.param(
            {
                **FILES,
                CI: WORKFLOW.replace(
                    "- run: pytest", "- run: echo JWT_SECRET_KEY=a >> $GITHUB_ENV\n      - run: pytest"
                ),
            },
            "JWT_SECRET_KEY",
            id="a step may set it",
        ),
        pytest.param({"shop/settings.py": SETTINGS}, "JWT_SECRET_KEY", id="no workflow"),
        pytest.param({**FILES, CI: Unknown("forbidden")}, "JWT_SECRET_KEY", id="the workflow cannot be read"),
        pytest.param(FILES, "order.id", id="no name of a variable"),
        pytest.param(FILES, "QUEUE", id="nobody reads it, nobody sets it"),
        pytest.param(
            {**FILES, CI: "on: push\njobs:\n  test:\n    uses: ./.github/workflows/other.yml\n"},
            "JWT_SECRET_KEY",
            id="the job calls another workflow",
        ),
    ],
)
def test_silent_where_it_may_be_set_or_is_not_known(files: Files, variable: str) -> None:
    assert answer(files, variable, LOG) is None


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("class Settings(BaseModel):\n    queue: str\n", id="no settings class"),
        pytest.param("class Settings(BaseSettings):\n    topic: str\n", id="no such field"),
        pytest.param("class Settings(BaseSettings:\n", id="it does not parse"),
    ],
)
def test_silent_where_the_field_is_not_found(code: str) -> None:
    files = {CI: WORKFLOW, "shop/settings.py": code}
    assert answer(files, "queue", "", captures={"settings": "Settings"}) is None


def test_silent_where_the_step_is_not_known_and_one_of_the_job_sets_it() -> None:
    files = {**FILES, CI: f"{WORKFLOW.rstrip()}\n        env: {{APP_MODE: test}}\n"}
    assert answer(files, "APP_MODE", step="Run another") is None
    assert answer(FILES, "APP_MODE", step="Run another") is not None
