"""What earlier runs tell of a failure, and that nobody is told less where the database fails."""

from __future__ import annotations

from pathlib import Path

import pytest
import redis
from sqlalchemy import create_engine, delete, select, text

from bot.store.database import sqlite_url
from bot.store.tables import PostRow
from tests.workers.story import COVERAGE, MODULE, NAME, Story


def test_a_green_attempt_after_a_red_one_of_the_same_commit_is_kept(story: Story, pull: int) -> None:
    run = story.run(story.push("discounts", "1"), "discounts", COVERAGE)
    story.tell(run)
    story.github.rerun(NAME, run)
    story.job(run, None)
    story.tell(run, 2)
    assert [(told.attempt, told.conclusion) for told in story.history()] == [(2, "success"), (1, "failure")]


def test_a_flake_is_told_with_the_runs_that_prove_it(story: Story, pull: int) -> None:
    run = story.run(story.push("discounts", "1"), "discounts", MODULE)
    story.tell(run)
    assert "flaky" not in story.comments(pull)[0]
    story.github.rerun(NAME, run)
    story.job(run, None)
    story.tell(run, 2)
    story.tell(story.run(story.push("discounts", "2"), "discounts", MODULE))
    (body,) = story.comments(pull)
    assert f"known flaky: failed in [run {run}](" in body
    assert f"passed in [run {run}, attempt 2](" in body


def test_it_is_kept_even_where_a_newer_commit_has_superseded_it(story: Story, pull: int) -> None:
    run = story.run(story.push("discounts", "1"), "discounts", COVERAGE)
    story.tell(run)
    story.push("discounts", "2")
    story.github.rerun(NAME, run)
    story.job(run, None)
    assert story.tell(run, 2) == "silent: superseded by a newer commit"
    assert [told.conclusion for told in story.history()] == ["success", "failure"]


def posts(story: Story) -> list[tuple[str, str, int | None]]:
    engine = create_engine(sqlite_url(story.data))
    with engine.connect() as connection:
        found = [(row.outlet, row.says, row.thing) for row in connection.execute(select(PostRow.__table__))]
    engine.dispose()
    return sorted(found)


def test_what_was_done_in_each_outlet_is_kept_and_silence_is_not(story: Story, pull: int) -> None:
    red = story.run(story.push("discounts", "1"), "discounts", MODULE)
    for _ in range(2):
        story.tell(red)
    assert [(outlet, says) for outlet, says, _ in posts(story)] == [("check", "checked"), ("comment", "commented")]
    red = story.run(story.push("main", "1"), "main", MODULE, event="push")
    for _ in range(2):
        story.tell(red)
    (issue,) = story.issues()
    assert ("issue", "opened", issue["number"]) in posts(story)


def test_a_comment_that_somebody_deleted_stays_deleted_though_redis_is_wiped(
    story: Story, pull: int, connection: redis.Redis
) -> None:
    story.tell(story.run(story.push("discounts", "1"), "discounts", COVERAGE))
    story.delete_ours(pull)
    connection.flushall()
    story.tell(story.run(story.push("discounts", "2"), "discounts", MODULE))
    assert story.comments(pull) == []


def test_it_stays_deleted_where_the_worker_died_before_it_could_note_what_it_wrote(story: Story, pull: int) -> None:
    run = story.run(story.push("discounts", "1"), "discounts", COVERAGE)
    story.tell(run)
    engine = create_engine(sqlite_url(story.data))
    with engine.begin() as history:
        history.execute(delete(PostRow))
    engine.dispose()
    story.tell(run)
    story.delete_ours(pull)
    story.tell(story.run(story.push("discounts", "2"), "discounts", MODULE))
    assert story.comments(pull) == []


def test_a_green_run_of_another_commit_is_not_kept(story: Story, pull: int) -> None:
    story.tell(story.run(story.push("discounts", "1"), "discounts", COVERAGE))
    story.tell(story.run(story.push("discounts", "2"), "discounts", None))
    assert [told.conclusion for told in story.history()] == ["failure"]


@pytest.mark.parametrize(("log", "said"), [(MODULE, "`main` shows the same, since"), (COVERAGE, "")])
def test_the_base_branchs_log_is_not_read_again_where_it_was_diagnosed_before(
    story: Story, pull: int, log: str, said: str
) -> None:
    assert story.tell(story.run(story.push("main", "1"), "main", MODULE, event="push")) == "opened"
    (job,) = [one for one in story.github.requests("GET", "/logs") if one["host"] == "api"]
    run = story.run(story.push("discounts", "1"), "discounts", log)
    assert story.tell(run) == "commented"
    (body,) = story.comments(pull)
    assert said in body
    assert ("`main`" in body) is bool(said)
    read = [one["path"] for one in story.github.requests("GET", "/logs") if one["host"] == "api"]
    assert read.count(job["path"]) == 1
    assert len(read) == 2


def test_a_database_of_a_newer_whyred_keeps_nobody_from_being_told(story: Story, pull: int) -> None:
    story.tell(story.run(story.push("discounts", "1"), "discounts", COVERAGE))
    engine = create_engine(sqlite_url(story.data))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    assert story.tell(story.run(story.push("discounts", "2"), "discounts", MODULE)) == "edited"


def test_a_database_that_fails_keeps_nobody_from_being_told(
    story: Story, pull: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broken.sqlite3").write_bytes(b"this is no database" * 99)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/broken.sqlite3")
    red = story.run(story.push("discounts", "1"), "discounts", MODULE)
    assert story.tell(red) == "commented"
    assert story.tell(story.run(story.push("discounts", "2"), "discounts", None)) == "edited"
    assert "the history does not answer" in capsys.readouterr().out
