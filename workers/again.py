"""A commit's runs looked at again, or their failed jobs run again, because somebody asked."""

from __future__ import annotations

from typing import Final

from bot import metrics
from bot.case import FAILED, Run
from bot.github import runs
from bot.render import reply
from workers import history, reruns, tasks, turns
from workers.office import Office
from workers.queue import DIAGNOSE, EARLY, enqueue

MOST_RUNS: Final = 20
"""Workflows of a commit that are looked at, the newest runs first."""

ASKED: Final = 1
"""The argument by which a job knows that somebody has asked for it."""

MOST_RERUNS: Final = 3
"""How often the failed jobs of one commit are run again, by people and by themselves together."""


def look(office: Office, sha: str, by: int, *, aloud: bool) -> int:
    """Have the commit's runs told once more; how many of them have failed, or still go on.

    `by` is the comment or check run by which it was asked for: the same asks once. `aloud`: in the conversation, where
    it is then said even though nothing more was to be said there.
    """
    found = sorted(runs.of_commit(office.client, sha), key=lambda run: run.id, reverse=True)[:MOST_RUNS]
    for run in found:
        if run.status == "completed":
            _enqueue(office, run, by, DIAGNOSE, (ASKED,) if aloud else ())
        elif aloud:
            _enqueue(office, run, by, EARLY, (turns.NOW,))
    return sum(run.status != "completed" or _may_be_red(run) for run in found)


def _enqueue(office: Office, run: Run, by: int, function: str, more: tuple[int, ...]) -> None:
    repository = office.client.repository
    about = (repository.installation, repository.id, run.id, run.attempt, *more)
    enqueue(office.connection, function, about, f"asked-{repository.id}-{run.id}-{run.attempt}-{by}")


def rerun(office: Office, sha: str) -> str:
    """Run the failed jobs of the commit again; empty, or why not, for the one who asked."""
    if not office.client.may("actions", "write"):
        return reply.NO_RERUN
    ended = [run for run in runs.of_commit(office.client, sha) if _may_be_red(run)]
    failed = [run for run in ended if run.conclusion in FAILED] or ended
    if not failed:
        return reply.NOTHING_FAILED
    refusals = [_rerun(office, run) for run in failed]
    return "" if "" in refusals else refusals[0]


def _rerun(office: Office, run: Run) -> str:
    if not _is_head(office, run):
        return reply.MOVED
    repository = office.client.repository
    if history.keep(office.settings, lambda store: store.claim_rerun(repository, run, MOST_RERUNS)) is None:
        return reply.often_enough(MOST_RERUNS)
    done = reruns.rerun(office, run)
    if not done.startswith("silent"):
        metrics.RERUNS.add("person")
    return reply.REFUSED if "refused" in done else ""


def _may_be_red(run: Run) -> bool:
    """Whether it failed, or was stopped: that it took too long only its jobs tell, and GitHub runs both again."""
    return run.status == "completed" and (run.conclusion in FAILED or run.conclusion == "cancelled")


def _is_head(office: Office, run: Run) -> bool:
    """Whether what has failed is still what is being worked on."""
    pull_request = tasks.addressed(office, run)
    if pull_request is None:
        return runs.head(office.client, run.head_branch) == run.head_sha
    return not isinstance(pull_request, str)
