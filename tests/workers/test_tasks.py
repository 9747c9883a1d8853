"""What becomes of a finished run, on the local GitHub: a comment, an issue, or silence with its reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import RetryLater
from tests.visible import visible
from tests.workers.story import COVERAGE, MODULE, NAME, UNKNOWN, Story
from workers import tasks


def test_a_comment_is_made_then_edited_then_turned_green(story: Story, pull: int) -> None:
    first = story.run(story.push("discounts", "1"), "discounts", COVERAGE)
    assert story.tell(first) == "commented"
    (body,) = story.comments(pull)
    assert "`coverage/below-threshold`" in body
    assert "35.33" in body

    second = story.run(story.push("discounts", "2"), "discounts", MODULE)
    assert story.tell(second) == "edited"
    (body,) = story.comments(pull)
    assert "`python/module-not-found`" in body
    assert "**Gone:** Coverage gate missed" in body
    assert "coverage/below-threshold" not in body

    sha = story.push("discounts", "3")
    third = story.run(sha, "discounts", None)
    assert story.tell(third) == "edited"
    (body,) = story.comments(pull)
    assert visible(body) == [
        "✅ **Green again.** It was: Python module `discounts` is missing."
        f" Fixed by `{sha[:7]}` `Change files` by `mona`.",
        "History: 2 earlier failures",
    ]


def test_a_run_told_twice_is_said_once(story: Story, pull: int) -> None:
    run = story.run(story.push("discounts", "1"), "discounts", COVERAGE)
    assert story.tell(run) == "commented"
    with story.silence():
        assert story.tell(run) == "silent: this was told already"
    assert len(story.comments(pull)) == 1


def test_a_forks_pull_request_gets_its_comment(story: Story) -> None:
    fork = story.github.fork(NAME, "hubert")
    sha = story.push("fix", "1", author="hubert", name=fork)
    number = story.github.open_pull(NAME, "fix", author="hubert", head_repository=fork)
    run = story.run(sha, "fix", MODULE, fork=fork)
    assert story.tell(run) == "commented"
    assert "`python/module-not-found`" in story.comments(number)[0]


@pytest.mark.parametrize("event", ["pull_request", "pull_request_target", "workflow_dispatch"])
def test_a_fork_without_a_pull_request_is_nobodys_news(story: Story, event: str) -> None:
    fork = story.github.fork(NAME, "hubert")
    sha = story.push("fix", "1", author="hubert", name=fork)
    with story.silence():
        run = story.run(sha, "fix", MODULE, fork=fork, event=event)
        assert story.tell(run) == "silent: its pull request was not found"
    assert story.issues() == []


def test_a_push_opens_an_issue_for_its_author_that_green_closes(story: Story) -> None:
    red = story.run(story.push("main", "1"), "main", MODULE, event="push")
    assert story.tell(red) == "opened"
    (issue,) = story.issues()
    assert [person["login"] for person in issue["assignees"]] == ["mona"]
    assert "`python/module-not-found`" in issue["body"]

    again = story.run(story.push("main", "2"), "main", MODULE, event="push")
    assert story.tell(again) == "counted"
    assert "Seen 2 times so far." in story.issues()[0]["body"]

    green = story.run(story.push("main", "3"), "main", None, event="push")
    assert story.tell(green) == "closed"
    (issue,) = story.issues()
    assert issue["state"] == "closed"
    assert "is green again" in issue["comment_list"][-1]["body"]


@pytest.mark.parametrize("event", ["schedule", "workflow_dispatch"])
def test_what_nobody_pushed_opens_an_issue_too(story: Story, event: str) -> None:
    run = story.run(story.push("main", "1"), "main", MODULE, event=event)
    assert story.tell(run) == "opened"


def test_an_author_who_can_not_be_assigned_is_named_in_plain_text(story: Story) -> None:
    run = story.run(story.push("main", "1", author="stranger"), "main", MODULE, event="push")
    assert story.tell(run) == "opened"
    (issue,) = story.issues()
    assert issue["assignees"] == []
    assert "Set off by stranger." in issue["body"]
    assert "@stranger" not in issue["body"]


def test_one_failure_on_two_branches_is_one_issue_that_names_both(story: Story) -> None:
    story.tell(story.run(story.push("main", "1"), "main", MODULE, event="push"))
    (issue,) = story.issues()
    assert issue["title"].endswith(" (`main`)")
    other = story.run(story.push("discounts", "1", author="stranger"), "discounts", MODULE, event="push")
    assert story.tell(other) == "counted"
    (issue,) = story.issues()
    assert "`main`" not in issue["title"]
    assert "- `discounts`, by stranger\n- `main`, by mona\n" in issue["body"]


def test_a_branchs_issue_closes_when_its_pull_request_turns_green(story: Story) -> None:
    early = story.run(story.push("discounts", "1"), "discounts", MODULE, event="push")
    assert story.tell(early) == "opened"
    story.github.open_pull(NAME, "discounts", author="mona")
    green = story.run(story.push("discounts", "2"), "discounts", None)
    assert story.tell(green) == "closed"
    assert story.issues()[0]["state"] == "closed"


def test_a_push_to_a_branch_with_a_pull_request_is_said_there(story: Story, pull: int) -> None:
    run = story.run(story.push("discounts", "1"), "discounts", MODULE, event="push")
    assert story.tell(run) == "commented"
    assert story.issues() == []


@pytest.mark.parametrize("conclusion", ["cancelled", "skipped", "neutral", "stale", "action_required"])
def test_a_run_that_neither_passed_nor_failed_is_nobodys_news(story: Story, pull: int, conclusion: str) -> None:
    sha = story.push("discounts", "1")
    run = story.run(sha, "discounts", "stopped\n", conclusion=conclusion)
    with story.silence():
        assert story.tell(run) == f"silent: {conclusion}"


def test_a_green_run_of_a_healthy_workflow_is_nobodys_news(story: Story, pull: int) -> None:
    run = story.run(story.push("discounts", "1"), "discounts", None)
    with story.silence():
        assert story.tell(run) == "silent: nothing red to settle"


@pytest.mark.parametrize("event", ["pull_request", "push"])
@pytest.mark.parametrize("log", [MODULE, None], ids=["red", "green"])
def test_a_run_that_a_newer_commit_has_superseded_is_silent(
    story: Story, pull: int, event: str, log: str | None
) -> None:
    run = story.run(story.push("discounts", "1"), "discounts", log, event=event)
    story.push("discounts", "2")
    with story.silence():
        assert story.tell(run) == "silent: superseded by a newer commit"


def test_an_attempt_that_a_newer_one_has_superseded_is_silent(story: Story, pull: int) -> None:
    run = story.run(story.push("discounts", "1"), "discounts", MODULE)
    assert story.github.rerun(NAME, run) == 2
    with story.silence():
        assert story.tell(run, 1) == "silent: superseded by a newer attempt"
    with pytest.raises(RetryLater):
        story.tell(run, 2)
    story.job(run, COVERAGE)
    assert story.tell(run, 2) == "commented"
    assert "attempt 2" in story.comments(pull)[0]


def test_an_attempt_that_github_does_not_show_yet_is_come_back_for(story: Story, pull: int) -> None:
    run = story.run(story.push("discounts", "1"), "discounts", MODULE)
    with pytest.raises(RetryLater):
        story.tell(run, 2)


def test_a_failure_diagnosed_after_a_later_pass_is_not_told(story: Story) -> None:
    red = story.run(story.push("main", "1"), "main", MODULE, event="push")
    green = story.run(story.push("main", "2"), "main", None, event="push")
    assert story.tell(green) == "silent: no issue to close"
    with story.silence():
        assert story.tell(red) == "silent: it has passed since"


def test_a_closed_pull_request_is_left_in_peace(story: Story, pull: int) -> None:
    run = story.run(story.push("discounts", "1"), "discounts", MODULE)
    story.github.close(NAME, pull)
    with story.silence():
        assert story.tell(run) == "silent: its pull request is closed"


def test_two_workflows_share_the_comment(story: Story, pull: int) -> None:
    sha = story.push("discounts", "1")
    assert story.tell(story.run(sha, "discounts", MODULE, workflow="CI")) == "commented"
    assert story.tell(story.run(sha, "discounts", COVERAGE, workflow="Nightly")) == "edited"
    (body,) = story.comments(pull)
    assert "`python/module-not-found`" in body
    assert "`coverage/below-threshold`" in body


def test_what_two_workflows_showed_leads_to_the_run_that_still_fails(story: Story, pull: int) -> None:
    sha = story.push("discounts", "1")
    passes, fails = (story.run(sha, "discounts", MODULE, workflow=name) for name in ("CI", "Nightly"))
    for run in (passes, fails):
        story.tell(run)
    assert f"/actions/runs/{passes}/job/" in story.comments(pull)[0]
    story.github.rerun(NAME, passes)
    story.job(passes, None)
    assert story.tell(passes, 2) == "edited"
    (body,) = story.comments(pull)
    assert f"/actions/runs/{passes}" not in body
    assert f"**Cause** [run {fails}](" in body
    assert f"/actions/runs/{fails})</sub>" in body


def test_a_run_without_jobs_has_its_workflow_file_explained(story: Story) -> None:
    path = ".github/workflows/ci.yml"
    sha = story.github.push(NAME, "main", {path: "name: CI\non: push\njobs:\n  test:\n   - a: [1\n"}, author="mona")
    run = story.github.start_run(NAME, sha=sha, branch="main", event="push", workflow_path=path, workflow_name=path)
    story.github.finish_run(NAME, run, "failure", deliver=False)
    assert story.tell(run) == "opened"
    (issue,) = story.issues()
    assert f"`{path}` line" in issue["body"]


def test_a_failure_that_nobody_knows_shows_the_telling_lines_and_says_so(story: Story, pull: int) -> None:
    run = story.run(story.push("discounts", "1"), "discounts", UNKNOWN)
    assert story.tell(run) == "commented"
    (body,) = story.comments(pull)
    assert "no known cause was recognised" in body
    assert "the gizmo has come loose" in body
    assert "confidence low" in body


@pytest.mark.parametrize(("state", "reason"), [("expired", "has expired"), ("no-blob", "not written yet")])
def test_a_log_that_is_not_there_is_explained_or_come_back_for(
    story: Story, pull: int, state: str, reason: str
) -> None:
    run = story.run(story.push("discounts", "1"), "discounts", MODULE, log_state=state)
    if state == "no-blob":
        with pytest.raises(RetryLater, match=reason):
            story.tell(run)
        assert story.comments(pull) == []
    else:
        assert story.tell(run) == "commented"
        assert reason in story.comments(pull)[0]


def test_a_rate_limit_puts_the_run_off_and_nothing_is_asked_meanwhile(story: Story, pull: int) -> None:
    run = story.run(story.push("discounts", "1"), "discounts", MODULE)
    headers = {"Retry-After": "120"}
    story.github.fault("status", "GET", "*/jobs/*/logs", status=403, headers=headers, message="secondary rate limit")
    with pytest.raises(RetryLater) as caught:
        story.tell(run)
    assert caught.value.seconds >= 120
    asked = len(story.github.requests())
    with pytest.raises(RetryLater):
        story.tell(run)
    assert len(story.github.requests()) == asked


def test_an_app_that_was_removed_is_silent(story: Story, pull: int) -> None:
    run = story.run(story.push("discounts", "1"), "discounts", MODULE)
    with story.silence():
        assert tasks.diagnose_run(story.installation + 999, story.id, run, 1).startswith("silent: refused (404")
        assert tasks.diagnose_run(story.installation, story.id, run + 999, 1).startswith("silent: refused (404")


def test_an_owner_who_is_not_served_is_not_read(story: Story, pull: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_OWNERS", "acme, Umbrella")
    run = story.run(story.push("discounts", "1"), "discounts", MODULE)
    assert story.tell(run) == "silent: owner not allowed"
    assert story.github.requests(path="/actions/") == []
    monkeypatch.setenv("ALLOWED_OWNERS", "acme,OCTO")
    assert story.tell(run) == "commented"


def test_the_token_is_for_this_repository_alone(story: Story, pull: int) -> None:
    story.tell(story.run(story.push("discounts", "1"), "discounts", MODULE))
    minted, shared = story.github.requests("POST", "access_tokens")
    assert minted["body"]["repository_ids"] == [story.id]
    assert shared["body"] == {"repositories": [".github"], "permissions": {"contents": "read"}}
    assert [one["authorized"] for one in story.github.requests() if one["host"] == "logs"] == [False]


def test_what_was_told_is_in_the_history(story: Story, pull: int) -> None:
    run = story.run(story.push("discounts", "1"), "discounts", MODULE)
    story.tell(run)
    (recorded,) = story.history()
    assert (recorded.repository, recorded.run_id, recorded.attempt) == (NAME, run, 1)
    assert (recorded.signature, recorded.delivered, recorded.outcome) == (
        "python/module-not-found",
        "commented",
        "diagnosed",
    )


def test_a_history_that_can_not_be_written_keeps_nobody_from_being_told(
    story: Story, pull: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "taken"))
    run = story.run(story.push("discounts", "1"), "discounts", MODULE)
    assert story.tell(run) == "commented"


def test_a_drafts_failure_stands_in_its_check_run_alone(story: Story) -> None:
    story.push("discounts", "PRICE = 1\n")
    number = story.github.open_pull(NAME, "discounts", author="mona", draft=True)
    assert story.tell(story.run(story.push("discounts", "1"), "discounts", MODULE)) == "checked"
    assert story.comments(number) == []


def test_a_drafts_failure_is_told_where_that_is_wished_for(story: Story) -> None:
    story.github.push(NAME, "main", {".github/whyred.yml": "drafts: true\n"}, author="mona")
    story.push("discounts", "PRICE = 1\n")
    story.github.open_pull(NAME, "discounts", author="mona", draft=True)
    assert story.tell(story.run(story.push("discounts", "1"), "discounts", MODULE)) == "commented"
