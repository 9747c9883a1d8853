"""The URL of a run or a job, against the local GitHub."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli.main import main
from sandbox.client import Sandbox
from tests.bot.cli.conftest import NAME

SCENES = Path(__file__).parents[3] / "sandbox" / "scenes"


def failed_run(shop: Sandbox) -> tuple[int, int]:
    sha = shop.push(NAME, "main", {"a.txt": "1"}, author="mona")
    run = shop.start_run(NAME, sha=sha, branch="main")
    shop.add_job(NAME, run, "lint")
    log = (SCENES / "coverage.log").read_bytes()
    job = shop.add_job(NAME, run, "test", conclusion="failure", log=log, steps=[("Run pytest", "failure")])
    shop.finish_run(NAME, run, deliver=False)
    return run, job


def signature(capsys: pytest.CaptureFixture[str]) -> object:
    return json.loads(capsys.readouterr().out)["findings"][0]["signature"]


@pytest.mark.parametrize(
    "tail", ["", "/attempts/1", "/job/{job}", "/attempts/1/job/{job}", "?pr=1", "/job/{job}#step:2:1"]
)
def test_a_run_or_job_is_explained_from_its_url(shop: Sandbox, tail: str, capsys: pytest.CaptureFixture[str]) -> None:
    run, job = failed_run(shop)
    url = f"{shop.url}/{NAME}/actions/runs/{run}{tail.format(job=job)}"
    assert main(["explain", "--format", "json", url]) == 0
    assert signature(capsys) == "coverage/below-threshold"


def test_a_run_without_jobs_is_explained_from_its_workflow_file(
    shop: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (SCENES / "workflow" / ".github" / "workflows" / "ci.yml").read_bytes()
    sha = shop.push(NAME, "main", {".github/workflows/ci.yml": text}, author="mona")
    run = shop.start_run(NAME, sha=sha, branch="main")
    shop.finish_run(NAME, run, "failure", deliver=False)
    assert main(["explain", "--format", "json", f"{shop.url}/{NAME}/actions/runs/{run}"]) == 0
    assert signature(capsys) == "workflow/yaml-syntax"


def test_the_repository_of_the_run_is_asked_too(shop: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    scene = SCENES / "module"
    files = {path.relative_to(scene).as_posix(): path.read_bytes() for path in scene.rglob("*.py")}
    sha = shop.push(NAME, "main", {**files, ".gitignore": b"*credential*\n"}, author="mona")
    run = shop.start_run(NAME, sha=sha, branch="main")
    log = (SCENES / "module.log").read_bytes()
    shop.add_job(NAME, run, "test", conclusion="failure", log=log, steps=[("Run pytest", "failure")])
    shop.finish_run(NAME, run, deliver=False)
    url = f"{shop.url}/{NAME}/actions/runs/{run}"
    assert main(["explain", url]) == 0
    assert "`.gitignore` line 1" in " ".join(capsys.readouterr().out.split())
    shop.fault("status", "GET", "*/git/trees/*", status=502, count=9)
    assert main(["explain", url]) == 2
    assert "GitHub does not answer" in capsys.readouterr().err


def test_a_run_that_passed_has_nothing_to_say(shop: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    sha = shop.push(NAME, "main", {"a.txt": "2"}, author="mona")
    run = shop.start_run(NAME, sha=sha, branch="main")
    shop.add_job(NAME, run, "test")
    shop.finish_run(NAME, run, deliver=False)
    assert main(["explain", f"{shop.url}/{NAME}/actions/runs/{run}"]) == 1
    assert capsys.readouterr().out == "No failure found.\n"


@pytest.mark.parametrize(
    ("path", "token", "reason"),
    [
        (f"{NAME}/actions/runs/99999999", None, "GitHub answered 404"),
        ("octo/absent/actions/runs/1", None, "GitHub answered 404"),
        (f"{NAME}/actions/runs/1", "ghp_of_nobody_at_all", "the token is not valid"),
        (f"{NAME}/actions/runs/1", "", "set GITHUB_TOKEN or GH_TOKEN"),
    ],
)
def test_what_github_refuses_is_said_in_one_line(
    shop: Sandbox,
    path: str,
    token: str | None,
    reason: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if token is not None:
        monkeypatch.setenv("GITHUB_TOKEN", token)
    assert main(["explain", f"{shop.url}/{path}"]) == 2
    said = capsys.readouterr()
    assert reason in said.err
    assert (said.out, said.err.count("\n")) == ("", 1)


def test_an_expired_log_is_said_to_be_expired(shop: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    sha = shop.push(NAME, "main", {"a.txt": "3"}, author="mona")
    run = shop.start_run(NAME, sha=sha, branch="main")
    shop.add_job(NAME, run, "test", conclusion="failure", log=b"x", log_state="expired")
    shop.finish_run(NAME, run, deliver=False)
    assert main(["explain", f"{shop.url}/{NAME}/actions/runs/{run}"]) == 2
    assert "its log has expired" in capsys.readouterr().err
