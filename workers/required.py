"""Which of a run's failed jobs keep its pull request from being merged."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

from bot.case import Job, PullRequest
from bot.github import rules
from workers.office import Office

GITHUB: Final = "https://api.github.com"
ACTIONS: Final = 15_368
"""The App there whose checks a workflow's jobs are; on any other host it has a number that we do not know."""

KEPT: Final = 300
"""Seconds for which a branch's rules are taken for granted: the workflows of a commit mostly end within that."""


def blocking(office: Office, jobs: Iterable[Job], pull_request: PullRequest | None) -> tuple[str, ...]:
    """The names of the required checks that failed; a job's check has the job's name."""
    failed = [job.name for job in jobs if job.failed]
    if pull_request is None or not failed:
        return ()
    required = _required(office, pull_request.base_branch)
    return tuple(name for name in dict.fromkeys(failed) if name in required)


def _required(office: Office, branch: str) -> frozenset[str]:
    key = f"whyred:required:{office.client.repository.id}:{branch}"
    kept = office.connection.get(key)
    if isinstance(kept, bytes):
        return frozenset(json.loads(kept))
    app = ACTIONS if office.settings.github_api_url == GITHUB else None
    found = rules.required_checks(office.client, branch, app)
    office.connection.set(key, json.dumps(sorted(found)), ex=KEPT)
    return found
