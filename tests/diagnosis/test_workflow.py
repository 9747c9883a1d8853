"""A workflow file as a model: positions, levels of the environment, and what a log's names mean in it."""

from __future__ import annotations

from textwrap import dedent

import pytest

from diagnosis.workflow import Port, Workflow, environment, matrix_values
from diagnosis.workflow_yaml import parse

TEXT = dedent("""\
    name: CI
    on: [push, pull_request]
    env:
      LEVEL: workflow
      SHARED: "1"
    defaults:
      run:
        working-directory: backend
    jobs:
      test:
        name: Tests on ${{ matrix.python }}
        runs-on: ubuntu-latest
        strategy:
          matrix:
            python: ["3.9", 3.12]
            include:
              - python: "3.13"
        env:
          LEVEL: job
        services:
          postgres:
            image: registry.example/library/postgres:16@sha256:00
            env:
              POSTGRES_USER: shop
            ports:
              - 5433:5432
              - 127.0.0.1:9000:80/tcp
              - "6379"
            options: >-
              --health-cmd pg_isready
              --health-interval 10s
        steps:
          - uses: actions/checkout@v4
          - name: Unit tests
            run: |
              pytest tests/unit
              echo done
            env:
              LEVEL: step
            continue-on-error: true
          - run: pytest -k ${{ matrix.python }}
            working-directory: ./api
      lint:
        runs-on: ubuntu-latest
        permissions:
          contents: read
        steps:
          - run: ruff check
      call:
        uses: ./.github/workflows/deploy.yml
    """)


def model(text: str = TEXT) -> Workflow:
    found = parse("ci.yml", text)
    assert found
    return found


def line(text: str) -> int:
    return next(number for number, row in enumerate(TEXT.splitlines(), 1) if text in row)


def test_a_service_is_read_with_its_ports_options_and_lines() -> None:
    job = model().job("test")
    assert job
    service = job.service("postgres", "postgis")
    assert service
    assert service.ports == (Port(5433, 5432), Port(9000, 80), Port(None, 6379))
    assert service.env["POSTGRES_USER"].text == "shop"
    assert service.env["POSTGRES_USER"].line == line("POSTGRES_USER")
    assert "--health-cmd pg_isready --health-interval 10s" in service.options
    assert (service.line, service.last_line) == (line("postgres:"), line("--health-interval"))
    assert job.service("redis") is None


def test_the_innermost_level_of_the_environment_wins() -> None:
    workflow = model()
    job = workflow.job("test")
    assert job
    told = environment(workflow, job, job.step("Unit tests"))
    assert {name: (setting.value.text, setting.level) for name, setting in told.items()} == {
        "LEVEL": ("step", "step"),
        "SHARED": ("1", "workflow"),
    }
    assert environment(workflow, job, None)["LEVEL"].value.line == line("LEVEL: job")


@pytest.mark.parametrize(
    ("shown", "key"),
    [
        ("test", "test"),
        ("Tests on 3.12", "test"),
        ("lint", "lint"),
        ("lint (3.12)", "lint"),
        ("linting", None),
        ("deploy", None),
        (None, None),
    ],
)
def test_a_job_is_found_by_the_name_that_a_run_gives_it(shown: str | None, key: str | None) -> None:
    found = model().job(shown)
    assert (found and found.key) == key


def test_a_job_of_a_called_workflow_is_found_behind_its_caller() -> None:
    inner = parse("deploy.yml", "on: workflow_call\njobs:\n  push:\n    steps:\n      - run: ./push\n")
    assert inner
    workflow = parse("ci.yml", TEXT, {".github/workflows/deploy.yml": inner})
    assert workflow
    found = workflow.find("call / push")
    assert found
    assert (found[0].path, found[1].key) == ("deploy.yml", "push")
    assert model().find("call / push") is None


@pytest.mark.parametrize(
    ("shown", "row"),
    [
        ("Unit tests", "name: Unit tests"),
        ("Run pytest tests/unit", "name: Unit tests"),
        ("Run pytest -k 3.12", "run: pytest -k"),
        ("Run actions/checkout@v4", "uses: actions/checkout"),
        ("Run make", None),
        (None, None),
    ],
)
def test_a_step_is_found_by_the_name_that_a_log_gives_it(shown: str | None, row: str | None) -> None:
    job = model().job("test")
    assert job
    step = job.step(shown)
    assert (step and step.line) == (row and line(row))


def test_a_step_tells_its_script_and_whether_it_may_fail() -> None:
    job = model().job("test")
    assert job
    step = job.step("Unit tests")
    assert step
    assert (step.may_fail, step.run_line, step.last_line) == (True, line("pytest tests/unit"), line("continue-on"))
    assert step.run == "pytest tests/unit\necho done\n"


def test_the_matrix_values_are_told_by_the_name() -> None:
    workflow = model()
    job = workflow.job("test")
    assert job
    assert matrix_values(job, "Tests on 3.9") == {"python": "3.9"}
    plain = parse(
        "x", "jobs:\n  a:\n    strategy:\n      matrix:\n        os: [x, y]\n        py: [1, 2]\n    steps: []\n"
    )
    assert plain
    assert matrix_values(plain.jobs[0], "a (x, 2)") == {"os": "x", "py": "2"}
    assert matrix_values(plain.jobs[0], "a (x)") == {}


@pytest.mark.parametrize(
    "text", ["", "- a", "jobs: [", "name: x", "jobs: 3", "a: b: c", "[" * 5000, "x: &a [*a]\njobs: *b"]
)
def test_what_is_no_workflow_has_no_model(text: str) -> None:
    assert parse("ci.yml", text) is None


@pytest.mark.parametrize("text", ["jobs: {a: {steps: 3, services: [1], env: x, strategy: {matrix: '${{ x }}'}}}"])
def test_odd_values_leave_holes(text: str) -> None:
    (job,) = model(text).jobs
    assert (job.steps, job.services, job.env, job.matrix) == ((), (), {}, {})
