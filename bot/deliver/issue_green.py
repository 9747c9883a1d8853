"""Closes the issues of a failure that has gone: their workflow passed where it was red."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import redis

from bot.deliver import effect, issue_body, issue_left, labels, marker, passed, places
from bot.deliver.effect import PATIENCE, Effect, Patience, Write
from bot.deliver.issue import key, outlets, refused
from bot.deliver.marker import Green, Place
from bot.github import comments, issues
from bot.github.client import Client
from bot.github.errors import ForbiddenError, GoneError, InvalidError, NotFoundError
from bot.github.issues import Issue


def settle(client: Client, connection: redis.Redis, green: Green, closing: str, patience: Patience = PATIENCE) -> str:
    """Close the issues that were red because of this workflow alone. Returns what was done, in a word or two."""
    for outlet in outlets(client, green.branch, green.pull):
        passed.note(connection, outlet, green.workflow, green.age)
    try:
        standing = effect.listed(connection, key(client), lambda: issues.ours(client, "open", labels.OURS), patience)
        due = [
            _Settling(client, connection, issue.number, green, closing) for issue in standing if _settled(issue, green)
        ]
        done = [one.deliver(patience) for one in due]
        if green.pull is None:
            issue_left.close(client, connection, standing, patience)
    except (ForbiddenError, GoneError, InvalidError) as error:
        return refused(error)
    return min(done, key=lambda word: word != "closed", default="silent: no issue to close")


@dataclass(frozen=True, slots=True)
class _Settling:
    """One issue that a pass may close."""

    client: Client
    connection: redis.Redis
    number: int
    green: Green
    closing: str

    def deliver(self, patience: Patience) -> str:
        """What was done, in a word or two. An issue that refuses keeps no other from being closed."""
        try:
            return effect.deliver(
                self.connection, Effect(key(self.client), self.find, self.plan, _nothing), patience
            ).says
        except (GoneError, NotFoundError):
            return "silent: its issue was deleted"
        except (ForbiddenError, InvalidError) as error:
            return refused(error)

    def find(self) -> Sequence[Issue]:
        """The issue as it stands now, not as it was listed."""
        issue = issues.show(self.client, self.number)
        return [issue] if issue else []

    def plan(self, found: Sequence[Issue]) -> Write[Issue] | str:
        """Close it, or only say where it is still red."""
        issue = found[0] if found else None
        settled = _settled(issue, self.green) if issue else None
        if not issue or not settled:
            return "silent: no issue to close"
        if places.is_over(settled, self.green.day):
            return Write("closed", partial(self._close, issue, settled))
        if places.is_red(settled):
            return Write("silent: it is still red", partial(self._stay, issue, settled))
        return Write("kept open: it comes and goes", partial(self._keep, issue, settled))

    def _close(self, issue: Issue, settled: Sequence[Place]) -> Issue:
        # First the words: once the issue is closed, a job that comes back would not find it any more.
        self._say()
        return self._recolour(issue, settled, state="closed", state_reason="completed")

    def _stay(self, issue: Issue, settled: Sequence[Place]) -> Issue:
        default = self.client.repository.default_branch
        if self.green.branch == default and not places.is_red_on(settled, default):
            return self._recolour(issue, settled, **labels.calmed(issue.labels))
        return self._recolour(issue, settled)

    def _keep(self, issue: Issue, settled: Sequence[Place]) -> Issue:
        if labels.FLAKY not in issue.labels and not places.is_flaky(issue_body.parse(issue.body)):
            labels.make(self.client, self.connection, [labels.FLAKY])
            issues.add_labels(self.client, self.number, [labels.FLAKY])
        return self._recolour(issue, settled)

    def _recolour(self, issue: Issue, settled: Sequence[Place], **more: str | list[str]) -> Issue:
        body = issue_body.recolour(issue.body, settled, issue.assignees)
        return issues.edit(self.client, self.number, body=body, **more)

    def _say(self) -> None:
        """The closing words, once for this pass. A locked conversation takes none, but is closed all the same."""
        mark = self.green.line()
        with suppress(ForbiddenError, InvalidError):
            said = comments.comments(self.client, self.number)
            if not any(one.ours and mark in marker.lines(one.body) for one in said):
                comments.create(self.client, self.number, f"{marker.disarm(self.closing)}\n{mark}")


def _settled(issue: Issue, green: Green) -> tuple[Place, ...] | None:
    """The issue's places after this pass; None where it has nothing to say about them."""
    known = issue_body.parse(issue.body)
    if issue.state == "closed" or not any(places.concerns(place, green) for place in known):
        return None
    # One that comes and goes is green already, and waits for its last failure to be long ago.
    quiet = places.is_flaky(known) and places.is_over(known, green.day)
    return places.settle(known, green) or (known if quiet else None)


def _nothing(_: Issue) -> None:
    """An issue that is known by its number has no double."""
