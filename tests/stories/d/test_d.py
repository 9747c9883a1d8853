"""Stories of deployment: a gate on the pass rate, missing secrets, an image that lacks a file, a smoke test let in."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from pathspec import GitIgnoreSpec
from syrupy.assertion import SnapshotAssertion

from tests.stories.conftest import free_port
from tests.stories.project import Project, steady
from tests.stories.runner import Performed
from tests.workers.story import Story

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent


class Hook(BaseHTTPRequestHandler):
    """Takes any deployment."""

    def do_POST(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """A test prints nothing."""


@pytest.fixture
def hook() -> Iterator[str]:
    """The address of a deploy hook."""
    server = HTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/deploy"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_gate_says_how_many_tests_have_to_pass_and_lets_them_in_then(
    story: Story, tmp_path: Path, snapshot: SnapshotAssertion
) -> None:
    project = Project.begin(HERE / "rate.txt", tmp_path / "harbour", story)

    told = project.fail("Start")
    assert "`pytest/pass-rate-below-gate`" in told
    assert steady(told) == snapshot

    project.edit("src/harbour/tides.py", "depth(hour) > draught", "depth(hour) >= draught")
    project.commit("Let a ship in that just fits")
    done = project.perform()
    assert done.passed, done.log


def test_each_secret_that_is_missing_is_named_with_the_command_that_sets_it(
    story: Story, tmp_path: Path, snapshot: SnapshotAssertion, hook: str
) -> None:
    project = Project.begin(HERE / "hook.txt", tmp_path / "ferry", story, job="deploy")

    told = project.fail("Start")
    assert "gh secret set STAGING_DEPLOY_HOOK" in told
    assert steady(told) == snapshot(name="1 no address")
    project.secrets["STAGING_DEPLOY_HOOK"] = hook

    kubeconfig = "clusters:\n- name: staging\n"
    project.secrets["KUBECONFIG_STAGING"] = kubeconfig
    told = project.fail("Again")
    assert "base64 -w 0 FILE | gh secret set KUBECONFIG_STAGING" in told
    assert steady(told) == snapshot(name="2 no base64")
    project.secrets["KUBECONFIG_STAGING"] = base64.b64encode(kubeconfig.encode()).decode()

    done = project.perform()
    assert done.passed, done.log


def test_what_dockerignore_leaves_out_is_let_in_again(
    story: Story, tmp_path: Path, snapshot: SnapshotAssertion
) -> None:
    """The log is written as BuildKit prints one, and Docker's verdict on the patch is that of its rules of patterns."""
    project = Project.begin(HERE / "image.txt", tmp_path / "lighthouse", story, job="image")
    ignored = project.folder / ".dockerignore"
    built = Performed((HERE / "image.log").read_text(), [("Set up job", "success"), ("Build the image", "failure")])

    told = project.fail("Start", {"image": built})
    assert "`docker/copy-source-missing`" in told
    assert steady(told) == snapshot
    assert GitIgnoreSpec.from_lines(ignored.read_text().splitlines()).match_file("pyproject.toml")

    project.heal(told)
    left_out = GitIgnoreSpec.from_lines(ignored.read_text().splitlines())
    assert not left_out.match_file("pyproject.toml")
    assert left_out.match_file("tests/test_light.py")


def test_the_smoke_test_is_let_in_when_the_migration_of_its_user_has_run(
    story: Story, tmp_path: Path, snapshot: SnapshotAssertion
) -> None:
    project = Project.begin(HERE / "smoke.txt", tmp_path / "library", story, job="deploy", ports={8080: free_port()})
    project.secrets |= {"SMOKE_READER_USER": "smoke-reader", "SMOKE_READER_PASSWORD": "a-long-password"}

    told = project.fail("Start")
    assert "`smoke/unauthorised`" in told
    assert steady(told) == snapshot

    command = "alembic upgrade head"
    assert command in told
    project.edit(".github/workflows/ci.yml", "        run: |\n", f"        run: |\n          {command}\n")
    project.commit("Migrate before the start")
    done = project.perform()
    assert done.passed, done.log
