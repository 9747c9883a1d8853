"""Runs and jobs as GitHub tells them, gaps included."""

from __future__ import annotations

from typing import Any

import pytest

from bot.case import Job, Step
from bot.github import runs
from bot.github.client import Client
from tests.bot.fake_hub import Answer, FakeHub, Seen

RUN: dict[str, Any] = {
    "id": 31,
    "run_attempt": 2,
    "workflow_id": 55,
    "name": "CI",
    "path": ".github/workflows/ci.yml",
    "event": "pull_request",
    "status": "completed",
    "conclusion": "failure",
    "head_sha": "a" * 40,
    "head_branch": "fix",
    "head_repository": {"full_name": "hubert/shop"},
    "actor": {"login": "hubert"},
    "triggering_actor": {"login": "mona"},
    "html_url": "https://github.example/acme/shop/actions/runs/31",
    "display_title": "Fix it",
    "pull_requests": [
        {"number": 5, "base": {"repo": {"id": 7}}},
        {"number": 6, "base": {"repo": {"id": 8}}},
    ],
    "updated_at": "2026-01-02T03:04:05Z",
}


def answer(hub: FakeHub, **changes: Any) -> None:
    hub.on("GET", "/repos/acme/shop/actions/runs/31", Answer(200, {**RUN, **changes}))


def test_a_run_is_told_in_its_newest_attempt(client: Client, hub: FakeHub) -> None:
    answer(hub)
    run = runs.latest(client, 31)
    assert (run.id, run.attempt, run.workflow_id, run.event, run.conclusion) == (31, 2, 55, "pull_request", "failure")
    assert (run.head_repository, run.head_branch, run.actor, run.title) == ("hubert/shop", "fix", "mona", "Fix it")


def test_a_run_whose_name_is_its_title_has_its_workflows_name(client: Client, hub: FakeHub) -> None:
    answer(hub, name="Release 12 by mona", display_title="Release 12 by mona")
    hub.on("GET", "/repos/acme/shop/actions/workflows/55", Answer(200, {"name": "CI"}))
    assert runs.latest(client, 31).workflow_name == "CI"


def test_a_workflow_that_is_not_shown_here_leaves_the_run_its_name(client: Client, hub: FakeHub) -> None:
    answer(hub, name="Release 12 by mona", display_title="Release 12 by mona")
    hub.on("GET", "/repos/acme/shop/actions/workflows/55", Answer(404, {"message": "Not Found"}))
    assert runs.latest(client, 31).workflow_name == "Release 12 by mona"


def test_only_pull_requests_into_this_repository_count(client: Client, hub: FakeHub) -> None:
    answer(hub)
    assert runs.latest(client, 31).pull_requests == (5,)


@pytest.mark.parametrize(
    ("gap", "field", "told"),
    [
        ({"head_repository": None}, "head_repository", ""),
        ({"head_branch": None}, "head_branch", ""),
        ({"triggering_actor": None}, "actor", "hubert"),
        ({"triggering_actor": None, "actor": None}, "actor", ""),
        ({"pull_requests": None}, "pull_requests", ()),
        ({"run_attempt": None}, "attempt", 1),
        ({"conclusion": None}, "conclusion", None),
        ({"name": None}, "workflow_name", ".github/workflows/ci.yml"),
        ({"path": "acme/rules/.github/workflows/ci.yml@main"}, "workflow_path", "acme/rules/.github/workflows/ci.yml"),
    ],
)
def test_a_run_with_gaps_is_told_all_the_same(
    client: Client, hub: FakeHub, gap: dict[str, Any], field: str, told: object
) -> None:
    answer(hub, **gap)
    assert getattr(runs.latest(client, 31), field) == told


def test_an_earlier_attempt_can_be_asked_for(client: Client, hub: FakeHub) -> None:
    hub.on("GET", "/repos/acme/shop/actions/runs/31/attempts/1", Answer(200, {**RUN, "run_attempt": 1}))
    assert runs.attempt(client, 31, 1).attempt == 1


def test_the_jobs_are_those_of_the_attempt_on_all_pages(client: Client, hub: FakeHub) -> None:
    def page(seen: Seen) -> Answer:
        number = int(seen.query["page"][0])
        headers = {"Link": f'<{hub.url}/x?page=2>; rel="next"'} if number == 1 else {}
        return Answer(200, {"total_count": 2, "jobs": [{**JOB, "id": number}]}, headers)

    answer(hub)
    hub.on("GET", "/repos/acme/shop/actions/runs/31/attempts/2/jobs", page)
    found = runs.jobs(client, runs.latest(client, 31))
    assert [job.id for job in found] == [1, 2]
    assert hub.asked("GET", "/jobs")[0].query["per_page"] == ["100"]


JOB: dict[str, Any] = {
    "id": 1,
    "name": "test (3.12)",
    "status": "completed",
    "conclusion": "failure",
    "html_url": "https://github.example/acme/shop/actions/runs/31/job/1",
    "steps": [{"number": 2, "name": "Run pytest", "status": "completed", "conclusion": "failure"}],
    "started_at": "2026-01-02T03:00:00Z",
    "completed_at": "2026-01-02T03:04:00Z",
}


def test_a_job_is_told_with_its_steps_or_without_any(client: Client, hub: FakeHub) -> None:
    answer(hub)
    bare = {**JOB, "id": 2, "steps": None, "html_url": None, "completed_at": None, "conclusion": "cancelled"}
    listed = {"total_count": 2, "jobs": [JOB, bare]}
    hub.on("GET", "/repos/acme/shop/actions/runs/31/attempts/2/jobs", Answer(200, listed))
    told, untold = runs.jobs(client, runs.latest(client, 31))
    assert told.steps == (Step(2, "Run pytest", "completed", "failure"),)
    assert told.failed
    assert untold == Job(2, "test (3.12)", "completed", "cancelled", "", (), "2026-01-02T03:00:00Z", None)
    assert not untold.failed


@pytest.mark.parametrize(
    ("commit", "author"),
    [
        (Answer(200, {"author": {"login": "mona"}}), "mona"),
        (Answer(200, {"author": None}), None),
        (Answer(200, {"author": {}}), None),
        (Answer(404, {"message": "Not Found"}), None),
        (Answer(422, {"message": "No commit found for SHA"}), None),
    ],
)
def test_the_author_is_a_login_or_nobody(client: Client, hub: FakeHub, commit: Answer, author: str | None) -> None:
    hub.on("GET", "/repos/acme/shop/commits/aaaa", commit)
    assert runs.author(client, "aaaa") == author
