"""Whose file holds: the repository's over its organisation's over the installation's, and none from a fork."""

from __future__ import annotations

from pathlib import Path

import pytest
import redis

from tests.workers.story import COVERAGE, GROUP, MODULE, NAME, Story
from workers import commands, forget

FILE = ".github/whyred.yml"
ORGANISATION = "octo/.github"


@pytest.fixture
def wishes(story: Story, redis_url: str) -> Wishes:
    return Wishes(story, redis_url)


class Wishes:
    """Writes the files, and lets the minutes go by for which they are remembered."""

    def __init__(self, story: Story, redis_url: str) -> None:
        self.story, self.redis_url = story, redis_url

    def tell(self, text: str, *, repository: str = NAME, branch: str = "main") -> str:
        if repository == ORGANISATION:
            self.story.github.create_repository(ORGANISATION)
        sha = self.story.github.push(repository, branch, {FILE: text}, author="mona")
        self.later()
        return sha

    def later(self) -> None:
        with redis.Redis.from_url(self.redis_url) as connection:
            for key in connection.scan_iter("whyred:wishes:*"):
                connection.delete(key)


def red(story: Story, log: str = MODULE, *, text: str = "1") -> str:
    return story.tell(story.run(story.push("discounts", text), "discounts", log))


def test_what_it_ignores_leaves_the_report(story: Story, pull: int, wishes: Wishes) -> None:
    wishes.tell("ignore: [coverage, 'python/module-*']\n")
    with story.silence():
        assert red(story) == "silent: ignored by configuration"
        assert red(story, COVERAGE, text="2") == "silent: ignored by configuration"
    assert [one.delivered for one in story.history()] == ["silent: ignored by configuration"] * 2


def test_what_is_mended_no_longer_stands_as_red_where_only_what_it_ignores_is_left(
    story: Story, pull: int, wishes: Wishes
) -> None:
    wishes.tell("ignore: [coverage]\n")
    assert red(story) == "commented"
    assert red(story, COVERAGE, text="2") != "silent: ignored by configuration"
    (comment,) = story.comments(pull)
    assert "✅ **Nothing to act on.** It was: " in comment
    assert "What still fails in `CI` is ignored by the configuration." in comment
    assert "❌" not in comment
    with story.silence():
        assert red(story, COVERAGE, text="3") == "silent: ignored by configuration"


def test_what_it_does_not_ignore_is_told_beside_what_it_does(story: Story, pull: int, wishes: Wishes) -> None:
    wishes.tell("ignore: [coverage]\n")
    run = story.github.start_run(
        NAME,
        sha=story.push("discounts", "1"),
        branch="discounts",
        event="pull_request",
        workflow_name="CI",
        workflow_path=".github/workflows/ci.yml",
    )
    for name, log in (("gate", COVERAGE), ("import", MODULE)):
        steps = [("Set up job", "success"), ("Run it", "failure")]
        story.github.add_job(NAME, run, name, conclusion="failure", log=log, steps=steps)
    story.github.finish_run(NAME, run, deliver=False)
    story.tell(run)
    (comment,) = story.comments(pull)
    assert "discounts" in comment
    assert "35.33" not in comment


def test_a_guess_is_told_whatever_is_ignored(story: Story, pull: int, wishes: Wishes) -> None:
    wishes.tell("ignore: ['*']\n")
    log = GROUP.format("./x.sh") + "the gizmo has come loose\n##[error]Process completed with exit code 3.\n"
    assert not red(story, log).startswith("silent")


def test_a_workflow_that_is_not_watched_is_passed_over(story: Story, pull: int, wishes: Wishes) -> None:
    wishes.tell("workflows: [Nightly]\n")
    assert red(story) == "silent: not watched"
    wishes.tell("workflows: ['.github/workflows/c*']\nbranches: [release/*]\n")
    assert red(story, text="2") == "silent: not watched"
    wishes.tell("workflows: [CI]\nbranches: [m*]\n")
    assert not red(story, text="3").startswith("silent")


def test_in_the_shadow_nothing_is_written_and_everything_recorded(story: Story, pull: int, wishes: Wishes) -> None:
    wishes.tell("shadow: true\n")
    with story.silence():
        told = red(story)
        assert told.startswith(f"shadow: comment for #{pull}, check for #{pull}: Python module")
        assert story.tell(story.run(story.push("discounts", "2"), "discounts", None)).startswith("silent")
        pushed = story.tell(story.run(story.push("main", "3"), "main", COVERAGE, event="push"))
        assert pushed.startswith("shadow: issue for main: Coverage")
    assert [one.delivered for one in story.history()][-1] == told


def test_a_forks_head_configures_nothing(story: Story, pull: int, wishes: Wishes) -> None:
    wishes.tell("shadow: true\n", branch="discounts")
    assert not red(story).startswith(("silent", "shadow"))


def test_the_organisations_file_holds_where_the_repositorys_says_nothing(
    story: Story, pull: int, wishes: Wishes
) -> None:
    wishes.tell("shadow: true\nworkflows: [CI]\n", repository=ORGANISATION)
    assert red(story).startswith("shadow")
    wishes.tell("shadow: false\n")
    assert not red(story, text="2").startswith("shadow")


def test_the_installations_file_holds_where_nobody_says_otherwise(
    story: Story, pull: int, wishes: Wishes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "defaults.yml").write_text("shadow: true\n")
    monkeypatch.setenv("CONFIG_DEFAULTS", str(tmp_path / "defaults.yml"))
    assert red(story).startswith("shadow")
    wishes.tell("shadow: false\n", repository=ORGANISATION)
    assert not red(story, text="2").startswith("shadow")


def test_a_file_is_remembered_for_some_minutes(story: Story, pull: int, wishes: Wishes) -> None:
    wishes.tell("shadow: true\n")
    red(story)
    before = len(story.github.requests(path="/contents/.github"))
    red(story, text="2")
    assert len(story.github.requests(path="/contents/.github")) == before


def test_a_silent_run_does_not_ask_for_it(story: Story, pull: int) -> None:
    run = story.run(story.push("discounts", "1"), "discounts", MODULE, conclusion="cancelled")
    assert story.tell(run) == "silent: cancelled"
    assert story.github.requests(path="/contents/.github") == []


def test_a_file_that_can_not_be_read_is_none(story: Story, pull: int, wishes: Wishes) -> None:
    wishes.tell("shadow: true\n")
    story.github.install("octo", {"actions": "read", "issues": "write", "metadata": "read", "pull_requests": "write"})
    assert not red(story).startswith(("shadow", "silent"))


def said(story: Story) -> list[str]:
    pulls = [one for one in story.github.state(NAME)["issues"] if "pull_request" in one]
    return [str(comment["body"]) for pull in pulls for comment in pull["comment_list"]]


def test_a_wrong_file_is_said_on_one_pull_request_until_it_changes(story: Story, pull: int, wishes: Wishes) -> None:
    wishes.tell("early: true\noutlets: [checks]\n")
    where = "`.github/whyred.yml`, line 2, column 11"
    note = f"{where}: `checks` can not stand here; did you mean `check`? Nothing in it holds"
    red(story)
    story.push("other", "1")
    story.github.open_pull(NAME, "other", author="mona")
    story.tell(story.run(story.push("other", "2"), "other", MODULE))
    assert [note in text for text in said(story)] == [True, False]
    wishes.tell("outlets: [checks]\n")
    story.tell(story.run(story.push("other", "3"), "other", MODULE))
    assert "line 1, column 11" in said(story)[-1]


def test_a_wrong_file_changes_nothing_of_what_its_organisation_wishes(story: Story, pull: int, wishes: Wishes) -> None:
    wishes.tell("shadow: true\n", repository=ORGANISATION)
    wishes.tell("shadow: false\noutlets: [checks]\n")
    assert red(story).startswith("shadow")


def test_a_chat_that_nobody_has_set_up_is_said(story: Story, pull: int, wishes: Wishes) -> None:
    wishes.tell("chat: {to: [ops]}\n")
    red(story)
    assert "`chat.to` names `ops`, which whoever runs whyred has not set up" in said(story)[0]


def test_what_is_to_be_said_waits_for_a_place_to_say_it(story: Story, pull: int, wishes: Wishes) -> None:
    wishes.tell("outlets: [comment]\nchat: {to: [ops]}\n")
    story.tell(story.run(story.push("main", "1"), "main", MODULE, event="push"))
    red(story)
    assert "`chat.to` names `ops`" in said(story)[0]


def test_it_is_said_by_one_of_two_workflows(story: Story, pull: int, wishes: Wishes) -> None:
    wishes.tell("chat: {to: [ops]}\n")
    sha = story.push("discounts", "1")
    story.tell(story.run(sha, "discounts", MODULE))
    story.tell(story.run(sha, "discounts", COVERAGE, workflow="Lint"))
    assert said(story)[0].count("`ops`") == 1


def test_in_the_shadow_no_command_is_obeyed(story: Story, pull: int, wishes: Wishes) -> None:
    wishes.tell("shadow: true\n")
    comment = story.github.comment(NAME, pull, "mona", "/whyred help")
    with story.silence():
        assert commands.obey(story.installation, story.id, pull, comment, "help").startswith("silent")


def test_the_teams_own_runbook_is_linked(story: Story, pull: int, wishes: Wishes) -> None:
    wishes.tell("routes: {dependency: {docs: docs/modules.md}, coverage: {docs: 'https://wiki.example/gate'}}\n")
    red(story)
    assert f"/{NAME}/blob/main/docs/modules.md)" in story.comments(pull)[0]
    red(story, COVERAGE, text="2")
    assert "[runbook](https://wiki.example/gate)" in story.comments(pull)[0]


def test_a_repository_that_is_lost_leaves_nothing_behind(
    story: Story, pull: int, wishes: Wishes, redis_url: str
) -> None:
    wishes.tell("outlets: [checks]\n")
    red(story)
    forget.forget_repositories(story.id)
    with redis.Redis.from_url(redis_url) as connection:
        assert [*connection.scan_iter(f"whyred:wishes:{story.id}"), *connection.scan_iter("whyred:note:*")] == []
