"""What counts as proof that a failure comes and goes by itself, and what does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.case import Case, Run
from bot.store.store import Store, open_store
from diagnosis.report import NOTHING, Finding, Report
from tests.bot.store.test_store import CASE, FINDING

FLAKY = replace(FINDING, signature="pytest/test-failed", category="test", facts={"failing": ["tests/a.py::test_a"]})
RUN = replace(CASE.run, id=50)
ANOTHER = "cd" * 20


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = open_store(database_url)
    yield opened
    opened.close()


def case(run: Run, *findings: Finding) -> Case:
    report = Report("diagnosed", findings, None, NOTHING.input, 0.1) if findings else NOTHING
    return replace(CASE, run=run, report=report)


def red(store: Store, run: Run, *findings: Finding) -> None:
    store.record(case(run, *(findings or (FLAKY,))), "commented", 1.0)


def green(store: Store, run: Run) -> list[str]:
    """Which failures the run proves to be flaky."""
    return sorted(store.record_green(case(replace(run, conclusion="success"))))


def told(store: Store, *findings: Finding) -> dict[str, tuple[int, int, int]]:
    """What is known of these findings in a later run: the run that failed, the one that passed, how many commits."""
    later = case(replace(RUN, id=900, head_sha="ef" * 20), *(findings or (FLAKY,)))
    return {name: (flake.failed.run, flake.passed.attempt, flake.times) for name, flake in store.flakes(later).items()}


def test_an_attempt_that_passes_after_one_that_failed_is_proof(store: Store) -> None:
    red(store, RUN)
    assert told(store) == {}
    assert green(store, replace(RUN, attempt=2)) == [FLAKY.fingerprint]
    assert told(store) == {FLAKY.fingerprint: (50, 2, 1)}


def test_two_pushes_of_one_commit_to_one_branch_are_proof(store: Store) -> None:
    red(store, RUN)
    assert green(store, replace(RUN, id=51)) == [FLAKY.fingerprint]
    assert told(store) == {FLAKY.fingerprint: (50, 1, 1)}


def test_it_is_counted_on_how_many_commits_that_was_seen(store: Store) -> None:
    for number, sha in enumerate((RUN.head_sha, ANOTHER, RUN.head_sha)):
        run = replace(RUN, id=50 + number, head_sha=sha)
        red(store, run)
        green(store, replace(run, attempt=2))
    assert told(store) == {FLAKY.fingerprint: (52, 2, 2)}


@pytest.mark.parametrize(
    "passed",
    [
        replace(RUN, id=51, head_sha=ANOTHER),
        replace(RUN, id=51, workflow_id=6),
        replace(RUN, id=51, head_branch="topic"),
        replace(RUN, id=49),
        replace(RUN, id=51, event="pull_request"),
    ],
    ids=["another commit", "another workflow", "another branch", "a run before it", "another event"],
)
def test_another_runs_success_proves_nothing(store: Store, passed: Run) -> None:
    red(store, RUN)
    assert green(store, passed) == []
    assert told(store) == {}


@pytest.mark.parametrize("event", ["pull_request", "pull_request_target", "merge_group", "workflow_dispatch"])
def test_two_runs_whose_base_or_inputs_may_differ_prove_nothing_but_two_attempts_do(store: Store, event: str) -> None:
    run = replace(RUN, event=event)
    red(store, run)
    assert green(store, replace(run, id=51)) == []
    assert green(store, replace(run, attempt=2)) == [FLAKY.fingerprint]


@pytest.mark.parametrize(
    "finding",
    [
        replace(FLAKY, kind="wrapper"),
        replace(FLAKY, kind="excerpt", signature=None),
        replace(FLAKY, kind="note"),
        replace(FLAKY, category="secrets"),
        replace(FLAKY, category="config"),
    ],
    ids=["a wrapper", "a guess", "a note", "a secret that was set meanwhile", "a setting that was changed"],
)
def test_what_names_no_failure_or_is_mended_elsewhere_is_never_called_flaky(store: Store, finding: Finding) -> None:
    red(store, RUN, finding)
    assert green(store, replace(RUN, attempt=2)) == []
    assert told(store, finding) == {}
    assert told(store) == {}


def test_another_test_under_the_same_fingerprint_is_not_excused(store: Store) -> None:
    red(store, RUN)
    green(store, replace(RUN, attempt=2))
    real = replace(FLAKY, facts={"failing": ["tests/a.py::test_a", "tests/b.py::test_b"]})
    assert told(store, real) == {}


def test_another_repositorys_flakes_excuse_nobody(store: Store) -> None:
    red(store, RUN)
    green(store, replace(RUN, attempt=2))
    other = replace(case(RUN, FLAKY), repository=replace(CASE.repository, id=8))
    assert store.flakes(other) == {}


def test_a_green_run_is_kept_only_where_its_commit_has_failed(store: Store) -> None:
    assert green(store, RUN) == []
    assert store.recent(10) == []
    red(store, RUN)
    green(store, replace(RUN, attempt=2))
    assert [run.conclusion for run in store.recent(10)] == ["success", "failure"]


def test_all_that_a_run_failed_with_is_known_where_all_of_it_was_read(store: Store) -> None:
    assert store.failures(CASE.repository.id, RUN) is None
    red(store, RUN, FLAKY, replace(FLAKY, fingerprint="f" * 16))
    assert store.failures(CASE.repository.id, RUN) == frozenset({FLAKY.fingerprint, "f" * 16})
    store.record(replace(case(RUN, FLAKY), unread={"test": "its log has expired"}), "commented", 1.0)
    assert store.failures(CASE.repository.id, RUN) is None
