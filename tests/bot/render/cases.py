"""Cases as the worker makes them, for the tests of what is said about them."""

from __future__ import annotations

from dataclasses import replace

from bot.case import Case, Job, Repository, Run, Step
from diagnosis.report import Excerpt, Finding, Fix, Input, Outcome, Report

REPOSITORY = Repository(id=7, name="octo/shop", default_branch="main", installation=3)
RUN = Run(
    id=1001,
    attempt=1,
    workflow_id=55,
    workflow_name="CI",
    workflow_path=".github/workflows/ci.yml",
    event="pull_request",
    status="completed",
    conclusion="failure",
    head_sha="2a157570c0ffee00000000000000000000000000",
    head_branch="feature",
    head_repository="octo/shop",
    author="mona",
    actor="mona",
    html_url="https://github.example/octo/shop/actions/runs/1001",
)
STEPS = (Step(1, "Set up job", "completed", "success"), Step(2, "Run pytest", "completed", "failure"))
JOBS = (
    Job(1, "test (3.12)", "completed", "failure", f"{RUN.html_url}/job/1", STEPS),
    Job(2, "test (3.11)", "completed", "failure", f"{RUN.html_url}/job/2", STEPS),
    Job(3, "lint", "completed", "success", f"{RUN.html_url}/job/3"),
    Job(4, "deploy", "completed", "skipped", f"{RUN.html_url}/job/4"),
)
FINDING = Finding(
    signature="coverage/below-threshold",
    category="coverage",
    kind="cause",
    confidence="high",
    title="Coverage gate missed: 35.33 % of the required 80 %",
    why="The tests passed; the gate on their coverage did not.",
    log="test (3.12)",
    job="test (3.12)",
    step="Run pytest",
    lines=(4812,),
    evidence=("FAIL Required test coverage of 80% not reached. Total coverage: 35.33%",),
    fingerprint="00112233aabbccdd",
    fixes=(Fix(says="Add tests for `shop/api.py`, or set the gate at 35 and raise it with each change."),),
    verify=("pytest --cov",),
)


def case(
    *findings: Finding, jobs: tuple[Job, ...] = JOBS, run: Run = RUN, unread: dict[str, str] | None = None
) -> Case:
    """The case of a failed run with these findings."""
    best = findings[0] if findings else None
    outcome: Outcome = "no-failure" if best is None else "unrecognised" if best.kind == "excerpt" else "diagnosed"
    excerpt = Excerpt((4805, 4813), tuple(f"line {number}" for number in range(4805, 4814))) if best else None
    report = Report(outcome, findings, excerpt, Input(1_000_000, 9000), 0.01)
    return Case(REPOSITORY, run, jobs, report, None, unread or {})


GUESS = replace(
    FINDING,
    signature=None,
    kind="excerpt",
    confidence="low",
    title="No known failure recognised; the most telling line is shown",
    evidence=("cannot frobnicate the widget",),
)
