"""Runs, jobs and logs, as a bot finds them."""

from __future__ import annotations

import io
import zipfile

import pytest
import requests

from sandbox.client import Sandbox
from tests.sandbox.conftest import SHOP, Api

RUNS = f"/repos/{SHOP}/actions/runs"
JOBS = f"/repos/{SHOP}/actions/jobs"
STEPS = [("Set up job", "success"), ("Run pytest", "failure"), ("Post job cleanup", "skipped")]


def start(sandbox: Sandbox) -> int:
    sha = sandbox.push(SHOP, "discounts", {"shop/price.py": "PRICE = 2\n"}, author="mona", message="Add discounts")
    return sandbox.start_run(SHOP, sha=sha, branch="discounts", event="pull_request")


def test_a_failed_job_makes_the_run_red_and_shows_its_steps(sandbox: Sandbox, bot: Api) -> None:
    run = start(sandbox)
    sandbox.add_job(SHOP, run, "lint")
    sandbox.add_job(SHOP, run, "test", conclusion="failure", steps=STEPS)
    sandbox.finish_run(SHOP, run)
    shown = bot.get(f"{RUNS}/{run}")
    assert (shown["status"], shown["conclusion"], shown["run_attempt"]) == ("completed", "failure", 1)
    jobs = bot.get(f"{RUNS}/{run}/attempts/1/jobs", per_page=100)
    assert [(job["name"], job["conclusion"]) for job in jobs["jobs"]] == [("lint", "success"), ("test", "failure")]
    assert [(step["name"], step["conclusion"]) for step in jobs["jobs"][1]["steps"]] == STEPS


def test_a_run_may_have_no_jobs(sandbox: Sandbox, bot: Api) -> None:
    sha = sandbox.push(SHOP, "broken", {".github/workflows/ci.yml": "on: [push\n"}, author="mona")
    path = ".github/workflows/ci.yml"
    run = sandbox.start_run(SHOP, sha=sha, branch="broken", workflow_name=path)
    sandbox.finish_run(SHOP, run, "failure")
    shown = bot.get(f"{RUNS}/{run}")
    assert (shown["name"], shown["path"], shown["conclusion"]) == (path, path, "failure")
    assert bot.get(f"{RUNS}/{run}/attempts/1/jobs") == {"total_count": 0, "jobs": []}
    assert bot.call("GET", f"{RUNS}/{run}/attempts/1/logs").status_code == 404


def test_a_log_is_on_another_host_which_refuses_credentials(sandbox: Sandbox, bot: Api) -> None:
    run = start(sandbox)
    job = sandbox.add_job(SHOP, run, "test", conclusion="failure", log="grün\n")
    answer = bot.call("GET", f"{JOBS}/{job}/logs")
    assert (answer.status_code, answer.content) == (302, b"")
    location = answer.headers["Location"]
    assert location.startswith("http://localhost:")
    assert requests.get(location, timeout=5).content == b"\xef\xbb\xbf" + "grün\n".encode()
    refused = requests.get(location, headers=bot.headers, timeout=5)
    assert refused.status_code == 400
    assert "InvalidAuthenticationInfo" in refused.text


@pytest.mark.parametrize(("state", "status"), [("expired", 410), ("absent", 404), ("no-blob", 302)])
def test_a_log_may_be_gone(sandbox: Sandbox, bot: Api, state: str, status: int) -> None:
    job = sandbox.add_job(SHOP, start(sandbox), "test", conclusion="failure", log_state=state)
    answer = bot.call("GET", f"{JOBS}/{job}/logs")
    assert answer.status_code == status
    if status == 302:
        blob = requests.get(answer.headers["Location"], timeout=5)
        assert blob.status_code == 404
        assert "BlobNotFound" in blob.text


def test_a_run_s_logs_come_as_a_zip(sandbox: Sandbox, bot: Api) -> None:
    run = start(sandbox)
    sandbox.add_job(SHOP, run, "test / linux", conclusion="failure", log="red\n")
    location = bot.call("GET", f"{RUNS}/{run}/attempts/1/logs").headers["Location"]
    archive = zipfile.ZipFile(io.BytesIO(requests.get(location, timeout=5).content))
    assert {name: archive.read(name) for name in archive.namelist()} == {"0_test  linux.txt": b"\xef\xbb\xbfred\n"}


def test_a_rerun_carries_over_what_passed(sandbox: Sandbox, bot: Api) -> None:
    run = start(sandbox)
    sandbox.add_job(SHOP, run, "lint")
    sandbox.add_job(SHOP, run, "test", conclusion="failure")
    sandbox.finish_run(SHOP, run)
    assert sandbox.rerun(SHOP, run) == 2
    sandbox.add_job(SHOP, run, "test")
    sandbox.finish_run(SHOP, run)
    assert bot.get(f"{RUNS}/{run}")["conclusion"] == "success"
    assert bot.get(f"{RUNS}/{run}/attempts/1")["conclusion"] == "failure"
    assert bot.get(f"{RUNS}/{run}/attempts/2/jobs")["total_count"] == 2


def test_jobs_come_in_pages(sandbox: Sandbox, bot: Api) -> None:
    run = start(sandbox)
    for number in range(5):
        sandbox.add_job(SHOP, run, f"test {number}")
    first = bot.call("GET", f"{RUNS}/{run}/attempts/1/jobs", per_page=3)
    assert [job["name"] for job in first.json()["jobs"]] == ["test 0", "test 1", "test 2"]
    second = requests.get(first.links["next"]["url"], headers=bot.headers, timeout=5)
    assert [job["name"] for job in second.json()["jobs"]] == ["test 3", "test 4"]
    assert "next" not in second.links


def test_the_last_green_run_of_a_branch_is_found(sandbox: Sandbox, bot: Api) -> None:
    found = []
    for conclusion in ("success", "failure"):
        sha = sandbox.push(SHOP, "main", {"n.txt": conclusion}, author="mona")
        found.append(sandbox.start_run(SHOP, sha=sha, branch="main"))
        sandbox.finish_run(SHOP, found[-1], conclusion)
    workflow = bot.get(f"{RUNS}/{found[0]}")["workflow_id"]
    query = {"branch": "main", "status": "success", "event": "push", "per_page": 1}
    green = bot.get(f"/repos/{SHOP}/actions/workflows/{workflow}/runs", **query)
    assert [run["id"] for run in green["workflow_runs"]] == found[:1]


def test_annotations_of_a_job_stand_under_its_check_run(sandbox: Sandbox, bot: Api) -> None:
    remark = {"path": "shop/price.py", "start_line": 3, "message": "undefined name"}
    job = sandbox.add_job(SHOP, start(sandbox), "test", conclusion="failure", annotations=[remark])
    found = bot.get(f"/repos/{SHOP}/check-runs/{job}/annotations")
    assert [(one["path"], one["start_line"], one["message"]) for one in found] == [tuple(remark.values())]


def test_pull_requests_of_a_fork_are_not_linked_but_found_by_their_head(sandbox: Sandbox, bot: Api) -> None:
    fork = sandbox.fork(SHOP, "hubert")
    sha = sandbox.push(fork, "payments", {"pay.py": "import shop.cards\n"}, author="hubert")
    number = sandbox.open_pull(SHOP, "payments", author="hubert", head_repository=fork)
    run = sandbox.start_run(SHOP, sha=sha, branch="payments", event="pull_request", head_repository=fork)
    shown = bot.get(f"{RUNS}/{run}")
    assert shown["pull_requests"] == []
    assert shown["head_repository"]["full_name"] == fork
    found = bot.get(f"/repos/{SHOP}/pulls", state="all", head="hubert:payments")
    assert [(pull["number"], pull["head"]["sha"]) for pull in found] == [(number, sha)]
    assert [one["filename"] for one in bot.get(f"/repos/{SHOP}/pulls/{number}/files")] == ["pay.py"]


def test_pull_requests_of_the_repository_itself_are_linked(sandbox: Sandbox, bot: Api) -> None:
    run = start(sandbox)
    number = sandbox.open_pull(SHOP, "discounts", author="mona")
    assert [pull["number"] for pull in bot.get(f"{RUNS}/{run}")["pull_requests"]] == [number]
