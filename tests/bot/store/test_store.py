"""The history: what is recorded comes back, once an attempt, and the tables are what the revisions make."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from bot.case import Case, Repository, Run
from bot.store.store import Store, open_store, sqlite_url
from bot.store.tables import Base
from diagnosis.report import Finding, Input, Report

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
    evidence=("secret log text",),
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


def test_log_text_is_not_kept(tmp_path: Path) -> None:
    store = open_store(sqlite_url(tmp_path))
    store.record(CASE, "comment", 1.0)
    store.close()
    assert all(b"secret log text" not in file.read_bytes() for file in tmp_path.iterdir())


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
