"""Attempts as they are told, for the tests of the sticky comment."""

from __future__ import annotations

from typing import Any

from bot.case import Age
from bot.deliver.sticky import Mark, State, Told
from bot.told import SUM, Cause, Seen, Telling

RUNS = "https://github.example/octo/shop/actions/runs"
OLD, HEAD = "a" * 40, "b" * 40


def fingerprint(name: str) -> str:
    """One a name."""
    return name.encode().hex()[:16].ljust(16, "0")


def cause(name: str, workflow: int = 55, jobs: int = 1, **told: Any) -> Cause:
    """A cause of this name, seen in so many jobs of a workflow."""
    values: dict[str, Any] = {
        "kind": "cause",
        "title": f"{name} is broken",
        "text": f"**Cause** {name}\n\n```\n{name}\n```",
        "signed": f"<sub>{name}</sub>",
        **told,
    }
    return Cause(fingerprint(name), seen=(Seen(workflow, jobs, f"`W{workflow} › {name}`{SUM}"),), **values)


def mark(
    workflow: int = 55, run: int = 10, attempt: int = 1, sha: str = HEAD, state: State = "red", failed: int = 1
) -> Mark:
    """The mark of an attempt with three jobs."""
    return Mark(workflow, Age(run, attempt), sha, state, failed, 3)


def red(where: Mark, *causes: Cause | str, note: str = "") -> Told:
    """An attempt that failed."""
    told = tuple(each if isinstance(each, Cause) else cause(each, where.workflow) for each in causes)
    return Told(where, RUNS, Telling(told, note))


def green(workflow: int = 55, run: int = 20, attempt: int = 1, sha: str = HEAD) -> Told:
    """An attempt that passed."""
    where = Mark(workflow, Age(run, attempt), sha, "green")
    return Told(where, RUNS, fixed="Fixed by `bbbbbbb`.", passed="It is flaky.", cleared="Not to blame.")
