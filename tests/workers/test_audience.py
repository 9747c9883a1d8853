"""What people who live with such bots ask for, row by row: each ask is a story on the local GitHub, and its end."""

from __future__ import annotations

import re
import string
from contextlib import closing

import pytest

from bot.command import Word
from bot.store.database import sqlite_url
from bot.store.store import open_store
from sandbox.state.world import FULL_PERMISSIONS
from tests.workers.story import COVERAGE, FAILING, GROUP, MODULE, NAME, OUTAGE, Story
from workers import commands

RETRIED = GROUP.format("pytest --reruns 2") + (
    "tests/test_cart.py RRF                                                   [100%]\n"
    "FAILED tests/test_cart.py::test_total - assert 18.0 == 17.85\n"
    "========================= 1 failed, 2 rerun in 0.20s (flaky) ==========================\n"
    "##[error]Process completed with exit code 1.\n"
)
WRAPPED = GROUP.format("make test") + (
    "Traceback (most recent call last):\n"
    '  File "/home/runner/work/shop/shop/main.py", line 1, in <module>\n'
    "    import discounts\n"
    "ModuleNotFoundError: No module named 'discounts'\n"
    "make: *** [Makefile:4: test] Error 1\n"
    "##[error]Process completed with exit code 2.\n"
)


def posts(story: Story, part: str = "/comments") -> list[str]:
    """The writes that send a mail: GitHub sends none for an edit."""
    return [path for method, path in story.writes() if method == "POST" and path.endswith(part)]


def shown(body: str) -> str:
    """What stands open in a comment."""
    return re.sub(r"<details>.*</details>", "", body, flags=re.S)


def red(story: Story, text: str, log: str = MODULE, workflow: str = "CI") -> int:
    run = story.run(story.push("discounts", text), "discounts", log, workflow=workflow)
    story.tell(run)
    return run


def green(story: Story, text: str) -> int:
    run = story.run(story.push("discounts", text), "discounts", None)
    story.tell(run)
    return run


def only(story: Story, number: int) -> str:
    (body,) = story.comments(number)
    return body


def again(story: Story, run: int, log: str | None) -> None:
    """A re-run of the same commit, told."""
    attempt = story.github.rerun(NAME, run)
    story.job(run, log)
    story.tell(run, attempt)


def command(story: Story, number: int, word: Word, text: str = "") -> str:
    """What came of a command that the pull request's author wrote."""
    comment = story.github.comment(NAME, number, "mona", f"/whyred {word} {text}")
    return commands.obey(story.installation, story.id, number, comment, word)


def may_rerun(story: Story) -> None:
    story.github.install("octo", {**FULL_PERMISSIONS, "actions": "write"})


def test_01_six_commits_are_one_comment_and_one_mail(story: Story, pull: int) -> None:
    for number in range(6):
        red(story, str(number), MODULE if number % 2 else COVERAGE)
    assert len(story.comments(pull)) == 1
    assert len(posts(story)) == 1


def test_02_nothing_is_said_while_there_is_nothing_to_act_on(story: Story, pull: int) -> None:
    with story.silence():
        for number in range(5):
            green(story, str(number))
    assert story.comments(pull) == []


def test_03_the_red_comment_turns_green_after_a_success_and_after_a_rerun(story: Story, pull: int) -> None:
    run = red(story, "1")
    again(story, run, None)
    assert "### ❌" not in only(story, pull)
    assert "green" in shown(only(story, pull))
    red(story, "2", COVERAGE)
    assert "### ❌" in only(story, pull)
    green(story, "3")
    assert "### ❌" not in only(story, pull)


def test_04_what_is_outdated_is_folded_away(story: Story, pull: int) -> None:
    red(story, "1", COVERAGE)
    red(story, "2", MODULE)
    body = only(story, pull)
    assert "### ❌ Coverage" not in body
    assert "Coverage gate missed" in body
    assert "Coverage gate missed" not in shown(body).partition("Gone")[0]


def test_05_a_matrix_and_three_workflows_are_one_comment(story: Story, pull: int) -> None:
    sha = story.push("discounts", "1")
    for workflow in ("CI", "Nightly", "Docs"):
        run = story.github.start_run(
            NAME,
            sha=sha,
            branch="discounts",
            event="pull_request",
            workflow_name=workflow,
            workflow_path=f".github/workflows/{workflow.lower()}.yml",
        )
        for leg in range(5):
            story.github.add_job(NAME, run, f"test ({leg})", conclusion="failure", log=MODULE, steps=FAILING)
        story.github.finish_run(NAME, run, deliver=False)
        story.tell(run)
    body = only(story, pull)
    assert body.count("### ❌") == 1
    assert "15 of 15 jobs failed" in shown(body)
    assert len(posts(story)) == 1


def test_06_the_cause_is_shown_and_not_what_follows_from_it(story: Story, pull: int) -> None:
    red(story, "1", WRAPPED)
    body = shown(only(story, pull))
    assert "ModuleNotFoundError: No module named 'discounts'" in body
    assert "make: ***" not in body


def test_06_whoever_was_shown_the_wrong_line_can_say_so(story: Story, pull: int) -> None:
    run = red(story, "1", WRAPPED)
    assert "`/whyred wrong`" in only(story, pull)
    assert command(story, pull, "wrong", "it is the proxy") == "wrong: +1"
    with closing(open_store(sqlite_url(story.data))) as store:
        (report,) = store.feedback()
    assert (report.run_id, report.signature, report.words) == (run, "python/module-not-found", "it is the proxy")


def test_07_a_line_that_says_flaky_proves_nothing(story: Story, pull: int) -> None:
    red(story, "1", RETRIED)
    red(story, "2", RETRIED)
    assert "flaky" not in shown(only(story, pull)).replace("(flaky)", "")


def test_08_flaky_is_said_with_the_runs_that_prove_it(story: Story, pull: int) -> None:
    first = red(story, "1", RETRIED)
    again(story, first, None)
    red(story, "2", RETRIED)
    body = only(story, pull)
    assert "flaky" in shown(body).lower()
    assert f"/actions/runs/{first}" in body


def test_09_it_is_said_whose_failure_it_is(story: Story, pull: int) -> None:
    main = story.run(story.push("main", "1"), "main", MODULE, event="push")
    red(story, "1")
    body = shown(only(story, pull))
    assert "`main`" in body
    assert f"/actions/runs/{main}" in body


def test_10_only_what_is_transient_is_run_again_and_so_often_as_was_asked_for(story: Story, pull: int) -> None:
    may_rerun(story)
    story.github.push(NAME, "main", {".github/whyred.yml": "reruns: 1\n"})
    red(story, "1", MODULE)
    assert posts(story, "/rerun-failed-jobs") == []
    run = red(story, "2", OUTAGE)
    assert len(posts(story, "/rerun-failed-jobs")) == 1
    story.job(run, OUTAGE)
    story.tell(run, 2)
    assert len(posts(story, "/rerun-failed-jobs")) == 1


def test_11_the_author_can_have_the_failed_jobs_run_again(story: Story, pull: int) -> None:
    may_rerun(story)
    run = red(story, "1")
    assert "`/whyred rerun`" in only(story, pull)
    assert command(story, pull, "rerun") == "rerun: +1"
    assert posts(story, "/rerun-failed-jobs") == [f"/repos/{NAME}/actions/runs/{run}/rerun-failed-jobs"]


def test_12_six_runs_of_one_cause_are_one_issue(story: Story) -> None:
    for number in range(6):
        story.tell(story.run(story.push("main", str(number)), "main", MODULE, event="push"))
    assert len(story.issues()) == 1
    assert len(posts(story, "/issues")) == 1
    assert posts(story) == []


def test_13_a_second_cause_of_the_same_workflow_is_an_issue_of_its_own(story: Story) -> None:
    story.tell(story.run(story.push("main", "1"), "main", MODULE, event="push"))
    story.tell(story.run(story.push("main", "2"), "main", COVERAGE, event="push"))
    assert len(story.issues()) == 2


def test_14_an_issue_is_closed_by_green_and_kept_open_when_it_comes_and_goes(story: Story) -> None:
    states = []
    for number in range(3):
        story.tell(story.run(story.push("main", f"{number} red"), "main", MODULE, event="push"))
        story.tell(story.run(story.push("main", f"{number} green"), "main", None, event="push"))
        states.append(story.issues()[0]["state"])
    assert states[0] == "closed"
    assert states[-1] == "open"
    assert "flaky" in [label["name"] for label in story.issues()[0]["labels"]]


def test_15_a_forks_pull_request_is_found_by_owner_branch_and_commit(story: Story) -> None:
    fork, other = story.github.fork(NAME, "hubert"), story.github.fork(NAME, "gregor")
    sha = story.push("fix", "1", author="hubert", name=fork)
    story.push("fix", "2", author="gregor", name=other)
    number = story.github.open_pull(NAME, "fix", author="hubert", head_repository=fork)
    decoy = story.github.open_pull(NAME, "fix", author="gregor", head_repository=other)
    story.tell(story.run(sha, "fix", MODULE, fork=fork))
    assert "python/module-not-found" in only(story, number)
    assert story.comments(decoy) == []


def test_16_a_comment_is_never_too_long_for_github_and_says_what_it_left_out(story: Story, pull: int) -> None:
    sha = story.push("discounts", "1")
    for letter in string.ascii_lowercase[:14]:
        lines = "".join(f"error: gizmo {letter} is bent at {place} {'🧨' * 390}\n" for place in range(20))
        log = GROUP.format(f"./tool-{letter}.sh") + lines + "##[error]Process completed with exit code 1.\n"
        story.tell(story.run(sha, "discounts", log, workflow=f"W{letter}"))
    body = only(story, pull)
    assert 30_000 < len(body.encode()) <= 60_000
    assert re.search(r"\d+ more, not shown|cut here", body)


def test_17_no_secret_and_no_mention_leaves_the_log(story: Story, pull: int) -> None:
    token = "ghp_" + "a1B2" * 9
    log = GROUP.format("./deploy.sh") + (
        f"error: push with {token} to postgres://admin:hunter2secret@db.example/shop was refused, ask @octo-admins\n"
        "##[error]Process completed with exit code 1.\n"
    )
    red(story, "1", log)
    body = only(story, pull)
    assert token not in body
    assert "hunter2secret" not in body
    outside = re.sub(r"(`{3,})[^\n]*\n.*?\n\1|`[^`\n]*`", "", body, flags=re.S)
    assert "@octo-admins" not in outside


def test_18_a_workflow_that_github_can_not_parse_is_explained(story: Story, pull: int) -> None:
    path = ".github/workflows/ci.yml"
    sha = story.github.push(
        NAME, "discounts", {path: "name: CI\non: push\njobs:\n  test:\n   - a: [1\n"}, author="mona"
    )
    run = story.github.start_run(
        NAME, sha=sha, branch="discounts", event="push", workflow_path=path, workflow_name=path
    )
    story.github.finish_run(NAME, run, "failure", deliver=False)
    story.tell(run)
    body = shown(only(story, pull))
    assert f"`{path}` line 5" in body


def test_19_a_merge_queues_failure_is_told_on_its_pull_request(story: Story, pull: int) -> None:
    queued = f"gh-readonly-queue/main/pr-{pull}-{'0' * 40}"
    story.tell(story.run(story.push(queued, "1"), queued, MODULE, event="merge_group"))
    assert "in the merge queue" in shown(only(story, pull))
    assert "python/module-not-found" in only(story, pull)


@pytest.mark.parametrize("author", ["dependabot[bot]", "departed"])
def test_20_who_can_not_act_is_not_assigned(story: Story, author: str) -> None:
    story.tell(story.run(story.push("main", "1", author=author), "main", MODULE, event="push"))
    (issue,) = story.issues()
    assert issue["assignees"] == []
    assert f"@{author}" not in issue["body"]


def test_20_a_schedules_failure_does_not_ping_who_committed_last(story: Story) -> None:
    story.tell(story.run(story.push("main", "1"), "main", MODULE, event="schedule"))
    (issue,) = story.issues()
    assert issue["assignees"] == []
    assert "@mona" not in issue["body"]
