"""Stories of a backend: lint, format, types, an artifact that nobody uploaded, a permission that is missing."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from diagnosis.workflow_yaml import parse
from tests.stories.project import WORKFLOW, Project, steady
from tests.stories.runner import Performed
from tests.workers.story import Story

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent


def test_lint_and_format_are_healed_by_the_repositorys_own_commands_and_types_where_the_comment_points(
    story: Story, tmp_path: Path, snapshot: SnapshotAssertion
) -> None:
    project = Project.begin(HERE / "lint.txt", tmp_path / "bakery", story, job="lint")

    told = project.fail("Start")
    assert steady(told) == snapshot(name="1 lint")
    project.carry_out(told, "cd backend && make fix")

    told = project.fail("Remove what is not used")
    assert steady(told) == snapshot(name="2 format")
    project.carry_out(told, "cd backend && make format")

    told = project.fail("Format")
    assert steady(told) == snapshot(name="3 types")
    assert "(`backend/src/bakery/prices.py`, line 17)" in told
    project.edit("backend/src/bakery/prices.py", "min(names, key=cents, default=None)", "min(names, key=cents)")

    project.commit("There is always some bread")
    done = project.perform()
    assert done.passed, done.log


def test_the_stubs_that_mypy_lacks_are_declared_beside_it(
    story: Story, tmp_path: Path, snapshot: SnapshotAssertion
) -> None:
    """Nothing is installed here, so that the declaration is all that can be seen."""
    project = Project.begin(HERE / "stubs.txt", tmp_path / "bakery", story, job="types")

    told = project.fail("Start")
    assert steady(told) == snapshot

    project.heal(told)
    declared = tomllib.loads((project.folder / "backend/pyproject.toml").read_text())
    assert declared["dependency-groups"]["dev"] == ["mypy>=1.11", "types-PyYAML", "pytest"]


def test_the_job_that_failed_is_told_before_the_one_that_lacks_its_artifact(
    story: Story, tmp_path: Path, snapshot: SnapshotAssertion
) -> None:
    """The log of the second job is written as the action prints one."""
    project = Project.begin(HERE / "readiness.txt", tmp_path / "bakery", story, job="tests")
    waiting = Performed(
        (HERE / "readiness.log").read_text(),
        [("Set up job", "success"), ("Run actions/download-artifact@v4", "failure"), ("Ready to deploy", "skipped")],
    )

    told = project.fail("Start", {"readiness": waiting})
    assert steady(told) == snapshot
    assert told.index("test_the_oven_is_ready_at_the_wanted_heat") < told.index("coverage-report")

    project.edit("src/bakery/oven.py", "degrees > wanted", "degrees >= wanted")
    project.commit("Bake at the wanted heat")
    done = project.perform()
    assert done.passed, done.log


def test_the_permission_that_is_missing_is_put_beside_the_others(
    story: Story, tmp_path: Path, snapshot: SnapshotAssertion
) -> None:
    """The log is written as GitHub's command line prints one: nobody but GitHub refuses so."""
    project = Project.begin(HERE / "permission.txt", tmp_path / "bakery", story, job="bug-logger")
    refused = Performed(
        (HERE / "permission.log").read_text(), [("Set up job", "success"), ("Open an issue", "failure")]
    )

    told = project.fail("Start", {"bug-logger": refused})
    assert steady(told) == snapshot

    project.heal(told)
    workflow = parse(WORKFLOW, (project.folder / WORKFLOW).read_text())
    assert workflow and workflow.permissions
    given = {name: value.text for name, value in workflow.permissions.items()}
    assert given == {"contents": "read", "checks": "write", "actions": "read", "issues": "write"}
