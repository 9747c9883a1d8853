"""A Redis of the job and a URL of the tests of which only one has a password."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from diagnosis.probes import Answer
from diagnosis.repo import Unknown
from tests.tree import CI, Files, Tree, apply, ask, checkout, texts

WORKFLOW = """
name: CI
on: [push]
jobs:
  test:
    runs-on: ubuntu-latest
    services:
      redis:
        image: redis:7-alpine
        ports:
          - 6379:6379
    env:
      REDIS_URL: redis://localhost:6379/0
      ENVIRONMENT: test
    steps:
      - run: pytest
"""
CONFTEST = '''
"""Fixtures."""
from __future__ import annotations

import pytest
import redis.asyncio as redis

from shop.config import settings


@pytest.fixture
async def redis_client():
    redis_url = f"redis://:{settings.redis_password}@localhost:6379/1"
    client = redis.from_url(redis_url)
    yield client
'''
FILES: Files = {CI: WORKFLOW, "tests/conftest.py": CONFTEST}
PROTECTED = """
on: push
jobs:
  checks:
    runs-on: ubuntu-latest
    container: python:3.12
    services:
      cache:
        image: bitnami/redis:7.2
        env:
          REDIS_PASSWORD: sesame
    env:
      CACHE_URL: redis://cache:6379/0
    steps:
      - name: Unit tests
        run: python -m unittest
"""


def answer(files: Files | Tree = FILES, signature: str = "password-unexpected", **told: Any) -> Answer | None:
    return ask("redis_credentials", files, {}, signature=f"redis/{signature}", **told)


def protected(workflow: str, signature: str = "password-required") -> Answer | None:
    return answer({CI: workflow}, signature, job="checks", step="Unit tests")


def test_the_line_that_builds_the_url_and_the_common_fixture_are_named() -> None:
    told = answer(facts={"common_fixture": "redis_client", "errors": 197})
    assert told
    assert told.why == (
        "The service `redis` (`.github/workflows/ci.yml` line 7) has no password. `tests/conftest.py` line 12 (in "
        "`redis_client`) builds the URL with a password, `redis://:{settings.redis_password}@localhost:6379/1`, and "
        "does not read `REDIS_URL`, which the job sets. All 197 tests stopped in setup and never ran: the fixture "
        "`redis_client` is what they share. Locally it works, where the Redis has that password."
    )
    assert told.fixes[0].consequence == "In CI the tests then use database 0 and not 1."


def test_with_the_patch_the_variable_is_read_first(tmp_path: Path) -> None:
    told = answer()
    assert told
    apply(checkout(tmp_path, FILES), told.fixes[0])
    (text,) = texts(tmp_path, ["tests/conftest.py"])
    assert "annotations\n\nimport os\n\nimport pytest\n" in text
    assert (
        "    redis_url = os.getenv(\n"
        '        "REDIS_URL",\n'
        '        f"redis://:{settings.redis_password}@localhost:6379/1",\n'
        "    )\n"
    ) in text


def test_a_variable_that_the_job_does_not_set_comes_with_the_patch(tmp_path: Path) -> None:
    files = {
        ".github/workflows/ci.yml": WORKFLOW.replace("      REDIS_URL: redis://localhost:6379/0\n", "").replace(
            "- 6379:6379", "- 6380:6379"
        ),
        "api/app/config.py": 'import os\nCACHE = "redis://:pw@localhost/2"\n',
    }
    told = answer(files)
    assert told
    assert "pw" not in told.why
    apply(checkout(tmp_path, files), told.fixes[0])
    workflow, code = texts(tmp_path, [CI, "api/app/config.py"])
    assert "      ENVIRONMENT: test\n      REDIS_URL: redis://localhost:6380/0\n" in workflow
    assert code == 'import os\nCACHE = os.getenv("REDIS_URL", "redis://:pw@localhost/2")\n'


def test_a_password_that_is_a_variable_of_its_own_and_that_the_image_does_not_read() -> None:
    workflow = WORKFLOW.replace("ENVIRONMENT: test", "REDIS_PASSWORD: sesame").replace(
        "7-alpine", "7-alpine\n        env: {REDIS_PASSWORD: sesame}"
    )
    told = answer({CI: workflow})
    assert told
    assert "has no password, for the image does not read `REDIS_PASSWORD` (line 9)" in told.why
    assert "`REDIS_PASSWORD` in line 14 of the same file" in told.why
    assert "sesame" not in told.why


def test_the_same_pattern_elsewhere_in_the_file_is_named() -> None:
    more = 'BROKER = "amqp://guest:guest@localhost:5672"\nREMOTE = "postgresql://db.example.com/shop"\n'
    told = answer({**FILES, "tests/conftest.py": CONFTEST.rstrip() + "\n\n\n" + more})
    assert told
    assert told.fixes[0].says.endswith(" The same pattern stands in line 17 (`BROKER`) of the file.")


def test_a_password_in_the_workflow_is_taken_out(tmp_path: Path) -> None:
    files = {CI: WORKFLOW.replace("redis://localhost", "redis://:hunter2@localhost")}
    told = answer(files)
    assert told
    assert "`REDIS_URL` in line 12 of the same file sends one" in told.why
    assert "hunter2" not in told.why
    apply(checkout(tmp_path, files), told.fixes[0])
    assert texts(tmp_path, [CI])[0] == WORKFLOW.lstrip("\n")


def test_a_server_with_a_password_and_a_url_without() -> None:
    told = protected(PROTECTED)
    assert told
    assert told.why == (
        "The service `cache` (`.github/workflows/ci.yml` line 10) wants a password, and `CACHE_URL` in line 12 of the "
        "same file sends none."
    )
    assert "`redis://:PASSWORD@HOST:PORT/0`" in told.fixes[0].says
    assert "without a password (line 10)" in told.fixes[1].says


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        pytest.param("redis://:other@cache:6379/0", "has another password", id="another password"),
        pytest.param("redis://shop:sesame@cache:6379/0", "names the user `shop`", id="a user"),
    ],
)
def test_a_password_that_is_refused(url: str, reason: str) -> None:
    told = protected(PROTECTED.replace("redis://cache:6379/0", url), "password-wrong")
    assert told
    assert reason in told.why
    assert "sesame" not in told.why + told.fixes[0].says


@pytest.mark.parametrize(
    ("files", "signature"),
    [
        pytest.param(FILES, "password-required", id="the service has no password, and none is missing"),
        pytest.param(
            {**FILES, CI: WORKFLOW.replace("7-alpine", "7\n        options: --requirepass x")},
            "password-unexpected",
            id="the service has a password",
        ),
        pytest.param({CI: WORKFLOW, "tests/conftest.py": ""}, "password-unexpected", id="nobody sends a password"),
        pytest.param(
            {CI: WORKFLOW, "tests/conftest.py": CONFTEST.replace("@localhost", "@cache.example.com")},
            "password-unexpected",
            id="the URL is of another machine",
        ),
        pytest.param(
            {
                CI: WORKFLOW,
                "tests/conftest.py": 'import os\nURL = os.getenv("REDIS_URL", "redis://:a@localhost")\n',
            },
            "password-unexpected",
            id="the variable is read first already",
        ),
        pytest.param(
            {**FILES, CI: WORKFLOW.replace("redis://localhost", "redis://cache.example.com")},
            "password-unexpected",
            id="the tests use a server elsewhere",
        ),
        pytest.param(
            {**FILES, CI: WORKFLOW.replace("image: redis:7-alpine", "image: postgres:16")},
            "password-unexpected",
            id="no such service",
        ),
        pytest.param(
            {**FILES, "tests/conftest.py": Unknown("forbidden")}, "password-unexpected", id="the file cannot be read"
        ),
        pytest.param(Tree(FILES, paths=Unknown("truncated")), "password-unexpected", id="the tree cannot be told"),
        pytest.param({"tests/conftest.py": CONFTEST}, "password-unexpected", id="no workflow"),
        pytest.param({CI: PROTECTED}, "password-wrong", id="another job"),
    ],
)
def test_silent_where_nothing_proves_which_side_is_wrong(files: Files | Tree, signature: str) -> None:
    assert answer(files, signature) is None
