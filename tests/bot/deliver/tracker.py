"""The repository's issues as the worker sees them, for the tests of what becomes of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import redis

from bot.case import Age
from bot.deliver import issue, issue_green
from bot.deliver.effect import Patience
from bot.deliver.issue import Draft
from bot.deliver.marker import Green, Place
from bot.github.client import Client
from sandbox.client import Sandbox

TODAY = datetime.now(UTC).date()
PLACE = Place("00112233aabbccdd", 55, "main", (Age(10, 1),), TODAY.isoformat())
DRAFT = Draft("Password refused (`main`)", "Password refused", "A push to `main` failed.", "mona")
RELEASE = replace(PLACE, branch="release", reds=(Age(12, 1),))
HUBERTS = Draft("Password refused (`release`)", "Password refused", "A push to `release` failed.", "hubert")
SOON = Patience(lag=0.02)


def failed(run: int, place: Place = PLACE, days: int = 0) -> Place:
    """The same failure in another run, some days from now."""
    return replace(place, reds=(Age(run, 1),), day=(TODAY + timedelta(days)).isoformat())


class Tracker:
    """The repository's issues as the worker sees them."""

    def __init__(self, client: Client, connection: redis.Redis, github: Sandbox) -> None:
        self._told = (client, connection)
        self.github = github

    def red(self, place: Place = PLACE, draft: Draft = DRAFT) -> str:
        return issue.publish(*self._told, place, draft, SOON).says

    def green(
        self, workflow: int = 55, branch: str | None = "main", run: int = 20, days: int = 0, pull: int | None = None
    ) -> str:
        passed = Green(workflow, branch, Age(run, 1), (TODAY + timedelta(days)).isoformat(), pull)
        return issue_green.settle(*self._told, passed, "✅ green again", SOON)

    def all(self) -> list[dict[str, Any]]:
        return [one for one in self.github.state(self._told[0].repository.name)["issues"] if "pull_request" not in one]

    def only(self) -> dict[str, Any]:
        (one,) = self.all()
        return one

    def creations(self) -> int:
        return len([one for one in self.github.requests("POST") if one["path"].endswith("/issues")])

    def closing_words(self) -> list[str]:
        """The comments as they are read, without the hidden line."""
        return [one["body"].split("\n<!--")[0] for one in self.only()["comment_list"]]
