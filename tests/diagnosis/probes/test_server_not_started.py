"""A mock server that the tests are sent to and that nobody starts."""

from __future__ import annotations

import pytest

from diagnosis.probes import Answer
from tests.tree import CI, ask

WORKFLOW = """
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    env:
      MODEL_BASE_URL: http://localhost:8001/mock
    steps:
      - run: pytest
"""


def answer(workflow: str = WORKFLOW, host: str = "127.0.0.1", port: str = "8001") -> Answer | None:
    return ask(
        "server_not_started", {CI: workflow}, {"host": host, "port": port}, signature="network/connection-refused"
    )


def test_the_variable_that_names_the_address_is_told() -> None:
    told = answer()
    assert told
    assert told.why == (
        "`MODEL_BASE_URL` (`.github/workflows/ci.yml` line 6) sends the tests to `127.0.0.1:8001`, and no step or "
        "service of the job `test` starts a server there."
    )


def test_another_variable_of_the_workflow_as_a_whole() -> None:
    told = answer("env: {PAYMENTS: 'localhost:9099'}\n" + WORKFLOW.replace("8001", "1"), "localhost", "9099")
    assert told
    assert told.facts["variable"] == "PAYMENTS"


@pytest.mark.parametrize(
    ("workflow", "host", "port"),
    [
        pytest.param(WORKFLOW, "localhost", "8002", id="nobody names the port"),
        pytest.param(WORKFLOW, "mock.example.com", "8001", id="another machine"),
        pytest.param(
            WORKFLOW.replace("run: pytest", "run: python mock.py --port 8001 & pytest"),
            "localhost",
            "8001",
            id="a step names the port",
        ),
        pytest.param(
            WORKFLOW.replace("run: pytest", "run: python mock.py &\n      - run: pytest"),
            "localhost",
            "8001",
            id="a step leaves something running",
        ),
        pytest.param(
            WORKFLOW.replace("run: pytest", "run: make up\n      - run: pytest"), "localhost", "8001", id="make"
        ),
        pytest.param(
            WORKFLOW.replace("    env:", "    services:\n      mock: {image: mock, ports: ['8001:80']}\n    env:"),
            "localhost",
            "8001",
            id="a service is there",
        ),
        pytest.param(WORKFLOW.replace("8001", "5432"), "localhost", "5432", id="a database"),
    ],
)
def test_silent_where_something_may_have_started_it(workflow: str, host: str, port: str) -> None:
    assert answer(workflow, host, port) is None
