"""Of several failed jobs the one that failed by itself comes first, told by the workflow file."""

from __future__ import annotations

from typing import Any

import pytest

from diagnosis import engine
from diagnosis.engine import JobLog
from diagnosis.report import Report
from tests.tree import CI, Tree
from tests.whole import CATALOGUE

WORKFLOW = """
    jobs:
      test:
        steps:
          - run: ./build.sh
      audit:
        {audit}
        steps:
          - run: cargo audit
      all-green:
        needs: [test, audit]
        if: always()
        steps:
          - run: ./all-green.sh
    """
CALLED = ".github/workflows/database.yml"
CALLING = """
    jobs:
      lint:
        steps:
          - run: ./lint.sh
      database:
        uses: {uses}
      all-green:
        needs: [lint, database]
        if: always()
        steps:
          - run: ./all-green.sh
    """
IN_DATABASE = """
    on: workflow_call
    jobs:
      lint:
        steps:
          - run: ./build.sh
      summary:
        needs: lint
        if: always()
        steps:
          - run: ./all-green.sh
    """
UNKNOWN = "##[group]Run ./build.sh\n##[endgroup]\nthe gizmo is loose\n##[error]Process completed with exit code 3.\n"
KNOWN_CAUSE = (
    "##[group]Run ./all-green.sh\n##[endgroup]\n./all-green.sh: line 3: jq: command not found\n"
    "##[error]Process completed with exit code 127.\n"
)


def report(*jobs: str, audit: str = "continue-on-error: true", files: bool = True) -> Report:
    tree = Tree({CI: WORKFLOW.format(audit=audit)} if files else {})
    logs = [JobLog(job, (UNKNOWN if job == "test" else KNOWN_CAUSE).encode(), job) for job in jobs]
    return engine.diagnose(logs, CATALOGUE, around=tree.around())


@pytest.mark.parametrize("jobs", [("test", "all-green"), ("all-green", "test")])
def test_a_job_that_only_reports_on_others_comes_behind_them(jobs: tuple[str, ...]) -> None:
    told = report(*jobs)
    assert [finding.job for finding in told.findings][:2] == ["test", "all-green"]
    assert told.findings[1].facts["waits_for"] == ["test"]


def test_a_job_that_may_fail_comes_behind_one_that_may_not() -> None:
    told = report("audit", "test")
    assert told.findings[0].job == "test"
    assert told.findings[1].facts["may_fail"]


@pytest.mark.parametrize(
    ("jobs", "told"),
    [
        pytest.param(("all-green",), {}, id="one job alone"),
        pytest.param(("test", "audit"), {"audit": ""}, id="a job that must not fail"),
        pytest.param(("test", "all-green"), {"files": False}, id="no workflow file"),
        pytest.param(("test", "unheard of"), {}, id="a job that the file does not name"),
    ],
)
def test_a_known_cause_comes_first_where_nothing_sets_its_job_back(jobs: tuple[str, ...], told: dict[str, Any]) -> None:
    best = report(*jobs, **told).best
    assert best
    assert best.job == jobs[-1]
    assert not {"waits_for", "may_fail"} & best.facts.keys()


def called(*jobs: str, uses: str = f"./{CALLED}") -> list[tuple[str | None, object]]:
    """The jobs of a run that calls another workflow, as they are told, and whom they wait for."""
    tree = Tree({CI: CALLING.format(uses=uses), CALLED: IN_DATABASE})
    logs = [JobLog(job, (KNOWN_CAUSE if job.endswith(("green", "summary")) else UNKNOWN).encode(), job) for job in jobs]
    told = engine.diagnose(logs, CATALOGUE, around=tree.around())
    waits = {finding.job: finding.facts.get("waits_for") for finding in told.findings}
    return list(waits.items())


def test_a_job_that_reports_on_a_called_workflow_comes_behind_the_jobs_of_that() -> None:
    told = [("database / lint", None), ("all-green", ["database"])]
    assert called("all-green", "database / lint") == told
    assert called("all-green", "database / lint", uses="shop/.github/.github/workflows/database.yml@v1") == told


def test_a_job_of_a_called_workflow_waits_for_those_of_its_own_workflow_alone() -> None:
    assert called("database / summary", "database / lint")[1] == ("database / summary", ["lint"])
    assert dict(called("database / summary", "lint")) == {"database / summary": None, "lint": None}
