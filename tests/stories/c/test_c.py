"""What a pipeline asks beside the tests: migrations in three legs, gates in two places, Pythons in a matrix."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.stories.project import WORKFLOW, Project, steady
from tests.workers.story import Story

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent

Begin = Callable[..., Project]


@pytest.fixture
def begin(story: Story, tmp_path: Path) -> Begin:
    def project(name: str, **told: object) -> Project:
        return Project.begin(HERE / f"{name}.txt", tmp_path / "shop", story, **told)

    return project


def test_two_branches_each_added_a_migration(begin: Begin, snapshot: SnapshotAssertion) -> None:
    project = begin("heads", job="migration-test")
    project.commit("Remember when a tree was planted")
    assert project.perform().passed
    shutil.copy(HERE / "harvest.py.txt", project.folder / "migrations/versions/c07a94e1b358_create_harvests.py")

    told = project.fail("Weigh the harvests")
    assert "`alembic/multiple-heads`" in told
    assert steady(told) == snapshot
    project.heal(told)

    project.commit("Put the harvests behind the dates")
    done = project.perform()
    assert done.passed, done.log


def test_a_merge_migration_joins_both_heads_where_nothing_walks_back(begin: Begin, snapshot: SnapshotAssertion) -> None:
    project = begin("heads", job="migration-test")
    project.edit(WORKFLOW, "alembic downgrade -1", "alembic downgrade base")
    shutil.copy(HERE / "harvest.py.txt", project.folder / "migrations/versions/c07a94e1b358_create_harvests.py")

    told = project.fail("Weigh the harvests")
    assert "`alembic/multiple-heads`" in told
    assert steady(told) == snapshot
    project.carry_out(told, 'alembic merge -m "merge heads" 8e25d1a3f6b4 c07a94e1b358')

    project.commit("Join both heads")
    done = project.perform()
    assert done.passed, done.log


def test_the_coverage_gate_stands_in_two_places(begin: Begin, snapshot: SnapshotAssertion) -> None:
    project = begin("gate")

    told = project.fail("Raise the gate to the goal")
    assert "`coverage/below-threshold`" in told
    assert steady(told) == snapshot
    project.heal(told)
    project.heal(told, 1)

    project.commit("Begin where we are")
    done = project.perform()
    assert done.passed, done.log


def test_the_way_back_leaves_a_column_that_the_second_way_up_meets(begin: Begin, snapshot: SnapshotAssertion) -> None:
    project = begin("heads", job="migration-test")
    project.edit("migrations/versions/8e25d1a3f6b4_plant_dates.py", 'op.drop_column("trees", "planted")', "pass")

    told = project.fail("Remember when a tree was planted")
    assert "`alembic/" in told
    assert steady(told) == snapshot
    project.heal(told)

    project.commit("Undo what the upgrade does")
    done = project.perform()
    assert done.passed, done.log


def test_the_folder_of_the_integration_tests_holds_none_yet(begin: Begin, snapshot: SnapshotAssertion) -> None:
    project = begin("integration")

    told = project.fail("Make ready for integration tests")
    assert "`pytest/no-tests-ran`" in told
    assert steady(told) == snapshot
    project.heal(told)

    project.commit("Run no integration tests until there are some")
    done = project.perform()
    assert done.passed, done.log
    assert ("Integration tests", "skipped") in done.steps

    (project.folder / "tests/integration/test_store.py").write_text("def test_it():\n    assert not 1\n")
    project.commit("Begin with a test that fails")
    assert ("Integration tests", "failure") in project.perform().steps


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this interpreter knows the syntax of Python 3.12")
def test_the_syntax_is_newer_than_one_python_of_the_matrix(begin: Begin, snapshot: SnapshotAssertion) -> None:
    project = begin("newer", shown="test (3.11)")

    told = project.fail("Name the unit")
    assert "write line 3 of `orchard.py` in a way that 3.11 reads" in told
    assert steady(told) == snapshot
    project.edit("orchard.py", "type Kilos = int", "Kilos = int")
    project.commit("Name the unit as Python 3.11 can read it")
    done = project.perform()
    assert done.passed, done.log


def test_a_check_that_may_fail_is_not_blamed_for_what_ends_the_job(begin: Begin, snapshot: SnapshotAssertion) -> None:
    project = begin("masked", timed=True)

    told = project.fail("Find the heaviest basket")
    assert "`pytest/exception-in-test`" in told
    assert steady(told) == snapshot
    project.edit("orchard/baskets.py", "basket.kilo)", "basket.kilos)")

    project.commit("Ask for the attribute that there is")
    done = project.perform()
    assert done.passed, done.log
