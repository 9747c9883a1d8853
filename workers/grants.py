"""What we are not permitted to do in an installation, said once a week to whoever can change it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import structlog

from bot.case import PullRequest, Run
from bot.github import pulls
from workers.office import Office

EVERY: Final = 7 * 24 * 3600
"""Seconds until it is said again."""

_WANTED: Final = {
    "checks": ("write", "*Checks: write* to see failures at their lines"),
    "contents": ("read", "*Contents: read* to have them explained by the repository's files"),
    "issues": ("write", "*Issues: write* to have failures outside of pull requests told in issues"),
    "pull_requests": ("write", "*Pull requests: write* to have failures told on the pull request"),
}

log = structlog.get_logger()


def remarks(office: Office, run: Run, pull_request: PullRequest | None) -> tuple[str, ...]:
    """A line of Markdown for each permission that is missing, and was not asked for in the last days."""
    missing = [name for name in _needed(office) if not office.client.may(name, _WANTED[name][0])]
    if not missing or office.config.shadow:
        return ()
    if not _speaks(office, run, pull_request):
        log.warning("nothing may be written where this run would be told", missing=missing)
        return ()
    return tuple(
        f"whyred lacks a permission here: grant {_WANTED[name][1]}." for name in missing if _due(office, run, name)
    )


def _needed(office: Office) -> Iterator[str]:
    """What the outlets and the diagnosis that the repository wishes for take."""
    config = office.config
    yield from (["checks"] if "check" in config.outlets else [])
    yield "contents"
    yield from (["issues"] if config.issues or "issue" in config.outlets else [])
    yield from (["pull_requests"] if "comment" in config.outlets else [])


def _speaks(office: Office, run: Run, pull_request: PullRequest | None) -> bool:
    """Whether any outlet is left for the run."""
    may, outlets = office.client.may, office.config.outlets
    if "check" in outlets and may("checks"):
        return True
    if pull_request:
        return "comment" in outlets and (may("pull_requests") or may("issues"))
    return office.config.issues and may("issues") and not pulls.belongs(office.client, run)


def _due(office: Office, run: Run, name: str) -> bool:
    """Whether it is this run that says it: a job that comes back says it once more."""
    key = f"whyred:missing:{office.client.repository.installation}:{name}"
    office.connection.set(key, run.id, nx=True, ex=EVERY)
    return office.connection.get(key) == str(run.id).encode()
