"""To whom a failure is told, by what set the run off: the one who can mend it, and nobody in vain."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workers.story import COVERAGE, GROUP, MODULE, NAME, Story

TYPES = GROUP.format("mypy shop") + (
    'main.py:3: error: Incompatible types in assignment (expression has type "str", variable has type "int")'
    "  [assignment]\nFound 1 error in 1 file (checked 1 source file)\n"
    "##[error]Process completed with exit code 1.\n"
)
OWNERS = {".github/CODEOWNERS": "* @octo/everybody\nmain.py @octo @octo/python\n"}
QUEUE = "gh-readonly-queue/main"


@pytest.fixture
def owned(story: Story) -> Story:
    """The code that fails has an owner, `octo`, and a team."""
    story.github.push(NAME, "main", OWNERS, author="mona")
    return story


def only(story: Story) -> dict[str, Any]:
    (issue,) = story.issues()
    return issue


def assigned(story: Story) -> list[str]:
    return [person["login"] for person in only(story)["assignees"]]


def labels(story: Story) -> list[str]:
    return [label["name"] for label in only(story)["labels"]]


def tell(story: Story, event: str, *, author: str = "mona", log: str | None = MODULE, **told: Any) -> str:
    branch = told.pop("branch", "main")
    return story.tell(story.run(story.push(branch, event, author=author), branch, log, event=event, **told))


@pytest.mark.parametrize(
    ("event", "author", "actor", "to"),
    [
        ("push", "mona", "mona", "mona"),
        ("push", "dependabot[bot]", "dependabot[bot]", "octo"),
        ("push", "departed", "mona", "octo"),
        ("schedule", "mona", "mona", "octo"),
        ("workflow_dispatch", "stranger", "mona", "mona"),
        ("repository_dispatch", "mona", "deployer[bot]", "octo"),
        ("release", "stranger", "mona", "mona"),
        ("issue_comment", "mona", "mona", "octo"),
        ("workflow_run", "mona", "mona", "octo"),
    ],
    ids=[
        "a push to its author",
        "a bot's push to the code's owner",
        "a departed author's push to the code's owner",
        "a schedule to the code's owner, not to the last committer",
        "a run started by hand to whoever started it",
        "a run that a bot started to the code's owner",
        "a release to whoever made it",
        "a comment's run to the code's owner",
        "a chained run to the code's owner",
    ],
)
def test_who_is_assigned(owned: Story, event: str, author: str, actor: str, to: str) -> None:
    assert tell(owned, event, author=author, actor=actor, log=TYPES) == "opened"
    assert assigned(owned) == [to]
    assert "@octo/python" not in only(owned)["body"].replace("`@octo/python`", "")


def test_a_failure_that_names_no_file_goes_to_the_workflows_owner(story: Story) -> None:
    story.github.push(NAME, "main", {"CODEOWNERS": "* @mona\n/.github/workflows/ @octo\n"})
    assert tell(story, "schedule") == "opened"
    assert assigned(story) == ["octo"]


def test_a_schedule_without_owners_is_assigned_to_nobody(story: Story) -> None:
    assert tell(story, "schedule") == "opened"
    assert assigned(story) == []
    assert "Set off" not in only(story)["body"]


def test_a_reusable_workflow_is_told_as_its_callers_run(owned: Story) -> None:
    assert tell(owned, "push", job="build / test (3.12)") == "opened"
    assert assigned(owned) == ["mona"]
    assert "`CI › build / test (3.12)" in only(owned)["body"]


def test_a_merge_queue_is_told_in_its_pull_request(story: Story, pull: int) -> None:
    sha = story.push("main", "1")
    run = story.run(sha, f"{QUEUE}/pr-{pull}-{sha}", MODULE, event="merge_group")
    assert story.tell(run) == "commented"
    assert story.issues() == []


@pytest.mark.parametrize("event", ["merge_group", "push"])
def test_a_merge_queue_without_a_match_is_told_as_a_push_and_its_next_group_closes_it(story: Story, event: str) -> None:
    for number, done in ((901, "opened"), (902, "counted")):
        sha = story.push("main", str(number))
        run = story.run(sha, f"{QUEUE}/pr-{number}-{sha}", MODULE, event=event)
        assert story.tell(run) == done
    assert assigned(story) == ["mona"]
    assert only(story)["title"].endswith(f"(`{QUEUE}`)")
    assert "priority: high" not in labels(story)
    sha = story.push("main", "903")
    assert story.tell(story.run(sha, f"{QUEUE}/pr-903-{sha}", None, event=event)) == "closed"


def test_a_merge_queue_is_watched_as_the_branch_that_it_goes_into(story: Story) -> None:
    story.github.push(NAME, "main", {".github/whyred.yml": "branches: [main]\n"})
    for base, done in (("main", "opened"), ("old", "silent: not watched")):
        sha = story.push("main", base)
        run = story.run(sha, f"gh-readonly-queue/{base}/pr-901-{sha}", MODULE, event="merge_group")
        assert story.tell(run) == done


def test_a_merge_queue_of_a_closed_pull_request_is_nobodys_news(story: Story, pull: int) -> None:
    sha = story.push("main", "1")
    run = story.run(sha, f"{QUEUE}/pr-{pull}-{sha}", MODULE, event="merge_group")
    story.github.close(NAME, pull)
    with story.silence():
        assert story.tell(run) == "silent: its pull request is closed"


def test_a_push_in_a_fork_is_nobodys_news(story: Story) -> None:
    fork = story.github.fork(NAME, "hubert")
    run = story.run(story.push("main", "1", author="hubert", name=fork), "main", MODULE, event="push", fork=fork)
    with story.silence():
        assert story.tell(run) == "silent: its pull request was not found"


def test_a_fork_whose_branch_has_the_same_name_settles_nothing_of_ours(story: Story) -> None:
    assert tell(story, "push", branch="fix") == "opened"
    fork = story.github.fork(NAME, "hubert")
    sha = story.push("fix", "2", author="hubert", name=fork)
    story.github.open_pull(NAME, "fix", author="hubert", head_repository=fork)
    story.tell(story.run(sha, "fix", None, fork=fork))
    assert only(story)["state"] == "open"
    assert tell(story, "push", branch="fix", log=None) == "closed"


def test_dependabots_pull_request_is_told_there_and_pings_nobody(owned: Story) -> None:
    sha = owned.push("dependabot/pip/x", "1", author="dependabot[bot]")
    number = owned.github.open_pull(NAME, "dependabot/pip/x", author="dependabot[bot]")
    assert owned.tell(owned.run(sha, "dependabot/pip/x", MODULE)) == "commented"
    assert "@octo" not in owned.comments(number)[0]
    assert owned.issues() == []


def test_a_red_default_branch_comes_first_and_a_category_has_its_label(story: Story) -> None:
    tell(story, "push")
    assert labels(story) == ["whyred", "whyred: dependency", "priority: high"]


def test_another_branch_is_no_emergency(story: Story) -> None:
    tell(story, "push", branch="fix", log=COVERAGE)
    assert labels(story) == ["whyred", "whyred: coverage"]


ROUTES = """\
routes:
  dependency: {assignees: [octo], labels: [team/packaging]}
"""


def test_a_category_goes_where_the_repository_says(story: Story) -> None:
    story.github.push(NAME, "main", {".github/whyred.yml": ROUTES})
    tell(story, "push", branch="fix")
    assert assigned(story) == ["octo", "mona"]
    assert labels(story) == ["whyred", "whyred: dependency", "team/packaging"]


def test_a_repository_that_wants_no_issues_gets_none(story: Story) -> None:
    story.github.push(NAME, "main", {".github/whyred.yml": "issues: false\noutlets: [comment]\n"})
    with story.silence():
        tell(story, "push")
    assert story.issues() == []
