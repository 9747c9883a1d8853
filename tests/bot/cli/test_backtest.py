"""The back-test over the local GitHub: what would have been posted, how often, and that nothing is written."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.cli.main import main
from sandbox.client import Sandbox
from tests.bot.cli.conftest import NAME
from tests.workers.story import COVERAGE, FAILING, MODULE, UNKNOWN


def run(shop: Sandbox, branch: str, log: str | None, event: str = "pull_request", **options: Any) -> int:
    """A finished run at a new commit: red with this log, green without one."""
    sha = shop.push(NAME, branch, {"shop.py": f"{log}{options}"}, author="mona")
    number = shop.start_run(NAME, sha=sha, branch=branch, event=event)
    ended = "failure" if log else "success"
    shop.add_job(NAME, number, "test", conclusion=ended, log=log or "well\n", steps=FAILING if log else (), **options)
    shop.finish_run(NAME, number, deliver=False)
    return number


def replayed(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main(["backtest", NAME, "--format", "json", *arguments]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def test_runs_of_a_pull_request_would_have_been_one_comment(shop: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    shop.push(NAME, "discounts", {"shop.py": "0"}, author="mona")
    pull = shop.open_pull(NAME, "discounts", author="mona")
    for log in (COVERAGE, MODULE, None):
        run(shop, "discounts", log)
    told = replayed(capsys)
    assert [row["done"] for row in told["runs"]] == [f"comment on #{pull}", f"edit on #{pull}"]
    (comment,) = told["comments"]
    assert (comment["pull_request"], comment["edits"], comment["green"]) == (pull, 2, True)
    assert (told["failed_runs"], told["notifications"], told["issues"]) == (2, 1, [])
    assert told["causes"] == {"coverage/below-threshold": 1, "python/module-not-found": 1}


def test_a_pull_request_that_was_merged_since_was_open_then(shop: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    shop.push(NAME, "discounts", {"shop.py": "0"}, author="mona")
    pull = shop.open_pull(NAME, "discounts", author="mona")
    run(shop, "discounts", MODULE)
    shop.close(NAME, pull, merged=True)
    assert [row["done"] for row in replayed(capsys)["runs"]] == [f"comment on #{pull}"]


def test_pushes_would_have_opened_counted_closed_and_reopened_issues(
    shop: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    for log in (MODULE, MODULE, COVERAGE, None, MODULE):
        run(shop, "main", log, event="push")
    told = replayed(capsys)
    assert [row["done"] for row in told["runs"]] == ["issue opened", "issue counted", "issue opened", "issue reopened"]
    assert [(issue["seen"], issue["closed"], issue["reopened"], issue["open"]) for issue in told["issues"]] == [
        (3, 1, 1, True),
        (1, 1, 0, False),
    ]
    assert told["notifications"] == 5


def test_an_issue_that_comes_and_goes_would_have_stayed_open(shop: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    for log in (MODULE, None, MODULE, None, MODULE, None):
        run(shop, "main", log, event="push")
    (issue,) = replayed(capsys)["issues"]
    assert (issue["closed"], issue["reopened"], issue["open"]) == (2, 2, True)


def test_silence_and_what_is_lost_are_told_with_their_reasons(
    shop: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    fork = shop.fork(NAME, "hubert")
    sha = shop.push(fork, "fix", {"shop.py": "1"}, author="hubert")
    number = shop.start_run(NAME, sha=sha, branch="fix", event="pull_request", head_repository=fork)
    shop.add_job(NAME, number, "test", conclusion="failure", log=MODULE, steps=FAILING)
    shop.finish_run(NAME, number, deliver=False)
    run(shop, "main", MODULE, event="push", log_state="expired")
    run(shop, "main", UNKNOWN, event="push")
    told = replayed(capsys)
    assert told["silent"] == {"its pull request was not found": 1}
    assert told["causes"] == {"(its logs can not be read)": 1, "(unknown)": 1}
    assert told["unknown_share"] == 1.0
    assert told["runs"][1]["unread"] == ["its log has expired"]


def test_a_run_that_a_newer_commit_had_overtaken_would_not_have_been_told(
    shop: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.push(NAME, "discounts", {"shop.py": "0"}, author="mona")
    shop.open_pull(NAME, "discounts", author="mona")
    first = shop.push(NAME, "discounts", {"shop.py": "1"}, author="mona")
    slow = shop.start_run(NAME, sha=first, branch="discounts", event="pull_request")
    shop.set_run(NAME, slow, created_at="2020-01-01T00:00:00Z")
    shop.set_run(NAME, run(shop, "discounts", MODULE), created_at="2020-01-02T00:00:00Z")
    shop.add_job(NAME, slow, "test", conclusion="failure", log=MODULE, steps=FAILING)
    shop.finish_run(NAME, slow, deliver=False)
    assert replayed(capsys)["silent"] == {"superseded by a newer commit": 1}


def test_only_the_last_ones_are_replayed_and_nothing_is_written(
    shop: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    for log in (MODULE, COVERAGE, None, UNKNOWN):
        run(shop, "main", log, event="push")
    shop.clear()
    assert [row["found"] for row in replayed(capsys, "--last", "2")["runs"]] == [
        "coverage/below-threshold",
        "(unknown)",
    ]
    assert {one["method"] for one in shop.requests()} == {"GET"}


def test_the_table_says_it_all(
    shop: Sandbox, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    shop.push(NAME, "discounts", {"shop.py": "0"}, author="mona")
    pull = shop.open_pull(NAME, "discounts", author="mona")
    run(shop, "discounts", MODULE.replace("discounts", "[red]x[/red]"))
    run(shop, "main", COVERAGE, event="push", log_state="expired")
    assert main(["backtest", NAME]) == 0
    said = capsys.readouterr().out
    for part in (f"comment on #{pull}", "issue opened", "2 failed runs: 1 comment, 1 issue, 2 notifications in all"):
        assert part in said
    assert "Of 1 the logs have expired" in said


def test_a_repository_without_failures_says_so(shop: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    run(shop, "main", None, event="push")
    assert main(["backtest", NAME]) == 0
    assert capsys.readouterr().out == f"{NAME}: no failed run was found.\n"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["octo"], "is no repository"),
        ([NAME, "--last", "0"], "--last takes a number"),
        (["octo/absent"], "GitHub answered 404: no such repository"),
    ],
)
def test_what_can_not_be_replayed_is_said_in_one_line(
    shop: Sandbox, arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backtest", *arguments]) == 2
    said = capsys.readouterr().err
    assert reason in said
    assert said.count("\n") == 1
