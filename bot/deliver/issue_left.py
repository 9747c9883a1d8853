"""Closes the issues of pull requests that are closed themselves: nothing will pass there any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import redis

from bot.deliver import effect, issue_body
from bot.deliver.effect import Effect, Patience, Write
from bot.deliver.issue import key
from bot.github import issues, pulls
from bot.github.client import Client
from bot.github.errors import ForbiddenError, GoneError, InvalidError, NotFoundError
from bot.github.issues import Issue

MOST: Final = 5
"""So many pull requests are asked about at a time, those of the oldest issues."""


def close(client: Client, connection: redis.Redis, standing: Sequence[Issue], patience: Patience) -> None:
    """Close those of our open issues whose pull request is closed. Whatever refuses keeps no other from being closed.

    To be asked now and then: to be told of each pull request's end, we would be told of all else in it too.
    """
    of_pulls = [issue for issue in standing if _pull(issue)]
    for issue in sorted(of_pulls, key=lambda one: one.number)[:MOST]:
        try:
            pull = pulls.get(client, _pull(issue))
            if pull and pull.state == "closed":
                effect.deliver(connection, _Leaving(client, issue.number).effect(), patience)
        except (ForbiddenError, GoneError, InvalidError, NotFoundError):
            continue


@dataclass(frozen=True, slots=True)
class _Leaving:
    """One issue that is to be closed as it is. Its pull request tells why; a comment would only be another mail."""

    client: Client
    number: int

    def effect(self) -> Effect[Issue]:
        return Effect(key(self.client), self.find, self.plan, self.retire)

    def find(self) -> Sequence[Issue]:
        issue = issues.show(self.client, self.number)
        return [issue] if issue else []

    def plan(self, found: Sequence[Issue]) -> Write[Issue] | str:
        return Write("closed", self.close) if found and found[0].state == "open" else "silent: no issue to close"

    def close(self) -> Issue:
        # Completed, not unwanted: a pull request that is opened again may fail again.
        return issues.edit(self.client, self.number, state="closed", state_reason="completed")

    def retire(self, _: Issue) -> None:
        """An issue that is known by its number has no double."""


def _pull(issue: Issue) -> int:
    """The pull request that the issue is about; 0 where it is about none."""
    return next((place.pull for place in issue_body.parse(issue.body) if place.pull), 0)
