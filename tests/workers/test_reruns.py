"""When failed jobs are run again by themselves, how often, and that this never happens to a real failure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.errors import RetryLater
from bot.github import permissions, pulls, runs
from tests.workers.story import COVERAGE, GROUP, MODULE, NAME, OUTAGE, UNKNOWN, Story
from workers import history, investigate, reruns
from workers.office import Office, work

FAILING = [("Set up job", "success"), ("Fetch", "failure")]
REPORTED = """\
on: pull_request
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: sudo apt-get update
  all-green:
    needs: test
    if: always()
    runs-on: ubuntu-latest
    steps:
      - run: ./tools/frobnicate.sh
"""


@pytest.fixture
def granted(story: Story) -> Story:
    """The story of an installation that lets us run jobs again."""
    story.github.install("octo", {**permissions.ASKED, "actions": "write"})
    wish(story, "reruns: 2\n")
    return story


def considered(story: Story, run: int) -> str:
    """What is remarked about a run that failed, after whatever was to be run again has been."""

    def job(office: Office) -> str:
        found = runs.latest(office.client, run)
        pull = next(iter(pulls.find(office.client, found)), None)
        case = investigate.case(office, found, runs.jobs(office.client, found), pull)
        return "".join(reruns.consider(office, history.recall(office, case)).remarks)

    return work(story.installation, story.id, job)


def wish(story: Story, text: str) -> None:
    story.github.push(NAME, "main", {".github/whyred.yml": text})


def asked(story: Story) -> list[str]:
    return [path for _, path in story.writes() if path.endswith("/rerun-failed-jobs")]


def two_jobs(story: Story, first: str, second: str) -> int:
    run = story.github.start_run(NAME, sha=story.push("discounts", "1"), branch="discounts", event="pull_request")
    for name, log in (("test (3.11)", first), ("test (3.12)", second)):
        story.github.add_job(NAME, run, name, conclusion="failure", log=log, steps=FAILING)
    story.github.finish_run(NAME, run, deliver=False)
    return run


def test_a_run_that_failed_for_an_outage_alone_is_run_again_and_it_is_said(granted: Story, pull: int) -> None:
    run = story_run(granted, OUTAGE)
    assert considered(granted, run).endswith("the failed jobs run again by themselves, 1 of 2.")
    assert asked(granted) == [f"/repos/{NAME}/actions/runs/{run}/rerun-failed-jobs"]


def test_a_runner_that_was_lost_failed_no_step_and_is_run_again(granted: Story, pull: int) -> None:
    run = granted.github.start_run(NAME, sha=granted.push("discounts", "1"), branch="discounts", event="pull_request")
    lost = "The hosted runner lost communication with the server. Anything in your workflow can cause this error."
    granted.github.add_job(
        NAME,
        run,
        "test",
        conclusion="failure",
        log=GROUP.format("make test") + "running 4 workers\n",
        steps=[("Set up job", "success"), ("Run make test", "cancelled"), ("Upload", "skipped")],
        annotations=[{"path": ".github", "start_line": 1, "message": lost}],
    )
    granted.github.finish_run(NAME, run, deliver=False)
    assert considered(granted, run).endswith("the failed jobs run again by themselves, 1 of 2.")
    assert asked(granted) == [f"/repos/{NAME}/actions/runs/{run}/rerun-failed-jobs"]


def test_the_attempt_that_then_passes_turns_the_comment_green(granted: Story, pull: int) -> None:
    run = story_run(granted, OUTAGE)
    assert granted.tell(run) == "commented"
    (body,) = granted.comments(pull)
    assert "the failed jobs run again by themselves, 1 of 2." in body
    assert "not your change" in body
    granted.job(run, None)
    assert granted.tell(run, 2) == "edited"
    assert len(granted.comments(pull)) == len(asked(granted)) == 1
    assert [told.conclusion for told in granted.history()] == ["success", "failure"]


def story_run(story: Story, log: str, event: str = "pull_request") -> int:
    branch = "discounts" if event == "pull_request" else "main"
    return story.run(story.push(branch, "1"), branch, log, event=event)


def test_a_push_is_run_again_too(granted: Story) -> None:
    assert "1 of 2" in considered(granted, story_run(granted, OUTAGE, "push"))


def test_a_commit_is_run_again_only_so_often(granted: Story, pull: int) -> None:
    run = story_run(granted, OUTAGE)
    said = []
    for _ in range(3):
        said.append(considered(granted, run)[-7:])
        granted.job(run, OUTAGE)
    assert said == ["1 of 2.", "2 of 2.", ""]
    assert len(asked(granted)) == 2


@pytest.mark.parametrize("asked_for", ["early: true\n", "reruns: 0\n", "reruns: 2\nshadow: true\n"])
def test_nothing_is_run_again_unless_it_is_asked_for(granted: Story, pull: int, asked_for: str) -> None:
    wish(granted, asked_for)
    assert considered(granted, story_run(granted, OUTAGE)) == ""
    assert asked(granted) == []


def test_nothing_is_run_again_where_that_was_not_granted(story: Story, pull: int) -> None:
    story.github.install("octo", permissions.ASKED)
    wish(story, "reruns: 2\n")
    assert considered(story, story_run(story, OUTAGE)) == ""
    assert asked(story) == []


@pytest.mark.parametrize(
    "log",
    [
        MODULE,
        UNKNOWN,
        COVERAGE,
        OUTAGE.replace("mirror.example", "localhost:8081"),
        OUTAGE.replace("##[error]", "Error: the gizmo has come loose\n##[error]").replace("E: Failed", "W: Failed"),
    ],
    ids=["a cause", "nobody knows", "a gate", "a server of its own", "an outage that was survived"],
)
def test_a_real_failure_is_never_run_again(granted: Story, pull: int, log: str) -> None:
    assert considered(granted, story_run(granted, log)) == ""
    assert asked(granted) == []


def test_a_second_step_that_failed_may_have_failed_for_any_reason(granted: Story, pull: int) -> None:
    run = granted.github.start_run(NAME, sha=granted.push("discounts", "1"), branch="discounts", event="pull_request")
    steps = [*FAILING, ("Run pytest", "failure")]
    granted.github.add_job(NAME, run, "test", conclusion="failure", log=OUTAGE + MODULE, steps=steps)
    granted.github.finish_run(NAME, run, deliver=False)
    assert considered(granted, run) == ""


@pytest.mark.parametrize("other", [MODULE, UNKNOWN])
def test_one_job_that_really_failed_keeps_the_others_from_being_run_again(
    granted: Story, pull: int, other: str
) -> None:
    assert considered(granted, two_jobs(granted, OUTAGE, other)) == ""
    assert asked(granted) == []


@pytest.mark.parametrize(
    ("others", "again"), [((OUTAGE, UNKNOWN), True), ((MODULE, UNKNOWN), False), ((OUTAGE, MODULE), False)]
)
def test_a_job_that_only_reports_on_others_is_judged_by_them(
    granted: Story, pull: int, others: tuple[str, str], again: bool
) -> None:
    test, report = others
    sha = granted.github.push(NAME, "discounts", {".github/workflows/ci.yml": REPORTED}, author="mona")
    run = granted.github.start_run(NAME, sha=sha, branch="discounts", event="pull_request")
    for name, log in (("test", test), ("all-green", report)):
        granted.github.add_job(NAME, run, name, conclusion="failure", log=log, steps=FAILING)
    granted.github.finish_run(NAME, run, deliver=False)
    assert bool(considered(granted, run)) is again


def test_jobs_that_all_failed_for_an_outage_are_run_again(granted: Story, pull: int) -> None:
    assert "1 of 2" in considered(granted, two_jobs(granted, OUTAGE, OUTAGE))


def test_a_job_whose_log_is_gone_may_have_failed_for_any_reason(granted: Story, pull: int) -> None:
    run = granted.github.start_run(NAME, sha=granted.push("discounts", "1"), branch="discounts", event="pull_request")
    granted.github.add_job(NAME, run, "fetch", conclusion="failure", log=OUTAGE, steps=FAILING)
    granted.github.add_job(NAME, run, "test", conclusion="failure", log=OUTAGE, steps=FAILING, log_state="expired")
    granted.github.finish_run(NAME, run, deliver=False)
    assert considered(granted, run) == ""


def test_nothing_is_run_again_once_somebody_has_pushed(granted: Story, pull: int) -> None:
    run = story_run(granted, OUTAGE)
    granted.push("discounts", "2")
    assert considered(granted, run) == ""
    assert asked(granted) == []


def test_a_failure_that_is_known_to_come_and_go_is_run_again(granted: Story, pull: int) -> None:
    first = story_run(granted, MODULE)
    granted.tell(first)
    granted.github.rerun(NAME, first)
    granted.job(first, None)
    granted.tell(first, 2)
    assert "1 of 2" in considered(granted, granted.run(granted.push("discounts", "2"), "discounts", MODULE))


def test_a_worker_that_was_killed_after_it_had_asked_does_not_ask_twice(granted: Story, pull: int) -> None:
    run = story_run(granted, OUTAGE)

    def again(office: Office) -> str:
        return reruns.rerun(office, replace(runs.latest(office.client, run), attempt=1))

    assert [work(granted.installation, granted.id, again) for _ in range(2)] == [
        "run again",
        "silent: it runs again already",
    ]
    assert len(asked(granted)) == 1


def test_an_answer_that_was_lost_is_looked_for(granted: Story, pull: int) -> None:
    run = story_run(granted, OUTAGE)
    granted.github.fault("drop", "POST", "*/rerun-failed-jobs", count=1)
    assert "1 of 2" in considered(granted, run)
    assert len(asked(granted)) == 1


def test_a_request_that_was_lost_is_made_when_the_job_comes_back(granted: Story, pull: int) -> None:
    run = story_run(granted, OUTAGE)
    granted.github.fault("status", "POST", "*/rerun-failed-jobs", status=502, count=1)
    with pytest.raises(RetryLater):
        considered(granted, run)
    assert "1 of 2" in considered(granted, run)


def test_a_refusal_is_no_promise(granted: Story, pull: int) -> None:
    run = story_run(granted, OUTAGE)
    granted.github.fault("status", "POST", "*/rerun-failed-jobs", status=403, count=1, message="too old")
    assert considered(granted, run) == ""


def test_without_a_history_nobody_knows_how_often_it_was_run_again(
    granted: Story, pull: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = story_run(granted, OUTAGE)
    monkeypatch.setenv("DATABASE_URL", "sqlite:////dev/null/nowhere")
    assert considered(granted, run) == ""
    assert asked(granted) == []


def test_a_failure_that_nobody_wants_to_hear_of_is_a_real_one(granted: Story, pull: int) -> None:
    wish(granted, "reruns: 2\nignore: [lint]\n")
    lint = "shop.py:1:8: F401 [*] `os` imported but unused\nFound 1 error.\n"
    both = OUTAGE.replace("##[error]", f"{lint}##[error]")
    run = story_run(granted, both)
    assert "run again" not in considered(granted, run)
    assert asked(granted) == []
