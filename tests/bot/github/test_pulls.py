"""The pull request of a run: by GitHub's own word, by branch and commit for forks, by the queue's branch; or none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.case import Run
from bot.github import pulls
from bot.github.client import Client
from tests.bot.fake_hub import Answer, FakeHub

SHA, OTHER = "a" * 40, "b" * 40
RUN = Run(
    id=1,
    attempt=1,
    workflow_id=55,
    workflow_name="CI",
    workflow_path=".github/workflows/ci.yml",
    event="pull_request",
    status="completed",
    conclusion="failure",
    head_sha=SHA,
    head_branch="fix",
    head_repository="acme/shop",
    author=None,
    actor="mona",
    html_url="https://github.example/acme/shop/actions/runs/1",
)
FORKED = replace(RUN, head_repository="hubert/shop")


def pull(
    number: int, *, sha: str = SHA, state: str = "open", repository: str | None = "acme/shop", branch: str = "fix"
) -> dict[str, Any]:
    return {
        "number": number,
        "user": {"login": "mona"},
        "head": {"sha": sha, "ref": branch, "repo": {"full_name": repository} if repository else None},
        "base": {"ref": "main"},
        "state": state,
        "draft": False,
        "html_url": f"https://github.example/acme/shop/pull/{number}",
    }


def list_pulls(hub: FakeHub, *listed: dict[str, Any]) -> None:
    hub.on("GET", "/repos/acme/shop/pulls", Answer(200, list(listed)))
    for one in listed:
        hub.on("GET", f"/repos/acme/shop/pulls/{one['number']}", Answer(200, one))


def numbers(client: Client, run: Run) -> list[int]:
    return [found.number for found in pulls.find(client, run)]


def test_the_pull_request_that_github_names_is_taken_even_when_it_has_moved_on(client: Client, hub: FakeHub) -> None:
    list_pulls(hub, pull(5, sha=OTHER))
    (found,) = pulls.find(client, replace(RUN, pull_requests=(5,)))
    assert (found.number, found.head_sha, found.base_branch, found.author) == (5, OTHER, "main", "mona")
    assert hub.asked("GET", "/pulls")[0].path.endswith("/pulls/5")


def test_a_forks_pull_request_is_found_by_owner_branch_and_commit(client: Client, hub: FakeHub) -> None:
    list_pulls(hub, pull(6, repository="hubert/shop"))
    assert numbers(client, FORKED) == [6]
    assert hub.seen[0].query["head"] == ["hubert:fix"]
    assert hub.seen[0].query["state"] == ["all"]


@pytest.mark.parametrize(
    "listed",
    [
        pytest.param(pull(6, sha=OTHER, repository="hubert/shop"), id="at another commit"),
        pytest.param(pull(6, repository="hubert/other"), id="from another fork of the same owner"),
        pytest.param(pull(6, sha=OTHER, repository=None), id="from a fork that is gone, at another commit"),
    ],
)
def test_a_forks_branch_alone_proves_nothing(client: Client, hub: FakeHub, listed: dict[str, Any]) -> None:
    list_pulls(hub, listed)
    assert numbers(client, FORKED) == []


def test_a_fork_that_is_gone_is_known_by_the_commit(client: Client, hub: FakeHub) -> None:
    list_pulls(hub, pull(6, repository=None))
    assert numbers(client, FORKED) == [6]


def test_a_push_to_a_branch_with_a_pull_request_belongs_to_it(client: Client, hub: FakeHub) -> None:
    list_pulls(hub, pull(7))
    assert numbers(client, replace(RUN, event="push")) == [7]


def test_a_push_that_its_pull_request_has_left_behind_still_belongs_to_it(client: Client, hub: FakeHub) -> None:
    list_pulls(hub, pull(7, sha=OTHER), pull(4, sha=OTHER, state="closed"))
    assert numbers(client, replace(RUN, event="push")) == [7]


@pytest.mark.parametrize(
    "run",
    [
        replace(RUN, event="push", head_branch="main"),
        replace(RUN, event="schedule", head_branch="main"),
        replace(RUN, event="workflow_run", head_branch="main"),
        replace(RUN, event="schedule"),
    ],
    ids=["push to main", "schedule", "after another workflow", "schedule on a branch"],
)
def test_what_runs_on_the_default_branch_is_nobodys_pull_request(client: Client, hub: FakeHub, run: Run) -> None:
    list_pulls(hub, pull(8, branch="main"))
    assert numbers(client, replace(run, pull_requests=(8,))) == []
    assert hub.seen == []


def test_a_forks_main_branch_may_well_be_a_pull_request(client: Client, hub: FakeHub) -> None:
    list_pulls(hub, pull(9, repository="hubert/shop", branch="main"))
    assert numbers(client, replace(FORKED, head_branch="main")) == [9]


def test_an_open_pull_request_is_preferred_to_a_closed_one(client: Client, hub: FakeHub) -> None:
    list_pulls(hub, pull(3, state="closed"), pull(10))
    assert numbers(client, RUN) == [10]
    list_pulls(hub, pull(3, state="closed"))
    assert [found.state for found in pulls.find(client, RUN)] == ["closed"]


def test_two_open_pull_requests_are_both_told(client: Client, hub: FakeHub) -> None:
    list_pulls(hub, pull(11), pull(12))
    assert numbers(client, RUN) == [11, 12]


def test_of_two_named_ones_the_one_at_the_commit_is_meant(client: Client, hub: FakeHub) -> None:
    list_pulls(hub, pull(11, sha=OTHER), pull(12))
    assert numbers(client, replace(RUN, pull_requests=(11, 12))) == [12]


def test_a_merge_queues_branch_names_its_pull_request(client: Client, hub: FakeHub) -> None:
    list_pulls(hub, pull(13, sha=OTHER))
    queued = replace(RUN, event="merge_group", head_branch=f"gh-readonly-queue/main/pr-13-{OTHER}")
    assert numbers(client, queued) == [13]
    assert pulls.is_queued(client, queued)


def test_a_forks_branch_called_like_the_queues_is_a_branch_like_any(client: Client, hub: FakeHub) -> None:
    name = f"gh-readonly-queue/main/pr-13-{OTHER}"
    list_pulls(hub, pull(13, sha=OTHER), pull(14, repository="hubert/shop", branch=name))
    forged = replace(FORKED, head_branch=name)
    assert numbers(client, forged) == [14]
    assert not pulls.is_queued(client, forged)


def test_a_run_whose_repository_and_branch_are_gone_has_none(client: Client, hub: FakeHub) -> None:
    assert numbers(client, replace(RUN, head_repository="", head_branch="")) == []
    assert hub.seen == []


def test_a_named_pull_request_that_is_gone_is_none(client: Client) -> None:
    assert numbers(client, replace(RUN, pull_requests=(404,))) == []
