"""Tests against the code beside them: what does not fit, what is not told to the job, what is mistyped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.stories.conftest import free_port
from tests.stories.project import Project, steady
from tests.workers.story import Story

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent

Begin = Callable[..., Project]


@pytest.fixture
def begin(story: Story, tmp_path: Path) -> Begin:
    def project(name: str, **told: object) -> Project:
        return Project.begin(HERE / f"{name}.txt", tmp_path / "shop", story, **told)

    return project


def test_the_tests_still_pass_what_the_constructor_no_longer_takes(begin: Begin, snapshot: SnapshotAssertion) -> None:
    project = begin("constructor")
    project.commit("Let listeners join a berth")
    assert project.perform().passed
    project.edit("harbour/sockets.py", "berths, max_listeners=16", "berths, listeners_max=16")
    project.edit("harbour/sockets.py", "self.max_listeners = max_listeners", "self.listeners_max = listeners_max")
    project.edit("harbour/sockets.py", ">= self.max_listeners", ">= self.listeners_max")

    told = project.fail("Name the limit after what it limits")
    assert "`python/unexpected-keyword-argument`" in told
    assert steady(told) == snapshot
    project.heal(told)

    project.commit("Name it so in the tests too")
    done = project.perform()
    assert done.passed, done.log


def test_the_services_stand_on_other_ports_than_the_addresses_say(
    begin: Begin, snapshot: SnapshotAssertion, postgresql_port: int, redis_port: int
) -> None:
    ports = {5433: postgresql_port, 6380: redis_port, 5432: free_port(), 6379: free_port()}
    project = begin("ports", ports=ports)

    told = project.fail("Run the integration tests")
    assert "`postgresql/connection-refused`" in told
    assert steady(told) == snapshot(name="1 the database's port")
    project.heal(told)

    told = project.fail("Ask for the database where it is")
    assert "`redis/connection-refused`" in told
    assert steady(told) == snapshot(name="2 the cache's port")
    project.heal(told)

    project.commit("Ask for Redis where it is")
    done = project.perform()
    assert done.passed, done.log


def test_a_test_asks_for_a_fixture_that_is_spelt_differently(begin: Begin, snapshot: SnapshotAssertion) -> None:
    project = begin("fixture")

    told = project.fail("Test that long lines are cut")
    assert "`pytest/fixture-not-found`" in told
    assert steady(told) == snapshot
    project.heal(told)

    project.commit("Spell the fixture as it is")
    done = project.perform()
    assert done.passed, done.log


def test_the_job_lacks_a_variable_that_the_settings_ask_for(begin: Begin, snapshot: SnapshotAssertion) -> None:
    project = begin("variable")

    told = project.fail("Ask the feed that the environment names")
    assert "`python/environment-variable-missing`" in told
    assert steady(told) == snapshot
    project.heal(told)

    project.commit("Name the feed to the job")
    done = project.perform()
    assert done.passed, done.log


def test_a_uuid_stands_among_the_claims_of_a_token(begin: Begin, snapshot: SnapshotAssertion) -> None:
    project = begin("claims")

    told = project.fail("Create tokens for captains")
    assert "`python/not-json-serializable`" in told
    assert steady(told) == snapshot
    project.heal(told)

    project.commit("Write the id as text")
    done = project.perform()
    assert done.passed, done.log
