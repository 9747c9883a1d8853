"""A failed run that is told about has a check run at its commit; a missing permission costs its outlet alone."""

from __future__ import annotations

import pytest

from sandbox.state.world import FULL_PERMISSIONS
from tests.visible import visible
from tests.workers import test_early
from tests.workers.story import COVERAGE, GROUP, MODULE, NAME, UNKNOWN, Story
from workers import commands

FULL = dict(FULL_PERMISSIONS)


@pytest.fixture
def pull(story: Story) -> int:
    story.push("discounts", "0")
    return story.github.open_pull(NAME, "discounts", author="mona")


def red(story: Story, log: str = MODULE, *, branch: str = "discounts", event: str = "pull_request") -> int:
    return story.run(story.push(branch, log), branch, log, event=event)


def test_a_pull_requests_failure_takes_two_writes(story: Story, pull: int) -> None:
    run = red(story)
    assert story.tell(run) == "commented"
    (check,) = story.github.check_runs(NAME)
    assert (check["name"], check["conclusion"]) == ("whyred: CI", "neutral")
    assert check["output"]["title"] == "Python module `discounts` is missing"
    assert [one["identifier"] for one in check["actions"]] == ["diagnose"]
    assert [method for method, _ in story.writes()] == ["POST", "POST"]
    with story.silence():
        story.tell(run)


def test_workflows_of_one_name_have_check_runs_of_their_own_that_name_the_file(story: Story, pull: int) -> None:
    sha = story.push("discounts", "1")
    found = [
        story.github.start_run(
            NAME, sha=sha, branch="discounts", event="pull_request", workflow_path=path, workflow_name=name
        )
        for name, path in (("CI", "ci.yml"), ("CI", ".github/workflows/nightly.yml"), ("Lint", "lint.yml"))
    ]
    for run in found:
        story.job(run, MODULE)
        story.tell(run)
    made = story.github.check_runs(NAME)
    assert [one["name"] for one in made] == ["whyred: CI (ci.yml)", "whyred: CI (nightly.yml)", "whyred: Lint"]
    assert len([one for one in story.github.requests("GET") if one["path"].endswith("/actions/workflows")]) == 1
    story.github.rerun(NAME, found[0])
    story.job(found[0], None)
    story.tell(found[0], 2)
    settled = story.github.check_runs(NAME)[-1]
    assert (settled["name"], settled["conclusion"]) == ("whyred: CI (ci.yml)", "success")


def test_no_check_is_made_before_the_run_has_ended(story: Story, pull: int) -> None:
    """An annotation can not be taken back."""
    run = test_early.going(story, MODULE)
    assert test_early.tell(story, run) == "commented"
    assert story.github.check_runs(NAME) == []
    story.github.finish_run(NAME, run, "failure", deliver=False)
    story.tell(run)
    assert len(story.github.check_runs(NAME)) == 1


def test_a_workflow_that_gives_each_of_its_runs_a_name_keeps_its_own(story: Story, pull: int) -> None:
    sha = story.push("discounts", "1")
    run = story.github.start_run(
        NAME, sha=sha, branch="discounts", event="pull_request", run_name="Try 12 of mona's discounts"
    )
    story.job(run, MODULE)
    story.tell(run)
    assert [one["name"] for one in story.github.check_runs(NAME)] == ["whyred: CI"]
    assert "`CI › test › Run " in story.comments(pull)[0]


def test_the_lines_that_failed_are_annotated(story: Story, pull: int) -> None:
    log = "shop.py:1:8: F401 [*] `os` imported but unused\nFound 1 error.\n"
    story.tell(red(story, GROUP.format("ruff check .") + log + "##[error]Process completed with exit code 1.\n"))
    (check,) = story.github.check_runs(NAME)
    ((path, line, level),) = {(one["path"], one["start_line"], one["level"]) for one in check["annotation_list"]}
    assert (path, line, level) == ("shop.py", 1, "failure")


def test_a_push_to_the_default_branch_has_its_check_as_well(story: Story) -> None:
    assert story.tell(red(story, branch="main", event="push")) == "opened"
    assert len(story.github.check_runs(NAME)) == 1


def test_a_forks_check_stands_in_the_base_repository(story: Story) -> None:
    fork = story.github.fork(NAME, "hubert")
    sha = story.push("mine", "1", name=fork)
    story.github.open_pull(NAME, "mine", author="hubert", head_repository=fork)
    assert story.tell(story.run(sha, "mine", MODULE, fork=fork)) == "commented"
    (check,) = story.github.check_runs(NAME)
    assert check["head_sha"] == sha


def test_a_rerun_that_passes_says_so_at_the_commit(story: Story, pull: int) -> None:
    run = red(story)
    story.tell(run)
    story.github.rerun(NAME, run)
    story.job(run, None)
    story.tell(run, 2)
    assert [(one["conclusion"], one["output"]["title"]) for one in story.github.check_runs(NAME)] == [
        ("neutral", "Python module `discounts` is missing"),
        ("success", "CI is green again"),
    ]


def test_another_commit_that_passes_leaves_the_old_one_as_it_was(story: Story, pull: int) -> None:
    story.tell(red(story))
    story.tell(story.run(story.push("discounts", "2"), "discounts", None))
    assert [one["conclusion"] for one in story.github.check_runs(NAME)] == ["neutral"]


@pytest.mark.parametrize("kind", ["rules", "protection"])
def test_a_required_check_that_failed_is_said_to_block(story: Story, kind: str) -> None:
    if kind == "rules":
        story.github.create_repository("octo/strict", required_checks=["test", "lint", "build / deploy (3.12, linux)"])
    else:
        story.github.create_repository("octo/strict", protected_checks=["test", "lint", "build / deploy (3.12, linux)"])
    sha = story.github.push("octo/strict", "discounts", {"shop.py": "1"}, author="mona")
    story.github.open_pull("octo/strict", "discounts", author="mona")
    run = story.github.start_run("octo/strict", sha=sha, branch="discounts", event="pull_request")
    for name, log in (("test", MODULE), ("docs", COVERAGE), ("build / deploy (3.12, linux)", MODULE)):
        story.github.add_job("octo/strict", run, name, conclusion="failure", log=log, steps=[("Run", "failure")])
    story.github.finish_run("octo/strict", run, deliver=False)
    story.id = int(story.github.state("octo/strict")["id"])
    assert story.tell(run) == "commented"
    (check,) = story.github.check_runs("octo/strict")
    assert "Blocks the merge: `test`, `build / deploy (3.12, linux)` are required." in check["output"]["summary"]


def test_nothing_is_said_to_block_where_nothing_is_required(story: Story, pull: int) -> None:
    story.tell(red(story))
    assert "Blocks" not in story.github.check_runs(NAME)[0]["output"]["summary"]
    asked = len(story.github.requests(path="/rules/branches/main"))
    story.tell(red(story, UNKNOWN))
    assert len(story.github.requests(path="/rules/branches/main")) == asked == 1


def granted(story: Story, without: str, level: str = "") -> None:
    kept = {name: right for name, right in FULL.items() if name != without}
    story.github.install("octo", {**kept, **({without: level} if level else {})})


WITHOUT = {
    # What is missing -> what a pull request's failure comes to, what a push's, and the check runs of both.
    "nothing": ("commented", "opened", 2),
    "checks": ("commented", "opened", 0),
    "contents": ("commented", "opened", 2),
    "issues": ("commented", "checked", 2),
    "pull_requests": ("checked", "opened", 2),
    "actions": ("silent: refused (403: Resource not accessible by integration)",) * 2 + (0,),
}


@pytest.mark.parametrize(("without", "expected"), WITHOUT.items(), ids=WITHOUT)
def test_a_permission_that_is_missing_costs_its_outlet_alone(
    story: Story, pull: int, without: str, expected: tuple[str, str, int]
) -> None:
    granted(story, without)
    runs = [red(story), red(story, branch="main", event="push")]
    story.github.clear()
    assert [story.tell(run) for run in runs] == list(expected[:2])
    checks = story.github.check_runs(NAME)
    assert len(checks) == expected[2]
    refused = [(one["path"], str(one["query"])) for one in story.github.requests() if one["status"] in (403, 404, 422)]
    assert len(refused) == len(set(refused)), "nothing that was refused is asked again"
    said = [*story.comments(pull), *(one["body"] for one in story.issues())]
    said += [str(one["output"]["summary"]) for one in checks]
    wanted = f"{without.replace('_', ' ').capitalize()}: "
    assert sum(wanted in one for one in said) == (0 if without in ("nothing", "actions") else 1)


ASKED = "For whoever administers whyred in `octo`: it lacks a permission here; grant *Issues: write* to have "


def test_what_is_missing_is_said_once_a_week_where_its_author_is_not_bothered(story: Story, pull: int) -> None:
    granted(story, "issues")
    for number in range(3):
        story.tell(red(story, GROUP.format("make") + f"error {number}\n##[error]Process completed with exit code 2.\n"))
    said = [ASKED in str(one["output"]["summary"]) for one in story.github.check_runs(NAME)]
    assert (said.count(True), len(said)) == (1, 3)
    assert "grant" not in story.comments(pull)[0]


@pytest.mark.parametrize("log", [MODULE, None], ids=["explained", "unexplained"])
def test_what_is_missing_is_folded_where_there_is_only_the_comment_to_say_it_in(
    story: Story, pull: int, log: str | None
) -> None:
    granted(story, "checks")
    run = story.run(story.push("discounts", "1"), "discounts", log or "", log_state="available" if log else "expired")
    story.tell(run)
    (body,) = story.comments(pull)
    assert "grant *Checks: write* to see" in body
    assert "grant *Checks: write* to see" not in "\n".join(visible(body))


def test_a_run_that_goes_on_leaves_it_to_its_end_to_say_what_is_missing(story: Story, pull: int) -> None:
    granted(story, "issues")
    run = test_early.going(story, MODULE)
    assert test_early.tell(story, run) == "commented"
    assert "grant" not in story.comments(pull)[0]
    story.github.finish_run(NAME, run, "failure", deliver=False)
    story.tell(run)
    assert ASKED in str(story.github.check_runs(NAME)[0]["output"]["summary"])


@pytest.mark.parametrize("silence", ["a draft", "quiet", "ignored"])
def test_what_is_missing_is_not_taken_for_said_where_nothing_was(story: Story, silence: str) -> None:
    granted(story, "issues")
    story.github.push(NAME, "main", {".github/whyred.yml": "ignore: [coverage]\noutlets: [comment]\n"}, author="mona")
    story.push("discounts", "0")
    pull = story.github.open_pull(NAME, "discounts", author="mona", draft=silence == "a draft")
    if silence == "quiet":
        asked = story.github.comment(NAME, pull, "mona", "/whyred quiet")
        commands.obey(story.installation, story.id, pull, asked, "quiet")
    story.tell(red(story, COVERAGE if silence == "ignored" else UNKNOWN))
    assert "lacks a permission" not in "\n".join(story.comments(pull))
    if silence == "a draft":
        story.github.make_ready(NAME, pull)
    if silence == "quiet":
        asked = story.github.comment(NAME, pull, "mona", "/whyred resume")
        commands.obey(story.installation, story.id, pull, asked, "resume")
    story.tell(red(story))
    assert "lacks a permission" in "\n".join(story.comments(pull))


@pytest.mark.parametrize("silence", ["a draft", "quiet"])
def test_what_is_missing_is_said_in_the_check_where_no_comment_is_written(story: Story, silence: str) -> None:
    granted(story, "issues")
    story.push("discounts", "0")
    pull = story.github.open_pull(NAME, "discounts", author="mona", draft=silence == "a draft")
    if silence == "quiet":
        asked = story.github.comment(NAME, pull, "mona", "/whyred quiet")
        commands.obey(story.installation, story.id, pull, asked, "quiet")
    story.tell(red(story))
    assert "lacks a permission" in story.github.check_runs(NAME)[0]["output"]["summary"]


def test_rerunning_is_offered_where_it_was_granted(story: Story, pull: int) -> None:
    granted(story, "actions", "write")
    story.tell(red(story))
    (check,) = story.github.check_runs(NAME)
    assert [one["identifier"] for one in check["actions"]] == ["diagnose", "rerun"]
    asked = [one["body"]["permissions"].get("actions") for one in story.github.requests("POST", "access_tokens")]
    assert "write" in asked


def test_a_fix_is_suggested_where_that_is_wished_for_and_the_diff_shows_its_lines(story: Story) -> None:
    workflow = ".github/workflows/ci.yml"
    broken = (
        "name: CI\non: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    env:\n      URL: sqlite:///:memory: x\n"
    )
    story.github.push(NAME, "main", {".github/whyred.yml": "suggest: true\n"})
    sha = story.github.push(NAME, "discounts", {workflow: broken}, author="mona")
    pull = story.github.open_pull(NAME, "discounts", author="mona")
    run = story.github.start_run(NAME, sha=sha, branch="discounts", event="pull_request", workflow_name=workflow)
    story.github.finish_run(NAME, run, "failure", deliver=False)
    assert story.tell(run) == "commented"
    (review,) = story.github.reviews(NAME, pull)
    assert review["state"] == "COMMENTED"
    ((path, line, body),) = [(one["path"], one["line"], one["body"]) for one in review["comments"]]
    assert (path, line) == (workflow, 7)
    assert '```suggestion\n      URL: "sqlite:///:memory: x"\n```' in body
    with story.silence():
        story.tell(run)
    mended = story.github.push(NAME, "discounts", {workflow: broken.replace(" x", "")}, author="mona")
    for other in ("Lint", "CI"):
        ((one,),) = [made["comments"] for made in story.github.reviews(NAME, pull)]
        assert one["minimized"] is None
        story.tell(story.run(mended, "discounts", None, workflow=other))
    ((one,),) = [made["comments"] for made in story.github.reviews(NAME, pull)]
    assert one["minimized"] == "outdated"


def test_nothing_is_suggested_unasked(story: Story, pull: int) -> None:
    story.tell(red(story, COVERAGE))
    assert story.github.reviews(NAME, pull) == []


def test_who_may_write_issues_may_comment_where_pull_requests_may_only_be_read(story: Story, pull: int) -> None:
    granted(story, "pull_requests", "read")
    assert story.tell(red(story)) == "commented"
    assert "lacks a permission" not in story.comments(pull)[0]
