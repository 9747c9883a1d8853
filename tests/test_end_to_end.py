"""The product as it runs: a Redis server, gunicorn, an RQ worker and the local GitHub, each a process of its own."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from sandbox.client import Sandbox
from sandbox.product import product
from tests.visible import visible

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

SCENES = Path(__file__).parents[1] / "sandbox" / "scenes"
FAILING = [("Set up job", "success"), ("Run pytest", "failure")]
NAME = "octo/till"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with product(refereed=True) as running:
        running.create_repository(NAME, assignable=["mona"])
        yield running


def eventually(sandbox: Sandbox, told: Callable[[], bool], seconds: float = 40.0) -> None:
    """Wait until it is true; what was sent and asked is said when it never is."""
    deadline = time.monotonic() + seconds
    while not told():
        if time.monotonic() > deadline:
            sent = [(one["status_code"], one.get("event")) for one in sandbox.deliveries()]
            asked = [(one["method"], one["path"]) for one in sandbox.requests()][-30:]
            pytest.fail(f"nothing came of it in {seconds:.0f} s; deliveries {sent}; requests {asked}")
        time.sleep(0.05)


def finish(sandbox: Sandbox, sha: str, branch: str, log: str | None, *, event: str) -> int:
    """A run of one job: red with the log of that scene, else green."""
    run = sandbox.start_run(NAME, sha=sha, branch=branch, event=event)
    if log:
        text = (SCENES / f"{log}.log").read_bytes()
        sandbox.add_job(NAME, run, "test", conclusion="failure", log=text, steps=FAILING)
    else:
        sandbox.add_job(NAME, run, "test", steps=[("Run pytest", "success")])
    sent = sandbox.finish_run(NAME, run)
    assert sent["status_code"] == 202
    return run


def test_one_comment_is_made_edited_and_turned_green(sandbox: Sandbox) -> None:
    sha = sandbox.push(NAME, "discounts", {"a.txt": "1"}, author="mona")
    number = sandbox.open_pull(NAME, "discounts", author="mona")
    finish(sandbox, sha, "discounts", "coverage", event="pull_request")
    eventually(sandbox, lambda: len(sandbox.comments(NAME, number)) == 1)
    first = sandbox.comments(NAME, number)[0]
    assert "Coverage" in first["body"]
    assert "`coverage/below-threshold`" in first["body"]
    assert first["user"]["type"] == "Bot"
    link = re.search(r"\[`coverage/below-threshold`\]\(([^)]+)\)", first["body"])
    assert link
    assert "<h1>Coverage gate missed" in requests.get(link[1], timeout=10).text

    sha = sandbox.push(NAME, "discounts", {"a.txt": "2"}, author="mona")
    finish(sandbox, sha, "discounts", "module", event="pull_request")
    eventually(sandbox, lambda: "`python/module-not-found`" in sandbox.comments(NAME, number)[0]["body"])
    second = sandbox.comments(NAME, number)
    assert [one["id"] for one in second] == [first["id"]]
    assert "**Gone:** Coverage gate missed" in second[0]["body"]
    assert "`coverage/below-threshold`" not in second[0]["body"]

    sha = sandbox.push(NAME, "discounts", {"a.txt": "3"}, author="mona")
    finish(sandbox, sha, "discounts", None, event="pull_request")
    eventually(sandbox, lambda: "Green again" in sandbox.comments(NAME, number)[0]["body"])
    third = sandbox.comments(NAME, number)
    assert [one["id"] for one in third] == [first["id"]]
    shown = visible(third[0]["body"])
    assert f"Fixed by `{sha[:7]}`" in shown[0]
    assert shown[1:] == ["History: 2 earlier failures"]


def test_a_push_opens_one_issue_for_its_author_that_closes_on_green(sandbox: Sandbox) -> None:
    sha = sandbox.push(NAME, "main", {"b.txt": "1"}, author="mona")
    finish(sandbox, sha, "main", "database", event="push")
    eventually(sandbox, lambda: len(sandbox.issues(NAME)) == 1)
    issue = sandbox.issues(NAME)[0]
    assert [person["login"] for person in issue["assignees"]] == ["mona"]
    assert "whyred" in [label["name"] for label in issue["labels"]]
    assert "`postgresql/password-failed`" in issue["body"]

    sha = sandbox.push(NAME, "main", {"b.txt": "2"}, author="mona")
    finish(sandbox, sha, "main", "database", event="push")
    eventually(sandbox, lambda: sandbox.issues(NAME)[0]["body"] != issue["body"])
    assert len(sandbox.issues(NAME)) == 1

    sha = sandbox.push(NAME, "main", {"b.txt": "3"}, author="mona")
    finish(sandbox, sha, "main", None, event="push")
    eventually(sandbox, lambda: sandbox.issues(NAME)[0]["state"] == "closed")
    eventually(
        sandbox, lambda: "green again" in "".join(one["body"] for one in sandbox.comments(NAME, issue["number"]))
    )


def test_green_runs_and_cancelled_runs_say_nothing(sandbox: Sandbox) -> None:
    sha = sandbox.push(NAME, "quiet", {"c.txt": "1"}, author="mona")
    number = sandbox.open_pull(NAME, "quiet", author="mona")
    finish(sandbox, sha, "quiet", None, event="pull_request")
    run = sandbox.start_run(NAME, sha=sha, branch="quiet", event="pull_request")
    sandbox.add_job(NAME, run, "test", conclusion="cancelled", log=b"stopped\n")
    sandbox.finish_run(NAME, run, "cancelled")
    # The queue is worked in order: when the last one is answered, the silent ones before it have been decided.
    last = sandbox.push(NAME, "loud", {"c.txt": "2"}, author="mona")
    loud = sandbox.open_pull(NAME, "loud", author="mona")
    finish(sandbox, last, "loud", "coverage", event="pull_request")
    eventually(sandbox, lambda: bool(sandbox.comments(NAME, loud)))
    assert sandbox.comments(NAME, number) == []


def test_a_command_and_a_burst_of_failed_jobs_are_answered_while_the_run_goes_on(sandbox: Sandbox) -> None:
    sha = sandbox.push(NAME, "matrix", {"d.txt": "1"}, author="mona")
    number = sandbox.open_pull(NAME, "matrix", author="mona")
    run = sandbox.start_run(NAME, sha=sha, branch="matrix", event="pull_request")
    log = (SCENES / "module.log").read_bytes()
    for leg in range(3):
        job = sandbox.add_job(NAME, run, f"test ({leg})", conclusion="failure", log=log, steps=FAILING)
        assert sandbox.job_event(NAME, run, job, "completed")["status_code"] == 202
    sandbox.comment(NAME, number, "mona", "/whyred help")

    def bodies() -> list[str]:
        return [one["body"] for one in sandbox.comments(NAME, number)]

    eventually(sandbox, lambda: any("`/whyred resume`" in body for body in bodies()))
    assert sandbox.comments(NAME, number)[0]["reactions"]["+1"] == 1
    eventually(sandbox, lambda: any("python/module-not-found" in body for body in bodies()))
    assert len(bodies()) == 3


def test_every_exchange_was_as_github_describes_it(sandbox: Sandbox) -> None:
    assert sandbox.requests("POST", "/comments")
    assert sandbox.violations() == []
