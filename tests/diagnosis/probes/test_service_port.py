"""A connection that was refused, against the services of the job and their ports."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from diagnosis.probes import Answer
from diagnosis.repo import Unknown
from diagnosis.workflow_yaml import parse
from tests.tree import CI, Files, Tree, apply, ask, checkout, texts

HEALTHY = """
name: CI
on: [push]
jobs:
  test:
    runs-on: ubuntu-latest
    services:
      postgres:
        image: postgres:15
        env:
          POSTGRES_USER: test
          POSTGRES_PASSWORD: test
          POSTGRES_DB: shop_test
        ports:
          - 5433:5432
        options: >-
          --health-cmd "pg_isready -U test -d shop_test"
          --health-interval 10s
          --health-timeout 5s
          --health-retries 10
    env:
      DATABASE_URL: postgresql://test:test@localhost:5432/shop_test  # local
    steps:
      - run: pytest
"""
UNHEALTHY = HEALTHY.replace("localhost:5432", "localhost:5433").partition("        options")[0] + (
    "    steps:\n      - run: pytest\n"
)
UNDECLARED = """
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    env:
      DATABASE_URL: postgresql://test:test@localhost:5432/shop_test
      REDIS_URL: redis://localhost:6380/0
    steps:
      - run: pytest
"""
LOCAL = {"host": "localhost", "port": "5432"}


def answer(
    workflow: str | Files | Tree = HEALTHY,
    captures: dict[str, str] | None = None,
    signature: str = "postgresql/connection-refused",
    **told: Any,
) -> Answer | None:
    files: Files | Tree = {CI: workflow} if isinstance(workflow, str) else workflow
    return ask("service_port", files, captures or LOCAL, signature=signature, **told)


def patched(tmp_path: Path, workflow: str, told: Answer | None) -> str:
    """The workflow once the first fix is applied."""
    assert told
    apply(checkout(tmp_path, {CI: workflow}), told.fixes[0])
    (text,) = texts(tmp_path, [CI])
    assert parse(CI, text)
    return text


def test_a_service_that_is_mapped_to_another_port(tmp_path: Path) -> None:
    told = answer()
    assert told
    assert told.why == (
        "The tests ask `localhost:5432`, and the service `postgres` (`.github/workflows/ci.yml` line 7) is on 5433: it "
        "maps `5433:5432`. `DATABASE_URL` (line 21) names the other address."
    )
    assert "`5432:5432`" in told.fixes[1].says
    assert "test:test@localhost:5433/shop_test  # local\n" in patched(tmp_path, HEALTHY, told)


def test_a_secret_in_the_address_is_left_as_it_is(tmp_path: Path) -> None:
    workflow = HEALTHY.replace("test:test@", "test:${{ secrets.DB_PASSWORD }}@")
    assert "test:${{ secrets.DB_PASSWORD }}@localhost:5433/shop_test" in patched(tmp_path, workflow, answer(workflow))


def test_the_parts_of_an_address_are_changed_where_they_stand(tmp_path: Path) -> None:
    """Redis in a job that runs in a container, host and port in variables of their own."""
    workflow = """
on: push
jobs:
    checks:
        runs-on: ubuntu-latest
        container: {image: "node:22"}
        services:
            cache: {image: "redis:7", ports: ["6380:6379"]}
        steps:
            - name: Unit tests
              run: npm test
              env:
                  REDIS_HOST: 127.0.0.1
                  REDIS_PORT: "6380"
"""
    captures = {"host": "127.0.0.1", "port": "6380"}
    told = answer(workflow, captures, "redis/connection-refused", job="checks", step="Unit tests")
    assert told
    assert "runs in a container (`node:22`)" in told.why
    text = patched(tmp_path, workflow, told)
    assert '                  REDIS_HOST: cache\n                  REDIS_PORT: "6379"\n' in text


def test_a_name_that_only_containers_know(tmp_path: Path) -> None:
    workflow = HEALTHY.replace("@localhost:5432", "@postgres:5432")
    told = answer(workflow, {"host": "postgres"}, "network/dns-failed")
    assert told
    assert "only known inside containers" in told.why
    assert "@localhost:5433/shop_test" in patched(tmp_path, workflow, told)


def test_code_that_names_the_port_is_named() -> None:
    files = {
        CI: HEALTHY.replace("DATABASE_URL", "OTHER").replace("postgresql://", "//"),
        "app/db.py": 'URL = "postgresql://test@localhost/shop"\n',
    }
    told = answer(files, signature="network/connection-refused")
    assert told
    assert "`app/db.py` line 1" in told.fixes[0].says


def test_no_port_is_published(tmp_path: Path) -> None:
    workflow = HEALTHY.replace("        ports:\n          - 5433:5432\n", "")
    assert "    ports:\n          - 5432:5432\n" in patched(tmp_path, workflow, answer(workflow))


def test_any_free_port_is_published(tmp_path: Path) -> None:
    workflow = HEALTHY.replace("- 5433:5432", "- 5432")
    assert "          - 5432:5432\n" in patched(tmp_path, workflow, answer(workflow))


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        pytest.param("", [], id="no options"),
        pytest.param("        options: --shm-size 1g\n", ["--shm-size 1g"], id="one line"),
        pytest.param("        options: >-\n          --shm-size 1g\n", ["--shm-size 1g"], id="several lines"),
    ],
)
def test_a_health_check_is_added_and_other_options_kept(tmp_path: Path, options: str, kept: list[str]) -> None:
    workflow = UNHEALTHY.replace("          - 5433:5432\n", f"          - 5433:5432\n{options}")
    told = answer(workflow, {"host": "127.0.0.1", "port": "5433"})
    text = patched(tmp_path, workflow, told)
    model = parse(CI, text)
    assert model
    found = model.jobs[0].services[0].options.split(" --")
    flags = [
        '--health-cmd "pg_isready -U test -d shop_test"',
        "--health-interval 10s",
        "--health-timeout 5s",
        "--health-retries 10",
    ]
    assert sorted(f"--{flag.removeprefix('--')}" for flag in found) == sorted(kept + flags)


@pytest.mark.parametrize(
    "block",
    [
        "      postgres: {image: 'postgres:16', env: {POSTGRES_PASSWORD: test}}\n",
        "      postgres:\n        {image: 'postgres:16', ports: ['5432:5432']}\n",
        "      {postgres: {image: 'postgres:16', ports: ['5432:5432']}}\n",
    ],
)
def test_a_service_that_is_written_in_braces_is_left_to_its_owner(block: str) -> None:
    head, _, rest = HEALTHY.partition("      postgres:\n")
    told = answer(head + block + "    env:\n" + rest.rpartition("    env:\n")[2])
    assert told
    assert not told.fixes[0].files


def test_a_server_that_is_still_starting_has_no_health_check() -> None:
    told = answer(UNHEALTHY, {"state": "starting up"}, "postgresql/starting-up")
    assert told
    assert told.facts["health_check"] == "pg_isready -U test -d shop_test"


def test_a_service_that_is_not_declared_is_written_from_the_url(tmp_path: Path) -> None:
    told = answer(UNDECLARED)
    text = patched(tmp_path, UNDECLARED, told)
    assert (
        "    services:\n      postgres:\n        image: postgres:16\n        env:\n          POSTGRES_USER: test\n"
        "          POSTGRES_PASSWORD: test\n          POSTGRES_DB: shop_test\n        ports:\n"
        "          - 5432:5432\n"
    ) in text
    assert '          --health-cmd "pg_isready -U test -d shop_test"\n' in text


def test_a_second_service_is_put_beside_the_first(tmp_path: Path) -> None:
    told = answer(HEALTHY, {"host": "localhost", "port": "6379"}, "redis/connection-refused")
    text = patched(tmp_path, HEALTHY, told)
    model = parse(CI, text)
    assert model
    assert [(service.name, service.image) for service in model.jobs[0].services] == [
        ("redis", "redis:7"),
        ("postgres", "postgres:15"),
    ]


@pytest.mark.parametrize(
    ("workflow", "captures", "signature"),
    [
        pytest.param(
            HEALTHY, {"host": "localhost", "port": "5433"}, "postgresql/connection-refused", id="healthy, right port"
        ),
        pytest.param(
            HEALTHY, {"host": "db.example.com", "port": "5432"}, "postgresql/connection-refused", id="another machine"
        ),
        pytest.param(
            HEALTHY.replace("- 5433:5432", "- ${{ matrix.port }}:5432"),
            LOCAL,
            "postgresql/connection-refused",
            id="the port is not told",
        ),
        pytest.param(
            UNDECLARED.replace("- run: pytest", "- run: docker compose up -d\n      - run: pytest"),
            LOCAL,
            "postgresql/connection-refused",
            id="a step starts containers",
        ),
        pytest.param(
            UNDECLARED.replace("- run: pytest", "- uses: acme/setup-postgres@v1\n      - run: pytest"),
            LOCAL,
            "postgresql/connection-refused",
            id="an action starts the server",
        ),
        pytest.param(
            UNDECLARED.replace("ubuntu-latest", "macos-14"), LOCAL, "postgresql/connection-refused", id="not Linux"
        ),
        pytest.param(HEALTHY, {"host": "localhost", "port": "8001"}, "network/connection-refused", id="no known port"),
        pytest.param(
            UNHEALTHY.replace("image: postgres:15", "image: postgres:15\n        options: ${{ matrix.options }}"),
            {"host": "localhost", "port": "5433"},
            "postgresql/connection-refused",
            id="the options are not told",
        ),
        pytest.param(HEALTHY, {"state": "starting up"}, "postgresql/starting-up", id="starting in spite of a check"),
    ],
)
def test_silent_where_the_workflow_does_not_show_it(workflow: str, captures: dict[str, str], signature: str) -> None:
    assert answer(workflow, captures, signature) is None


def test_silent_without_a_workflow_that_can_be_read() -> None:
    assert answer({CI: Unknown("forbidden")}) is None
    assert answer({"README.md": ""}) is None


def test_the_urls_password_stands_nowhere_but_in_the_patch() -> None:
    told = answer(UNDECLARED.replace("test:test@", "test:hunter2@"))
    assert told
    assert "hunter2" not in told.why + told.fixes[0].says + str(told.facts)
