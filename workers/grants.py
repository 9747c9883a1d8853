"""What we are not permitted to do in an installation, said once a week, in words for whoever can change it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import structlog

from bot.case import PullRequest, Run
from bot.config import Config
from bot.github.client import Client
from bot.render.safe import code_span
from workers import caps
from workers.office import Office

EVERY: Final = 7 * 24 * 3600
"""Seconds until it is said again."""

_WANTED: Final = {
    "checks": "*Checks: write* to see failures at their lines",
    "contents": "*Contents: read* to have them explained by the repository's files",
    "issues": "*Issues: write* to have failures outside of pull requests told in issues",
    "pull_requests": "*Pull requests: write* to have failures told on the pull request",
}

log = structlog.get_logger()


def remarks(office: Office, run: Run) -> tuple[str, ...]:
    """A line of Markdown for each permission that is missing, and was not asked for in the last days."""
    owner = code_span(office.client.repository.name.partition("/")[0])
    return tuple(
        f"For whoever administers whyred in {owner}: it lacks a permission here; grant {_WANTED[name]}."
        for name in _missing(office)
        if _is_due(office, run, name)
    )


def may_say(office: Office, config: Config, pull_request: PullRequest | None) -> bool:
    """Whether there is a place for what is to be said besides; `config` holds for the pull request."""
    if may_comment(office.client, config, pull_request) or may_check(office.client, config):
        return True
    if missing := _missing(office):
        log.warning("permissions are missing, and nothing is written that says so", missing=missing)
    return False


def may_comment(client: Client, config: Config, pull_request: PullRequest | None) -> bool:
    """Whether the run is told about in a comment, which then says all that is to be said besides."""
    wanted = pull_request is not None and "comment" in config.outlets
    return wanted and (client.may("pull_requests") or client.may("issues"))


def may_check(client: Client, config: Config) -> bool:
    """Whether the run is told about in a check run."""
    return "check" in config.outlets and client.may("checks")


def _missing(office: Office) -> list[str]:
    return [name for name, level in _needed(office) if not office.client.may(name, level)]


def _needed(office: Office) -> Iterator[tuple[str, str]]:
    """What the outlets and the diagnosis that the repository wishes for take, each with its level."""
    config, may = office.config, office.client.may
    yield "contents", "read"
    if "check" in config.outlets:
        yield "checks", "write"
    if config.issues or "issue" in config.outlets:
        yield "issues", "write"
    if config.suggest or "comment" in config.outlets:
        # Who may write issues may also write a pull request's comment, once it is found.
        yield "pull_requests", "write" if config.suggest or not may("issues") else "read"


def _is_due(office: Office, run: Run, name: str) -> bool:
    """Whether it is this run that says it: a job that comes back says it once more."""
    key = f"whyred:missing:{office.client.repository.installation}:{name}"
    return caps.is_first(office.connection, key, str(run.id), EVERY)
