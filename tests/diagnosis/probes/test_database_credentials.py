"""A user or database in the error that the job's service was not created with: who names it, and how to read it."""

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
      postgres:
        image: postgres:15
        env:
          POSTGRES_USER: test_user
          POSTGRES_PASSWORD: test_password
          POSTGRES_DB: shop_test
        ports:
          - 5432:5432
    env:
      DATABASE_URL: postgresql+asyncpg://test_user:test_password@localhost:5432/shop_test
    steps:
      - uses: actions/checkout@v4
      - run: pytest
        working-directory: backend
"""
CONFTEST = '''
"""Fixtures."""

import asyncio

import pytest

TEST_DB_PASSWORD = read_password()
TEST_DATABASE_URL = f"postgresql+asyncpg://shop:{TEST_DB_PASSWORD}@localhost:5432/shop_test"


@pytest.fixture
async def redis_client(settings):
    redis_url = f"redis://:{settings.redis_password}@localhost:6379/1"
    yield connect(redis_url)
'''
FILES: Files = {CI: WORKFLOW, "backend/tests/conftest.py": CONFTEST}


def answer(
    files: Files | Tree = FILES,
    signature: str = "postgresql/password-failed",
    captures: dict[str, str] | None = None,
    **told: Any,
) -> Answer | None:
    return ask("database_credentials", files, captures or {"user": "shop"}, signature=signature, **told)


def test_the_other_user_and_who_writes_it_are_named() -> None:
    told = answer()
    assert told
    assert told.why == (
        "The tests log in as `shop`, and the service `postgres` was created with `test_user` (`POSTGRES_USER`, "
        "`.github/workflows/ci.yml` line 10). `backend/tests/conftest.py` line 8 writes `shop`, and does not read "
        "`DATABASE_URL`, which the job sets. Locally it works wherever the server has `shop`."
    )
    assert told.facts == {
        "user_sent": "shop",
        "user_created": "test_user",
        "service": "postgres",
        "named_in": "backend/tests/conftest.py:8",
        "siblings": ["backend/tests/conftest.py:13"],
    }
    assert "line 13 (`redis_url`)" in told.fixes[0].says


def test_with_the_patch_the_variable_is_read_first(tmp_path: Path) -> None:
    told = answer()
    assert told
    apply(checkout(tmp_path, FILES), told.fixes[0])
    (text,) = texts(tmp_path, ["backend/tests/conftest.py"])
    assert "import asyncio\nimport os\n\nimport pytest\n" in text
    assert (
        "TEST_DATABASE_URL = os.getenv(\n"
        '    "DATABASE_URL",\n'
        '    f"postgresql+asyncpg://shop:{TEST_DB_PASSWORD}@localhost:5432/shop_test",\n'
        ")\n"
    ) in text


def test_a_password_that_only_github_knows_hides_nothing_else() -> None:
    secret = WORKFLOW.replace("test_user:test_password@", "test_user:${{ secrets.DB_PASSWORD }}@")
    told = answer(
        {
            **FILES,
            CI: secret.replace("POSTGRES_PASSWORD: test_password", "POSTGRES_PASSWORD: ${{ secrets.DB_PASSWORD }}"),
        }
    )
    assert told
    assert "does not read `DATABASE_URL`, which the job sets" in told.why
    assert told.fixes[0].files


def test_what_compose_creates_tells_why_it_works_locally() -> None:
    compose = 'services:\n  db:\n    image: postgres:15\n    environment:\n      POSTGRES_USER: "shop"\n'
    told = answer({**FILES, "docker-compose.yml": compose})
    assert told
    assert "Locally it works, because `docker-compose.yml` line 5 creates `shop`." in told.why


def test_a_driver_that_the_variable_does_not_name_is_put_into_it(tmp_path: Path) -> None:
    files = {**FILES, CI: WORKFLOW.replace("postgresql+asyncpg://", "postgresql://")}
    told = answer(files)
    assert told
    apply(checkout(tmp_path, files), told.fixes[0])
    assert (
        ').replace("postgresql://", "postgresql+asyncpg://", 1)\n' in texts(tmp_path, ["backend/tests/conftest.py"])[0]
    )


def test_other_names_in_another_layout(tmp_path: Path) -> None:
    """MySQL, a settings dictionary, one flat application, the variable of the user alone."""
    files = {
        CI: """
            on: push
            jobs:
                checks:
                    name: checks on ${{ matrix.python }}
                    strategy: {matrix: {python: ["3.12"]}}
                    runs-on: ubuntu-latest
                    services:
                        db:
                            image: docker.io/library/mariadb:11
                            env: {MARIADB_USER: ci, MARIADB_PASSWORD: ci, MARIADB_DATABASE: library}
                    env:
                        DB_USER: ci
                    steps:
                        - name: Unit tests
                          run: python manage.py test
            """,
        "library/settings/test.py": """
            import os
            DATABASES = {"default": {"ENGINE": "django.db.backends.mysql", "USER": "librarian", "NAME": "library"}}
            """,
        ".env.example": "MARIADB_USER=librarian\n",
    }
    told = answer(files, "mysql/access-denied", {"user": "librarian"}, job="checks on 3.12", step="Unit tests")
    assert told
    assert "created with `ci` (`MARIADB_USER`, `.github/workflows/ci.yml` line 10)" in told.why
    assert "`.env.example` line 1 creates `librarian`" in told.why
    apply(checkout(tmp_path, files), told.fixes[0])
    assert '"USER": os.getenv("DB_USER", "librarian"), "NAME"' in texts(tmp_path, ["library/settings/test.py"])[0]


def test_the_workflow_itself_disagrees(tmp_path: Path) -> None:
    files = {CI: WORKFLOW.replace("asyncpg://test_user:test_password@", "asyncpg://shop:other@")}
    told = answer(files)
    assert told
    assert "`DATABASE_URL` in line 16 of the same file names `shop`" in told.why
    assert "other" not in told.why.replace("another", "")
    apply(checkout(tmp_path, files), told.fixes[0])
    assert texts(tmp_path, [CI])[0] == WORKFLOW.lstrip("\n")


def test_a_database_that_the_service_does_not_create() -> None:
    files = {CI: WORKFLOW.replace("5432/shop_test", "5432/shop_tests")}
    told = answer(files, "postgresql/database-missing", {"database": "shop_tests"})
    assert told
    assert "ask for the database `shop_tests`" in told.why
    assert "created with `shop_test`" in told.why


def test_a_fallback_that_is_taken_because_its_variable_is_not_set() -> None:
    conftest = 'import os\nURL = os.getenv("TEST_DB_URL", "postgresql://shop:shop@localhost/shop_test")\n'
    told = answer({CI: WORKFLOW, "tests/conftest.py": conftest})
    assert told
    assert "line 2 falls back to it, because `TEST_DB_URL` is not set in this step" in told.why
    assert [file.path for file in told.fixes[0].files] == [CI]


def test_a_default_of_the_settings_that_no_variable_overrides(tmp_path: Path) -> None:
    """The service's password is a secret; it stays one."""
    files = {
        CI: WORKFLOW.replace(
            "DATABASE_URL: postgresql+asyncpg://test_user:test_password@localhost:5432/shop_test", "A: b"
        ).replace("POSTGRES_PASSWORD: test_password", "POSTGRES_PASSWORD: ${{ secrets.DB_PASSWORD }}"),
        "app/config.py": """
            class Settings(BaseSettings):
                model_config = SettingsConfigDict(env_prefix="SHOP_")
                database_url: str = "postgresql+asyncpg://shop:local@localhost/shop"
            """,
    }
    told = answer(files)
    assert told
    assert "`app/config.py` line 3 falls back to it, because `SHOP_DATABASE_URL` is not set in this step" in told.why
    assert "local@" not in told.why
    apply(checkout(tmp_path, files), told.fixes[0])
    url = "postgresql+asyncpg://test_user:${{ secrets.DB_PASSWORD }}@localhost:5432/shop_test"
    assert f'      A: b\n      SHOP_DATABASE_URL: "{url}"\n' in texts(tmp_path, [CI])[0]


def test_a_variable_that_nobody_sets_or_reads_yet_comes_with_both_patches(tmp_path: Path) -> None:
    files = {**FILES, CI: WORKFLOW.replace("      DATABASE_URL: postgresql+asyncpg://", "      OTHER: http://")}
    told = answer(files)
    assert told
    apply(checkout(tmp_path, files), told.fixes[0])
    code, workflow = texts(tmp_path, ["backend/tests/conftest.py", CI])
    assert 'os.getenv(\n    "DATABASE_URL",' in code
    assert "DATABASE_URL: postgresql+asyncpg://test_user:test_password@localhost:5432/shop_test\n" in workflow


ALEMBIC: Files = {
    CI: WORKFLOW,
    "backend/alembic.ini": """
        [alembic]
        script_location = %(here)s/migrations
        sqlalchemy.url = postgresql://shop:a@localhost/shop
        """,
    "backend/migrations/env.py": "engine = engine_from_config(config.get_section('alembic'))\n",
}


def test_the_settings_of_alembic_are_named() -> None:
    told = answer(ALEMBIC, log="##[group]Run alembic upgrade head")
    assert told
    assert "`backend/alembic.ini` line 3 names `shop`, and its `env.py` takes no address" in told.why


@pytest.mark.parametrize(
    ("changed", "log"),
    [
        pytest.param({}, "##[group]Run pytest", id="Alembic did not run"),
        pytest.param(
            {"backend/migrations/env.py": "config.set_main_option('sqlalchemy.url', get_url())\n"},
            "alembic upgrade head",
            id="env.py takes another address",
        ),
        pytest.param({"backend/migrations/env.py": Unknown("forbidden")}, "alembic", id="env.py cannot be read"),
    ],
)
def test_silent_about_alembic_where_its_settings_may_not_count(changed: Files, log: str) -> None:
    assert answer({**ALEMBIC, **changed}, log=log) is None


def test_a_role_of_the_system_means_that_no_user_was_named() -> None:
    files = {
        CI: WORKFLOW.replace("      DATABASE_URL: postgresql+asyncpg://test_user:test_password", "      HOST: http://")
    }
    told = answer(files, "postgresql/role-missing", {"user": "root"})
    assert told
    assert "named no user" in told.why
    assert "`PGUSER` in the job's `env:`, with `test_user`" in told.fixes[0].says


def test_another_password_is_told_without_showing_it() -> None:
    told = answer(
        {CI: WORKFLOW.replace("test_user:test_password@", "test_user:hunter2@")}, captures={"user": "test_user"}
    )
    assert told
    assert "names the right user, `test_user`, and another password" in told.why
    assert "hunter2" not in told.why + told.fixes[0].says
    assert "test_password" not in told.why + told.fixes[0].says


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({**FILES, CI: WORKFLOW.replace("image: postgres:15", "image: redis:7")}, id="no such service"),
        pytest.param(
            {**FILES, CI: WORKFLOW.replace("POSTGRES_USER: test_user", "POSTGRES_USER: ${{ secrets.DB_USER }}")},
            id="the service's user is a secret",
        ),
        pytest.param({CI: WORKFLOW, "backend/tests/conftest.py": "import pytest\n"}, id="nobody names the user"),
        pytest.param(
            {CI: WORKFLOW, "backend/tests/conftest.py": CONFTEST.replace("@localhost", "@db.example.com")},
            id="the URL is of another machine",
        ),
        pytest.param(
            {
                CI: WORKFLOW,
                "backend/tests/conftest.py": 'import os\nURL = os.environ.get("DATABASE_URL", "postgresql://shop@localhost/a")\n',
            },
            id="the fallback is not taken: the job sets the variable",
        ),
        pytest.param({**FILES, CI: WORKFLOW.replace("test_user", "shop")}, id="the same user and password"),
        pytest.param(
            {**FILES, CI: WORKFLOW.replace("@localhost:5432/", "@db.example.com:5432/")},
            id="the tests use a server elsewhere",
        ),
        pytest.param(
            {
                CI: WORKFLOW,
                "app/settings.py": 'class Settings(BaseSettings):\n    database_url: str = "postgresql://shop:a@localhost/shop"\n',
            },
            id="a field that the environment overrides",
        ),
        pytest.param(
            {
                CI: WORKFLOW,
                "app/settings.py": '@dataclass\nclass Database:\n    url: str = "postgresql://shop@localhost/a"\n',
            },
            id="a default that a caller may replace",
        ),
        pytest.param({**FILES, "backend/tests/conftest.py": Unknown("forbidden")}, id="the file cannot be read"),
        pytest.param({**FILES, "backend/tests/conftest.py": "URL = (\n"}, id="the file does not parse"),
        pytest.param(Tree(FILES, paths=Unknown("truncated")), id="the tree cannot be told"),
        pytest.param({"backend/tests/conftest.py": CONFTEST}, id="no workflow"),
    ],
)
def test_silent_where_nothing_proves_a_mismatch(files: Files | Tree) -> None:
    assert answer(files) is None
