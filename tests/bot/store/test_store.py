"""The history: what is recorded comes back, once an attempt, and the tables are what the revisions make."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, func, select, text, update
from sqlalchemy.exc import InvalidRequestError

from bot.case import Case, PullRequest, Repository, Run
from bot.store.database import connect, migrate, sqlite_url, take_back
from bot.store.retention import now, purge
from bot.store.store import Store, open_store
from bot.store.tables import KEPT, Base, PostRow
from bot.store.values import Complaint, Post
from diagnosis.report import Excerpt, Finding, Input, Report

FINDING = Finding(
    signature="python/module-not-found",
    category="dependency",
    kind="cause",
    confidence="high",
    title="t",
    why="w",
    log="1_test.txt",
    job="test",
    step="Run pytest",
    lines=(3,),
    evidence=("what the log says",),
    fingerprint="0123456789abcdef",
)
CASE = Case(
    repository=Repository(7, "clinic/api", "main", 11),
    run=Run(
        id=100,
        attempt=1,
        workflow_id=5,
        workflow_name="CI",
        workflow_path=".github/workflows/ci.yml",
        event="push",
        status="completed",
        conclusion="failure",
        head_sha="ab" * 20,
        head_branch="main",
        head_repository="clinic/api",
        author="ada",
        actor="ada",
        html_url="https://git.example/clinic/api/actions/runs/100",
    ),
    jobs=(),
    report=Report("diagnosed", (FINDING,), None, Input(1, 1), 0.1),
)


NOTHING = Report("no-failure", (), None, Input(0, 0), 0.0)
PULL = PullRequest(4, "mona", "ab" * 20, "main", "open", False, "https://git.example/clinic/api/pull/4")
ON_PULL = replace(CASE, pull_request=PULL)
CANARY = "ghp_" + "canary" * 6


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = open_store(database_url)
    yield opened
    opened.close()


def test_a_recorded_run_comes_back(store: Store) -> None:
    store.record(CASE, "comment https://git.example/1", 2.5)
    (told,) = store.recent(10)
    assert (told.repository, told.run_id, told.signature, told.delivered, told.seconds) == (
        "clinic/api",
        100,
        "python/module-not-found",
        "comment https://git.example/1",
        2.5,
    )


def test_the_same_attempt_is_recorded_once_and_attempts_apart(store: Store) -> None:
    store.record(CASE, "issue", 1.0)
    store.record(CASE, "comment", 1.0)
    store.record(replace(CASE, run=replace(CASE.run, attempt=2)), "comment", 1.0)
    assert [(told.attempt, told.delivered) for told in store.recent(10)] == [(2, "comment"), (1, "comment")]


def test_a_green_run_is_recorded_beside_the_red_one(store: Store) -> None:
    store.record(CASE, "comment", 1.0)
    green = replace(CASE.run, attempt=2, conclusion="success")
    store.record(replace(CASE, run=green, report=NOTHING), "edited", 1.0)
    assert [(told.conclusion, told.signature) for told in store.recent(10)] == [
        ("success", None),
        ("failure", "python/module-not-found"),
    ]


def test_no_secret_of_a_log_is_ever_kept(tmp_path: Path) -> None:
    """Planted wherever text of a log, of a workflow's author or of a commenter comes in."""
    store = open_store(sqlite_url(tmp_path))
    leaky = replace(
        FINDING,
        title=f"title {CANARY}",
        job=f"job {CANARY}",
        evidence=(
            f"TOKEN={CANARY}",
            "-----BEGIN PRIVATE KEY-----",
            "MIIEcanaryInSeveralLines",
            "-----END PRIVATE KEY-----",
        ),
        captures={"message": CANARY},
    )
    run = replace(CASE.run, workflow_name=f"CI {CANARY}", head_branch=f"topic/{CANARY}")
    excerpt = Excerpt((1, 2), (f"a {CANARY}", "password=canaryOfAPassword"))
    case = replace(CASE, run=run, report=Report("diagnosed", (leaky,), excerpt, Input(1, 1), 0.1), pull_request=PULL)
    store.record(case, f"commented {CANARY}", 1.0)
    store.posted(Post(case.repository, case.run, "comment", f"commented {CANARY}", 5))
    assert store.report(Complaint(case.repository, PULL.number, 1, "mona", f"it is {CANARY}\nanaconda")) == 1
    store.close()
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"anaconda" in kept
    assert [word for word in (CANARY, "canaryInSeveralLines", "canaryOfAPassword") if word.encode() in kept] == []


def test_what_a_database_can_not_hold_is_left_out(store: Store) -> None:
    odd = replace(FINDING, title="nul \0 and half \ud800", evidence=("x" * 9000, *["y"] * 900))
    store.record(replace(CASE, report=Report("diagnosed", (odd,) * 300, None, Input(1, 1), 0.1)), "comment", 1.0)
    assert len(store.recent(10)) == 1


def test_a_complaint_keeps_the_newest_red_case_of_each_workflow(store: Store) -> None:
    for attempt in (1, 2):
        store.record(replace(ON_PULL, run=replace(CASE.run, attempt=attempt)), "comment", 1.0)
    store.record(replace(ON_PULL, run=replace(CASE.run, id=101, workflow_id=6, workflow_name="Lint")), "comment", 1.0)
    complaint = Complaint(CASE.repository, PULL.number, 77, "mona", "it is the disk")
    assert store.report(complaint) == 2
    assert store.report(complaint) == 2
    kept = store.feedback()
    assert [(case.workflow, case.attempt, case.who, case.words) for case in kept] == [
        ("CI", 2, "mona", "it is the disk"),
        ("Lint", 1, "mona", "it is the disk"),
    ]
    assert (kept[0].signature, kept[0].line, kept[0].evidence) == ("python/module-not-found", 3, "what the log says")
    assert store.case(kept[0].id) == kept[0]
    assert store.case(kept[0].id + 100) is None


def test_a_complaint_on_an_issue_keeps_what_was_told_in_it(store: Store) -> None:
    store.record(CASE, "opened", 1.0)
    store.posted(Post(CASE.repository, CASE.run, "issue", "opened", 9, "https://git.example/9", "0123456789abcdef"))
    store.posted(Post(CASE.repository, CASE.run, "issue", "counted", 9, "https://git.example/9", "0123456789abcdef"))
    assert store.report(Complaint(CASE.repository, 8, 1, "mona")) == 0
    assert store.report(Complaint(CASE.repository, 9, 1, "mona")) == 1


def test_telling_a_run_again_in_vain_leaves_what_was_done_as_it_is(store: Store, database_url: str) -> None:
    for says in ("", "silent: the history was asked first", "opened", "", "silent: its issue says so already"):
        store.record(CASE, says, 1.0)
        store.posted(Post(CASE.repository, CASE.run, "issue", says, 9))
    engine = create_engine(database_url)
    with engine.connect() as connection:
        assert connection.execute(select(PostRow.says)).scalars().all() == ["opened"]
    engine.dispose()
    assert [told.delivered for told in store.recent(10)] == ["opened"]


def test_a_complaint_where_nothing_was_said_keeps_nothing(store: Store) -> None:
    store.record(ON_PULL, "comment", 1.0)
    green = replace(CASE.run, id=102, conclusion="success")
    store.record(replace(ON_PULL, run=green, pull_request=replace(PULL, number=6)), "comment", 1.0)
    for repository, number in ((CASE.repository, 6), (CASE.repository, 5), (replace(CASE.repository, id=8), 4)):
        assert store.report(Complaint(repository, number, 1, "mona")) == 0
    assert store.feedback() == []


def test_a_pull_request_is_muted_until_somebody_resumes(store: Store) -> None:
    assert not store.is_muted(CASE.repository, 4)
    for _ in range(2):
        store.mute(CASE.repository, 4, "mona")
    assert store.is_muted(CASE.repository, 4)
    assert not store.is_muted(CASE.repository, 5)
    assert not store.is_muted(replace(CASE.repository, id=8), 4)
    store.unmute(CASE.repository, 4)
    store.unmute(CASE.repository, 4)
    assert not store.is_muted(CASE.repository, 4)


def test_a_pull_request_has_its_comment_until_somebody_wants_another(store: Store) -> None:
    for outlet, number in (("check", None), ("issue", 4), ("comment", 5)):
        store.posted(Post(CASE.repository, CASE.run, outlet, "made", number))
    assert not store.has_commented(CASE.repository, 4)
    store.posted(Post(CASE.repository, CASE.run, "comment", "commented", 4))
    assert store.has_commented(CASE.repository, 4)
    assert not store.has_commented(replace(CASE.repository, id=8), 4)
    for _ in range(2):
        store.forget_comment(CASE.repository, 4)
    assert not store.has_commented(CASE.repository, 4)


def fill(store: Store, repository: Repository) -> None:
    """A row in each table."""
    case = replace(ON_PULL, repository=repository)
    store.record(case, "comment", 1.0)
    store.posted(Post(repository, case.run, "comment", "commented", 5))
    store.report(Complaint(repository, PULL.number, 1, "mona"))
    store.mute(repository, 4, "mona")
    assert store.claim_rerun(repository, case.run, 1) is not None


def counted(database_url: str) -> dict[str, int]:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        rows = {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in Base.metadata.tables.items()
        }
    engine.dispose()
    return rows


def test_of_a_repository_that_is_gone_nothing_is_kept(store: Store, database_url: str) -> None:
    for number, installation in ((7, 11), (8, 11), (9, 12)):
        fill(store, Repository(number, "clinic/api", "main", installation))
    assert set(counted(database_url).values()) == {3}
    store.forget_repositories([7])
    assert set(counted(database_url).values()) == {2}
    store.forget_installation(11)
    assert set(counted(database_url).values()) == {1}
    store.forget_repositories([])
    store.forget_installation(0)
    assert set(counted(database_url).values()) == {1}


def test_what_is_older_than_it_may_be_is_deleted(store: Store, database_url: str) -> None:
    fill(store, CASE.repository)
    age(database_url, timedelta(days=30))
    fill(store, replace(CASE.repository, id=8))
    engine = connect(database_url)
    assert purge(engine, 31) == 0
    assert purge(engine, 29) == 5
    engine.dispose()
    assert set(counted(database_url).values()) == {1}


def age(database_url: str, by: timedelta) -> None:
    """Let everything be so much older."""
    engine = create_engine(database_url)
    with engine.begin() as connection:
        for table in KEPT:
            connection.execute(update(table).values(recorded_at=now() - by))
    engine.dispose()


def test_failed_jobs_are_run_again_so_often_for_a_commit_and_once_an_attempt(store: Store) -> None:
    run = CASE.run
    assert store.claim_rerun(CASE.repository, run, 2) == 1
    assert store.claim_rerun(CASE.repository, run, 2) == 1
    assert store.claim_rerun(CASE.repository, replace(run, attempt=2), 2) == 2
    assert store.claim_rerun(CASE.repository, replace(run, attempt=3), 2) is None
    assert store.claim_rerun(CASE.repository, replace(run, id=101), 2) is None
    assert store.claim_rerun(CASE.repository, replace(run, head_sha="cd" * 20, id=102), 2) == 1


def test_a_commit_is_not_run_again_more_often_where_many_ask_at_once(database_url: str) -> None:
    open_store(database_url).close()

    def claim(number: int) -> int | None:
        with closing(open_store(database_url)) as store:
            return store.claim_rerun(CASE.repository, replace(CASE.run, id=number), 2)

    with ThreadPoolExecutor(8) as pool:
        claimed = sorted(filter(None, pool.map(claim, range(16))))
    assert claimed == [1, 2]


def test_a_database_of_the_first_revision_is_brought_up_to_date_with_its_rows(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        migrate(connection, "0001")
        connection.execute(
            text(
                "INSERT INTO runs (id, repository_id, repository, run_id, attempt, workflow, head_sha, conclusion,"
                " outcome, delivered, seconds, recorded_at) VALUES (1, 7, 'clinic/api', 100, 1, 'CI', 'ab', 'failure',"
                " 'diagnosed', 'commented', 1.5, '2026-01-01 00:00:00')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO findings (id, run, rank, signature, category, fingerprint, job)"
                " VALUES (1, 1, 0, 'python/module-not-found', 'dependency', '0123456789abcdef', 'test')"
            )
        )
    engine.dispose()
    for _ in range(2):
        store = open_store(database_url)
        (told,) = store.recent(10)
        assert (told.run_id, told.signature, told.delivered) == (100, "python/module-not-found", "commented")
        store.close()


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks at the files that the process has open")
def test_a_database_of_a_newer_version_is_refused_and_let_go_of(tmp_path: Path) -> None:
    with closing(open_store(sqlite_url(tmp_path))):
        pass
    engine = create_engine(sqlite_url(tmp_path))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(InvalidRequestError, match="newer"):
        connect(sqlite_url(tmp_path))
    opened = [link.resolve() for link in Path("/proc/self/fd").iterdir()]
    assert not [path for path in opened if path.is_relative_to(tmp_path)]


def test_a_revision_can_be_taken_back(store: Store, database_url: str) -> None:
    store.record(CASE, "comment", 1.0)
    engine = create_engine(database_url)
    with engine.begin() as connection:
        take_back(connection, "0001")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT signature FROM findings")).scalar_one() == "python/module-not-found"
    engine.dispose()


def test_an_open_store_waits_for_no_writer(store: Store, database_url: str) -> None:
    writer = connect(database_url)
    with writer.begin() as connection:
        connection.execute(text("DELETE FROM mutes"))
        with closing(open_store(database_url)) as other:
            assert other.recent(1) == []
    writer.dispose()


def test_the_revisions_make_the_tables_that_the_code_knows(store: Store, database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    engine.dispose()


def _open(database_url: str) -> None:
    open_store(database_url).close()


def test_several_processes_may_open_a_new_store_at_once(database_url: str) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_open, args=(database_url,)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0, 0]
