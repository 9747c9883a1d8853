"""Six failures, each hidden by the one before it, and each healed by the patch that the comment offered."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.stories.project import Project, steady
from tests.workers.story import Story

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parent / "project.txt"


@pytest.mark.timeout(300)
def test_each_patch_lets_the_next_layer_show_and_the_last_one_makes_it_green(
    story: Story, tmp_path: Path, snapshot: SnapshotAssertion, postgresql_port: int, redis_port: int
) -> None:
    ports = {5432: postgresql_port, 6379: redis_port}
    project = Project.begin(PROJECT, tmp_path / "shop", story, ports=ports)

    told = project.fail("Start")
    assert "`workflow/yaml-syntax`" in told
    assert steady(told) == snapshot(name="1 the workflow file")
    project.heal(told)

    told = project.fail("Quote the URL")
    assert "`python/module-not-found`" in told
    assert steady(told) == snapshot(name="2 the ignored module")
    project.heal(told)

    told = project.fail("Narrow the pattern")
    assert "`tls/certificate-file-missing`" in told
    assert steady(told) == snapshot(name="3 the certificate's path")
    project.heal(told)

    told = project.fail("No TLS beside the job")
    assert "`coverage/below-threshold`" in told
    assert steady(told) == snapshot(name="4 the coverage gate")
    project.heal(told)

    told = project.fail("Begin where we are")
    assert "`postgresql/password-failed`" in told
    assert steady(told) == snapshot(name="5 the database's user")
    project.heal(told)

    told = project.fail("Ask the environment first")
    assert "`redis/password-unexpected`" in told
    assert steady(told) == snapshot(name="6 the password that Redis does not want")
    project.heal(told)

    project.commit("Ask the environment for Redis too")
    done = project.perform()
    assert done.passed, done.log
