"""The issue about a failure that has no pull request: one a fingerprint, assigned to the author, closed on green."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

import redis

from bot.deliver import marker, passed, places
from bot.deliver.lease import lease
from bot.deliver.marker import Green, Place
from bot.errors import RetryLater
from bot.github import comments, issues
from bot.github.client import Client
from bot.github.errors import ForbiddenError, GitHubError, GoneError, InvalidError, NotFoundError, UncertainError
from bot.github.issues import Issue

LIST_LAG: Final = 2.0
"""Seconds after which an issue that was opened is surely in the list."""

TITLE: Final = 250
"""Characters; GitHub refuses a title of more than 256."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What an issue is to say, and to whom. `author` is the login of the commit's author, where there is one.

    `title` may name the branch; `headline` is the title of an issue that is about more than one.
    """

    title: str
    headline: str
    text: str
    author: str | None


def publish(client: Client, connection: redis.Redis, place: Place, draft: Draft) -> str:
    """Open the issue of this fingerprint, or count one more failure in it. Returns what was done, in a word or two."""
    place = replace(place, author=draft.author)
    try:
        with lease(connection, f"issues:{client.repository.id}"):
            if passed.since(connection, _outlet(client, place), place.workflow, place.age):
                return "silent: it has passed since"
            return _publish(client, place, draft)
    except (ForbiddenError, GoneError, InvalidError) as error:
        return _refused(error)


def settle(client: Client, connection: redis.Redis, green: Green, closing: str) -> str:
    """Close the issues that were red on this branch because of this workflow alone."""
    try:
        with lease(connection, f"issues:{client.repository.id}"):
            passed.note(connection, _outlet(client, green), green.workflow, green.age)
            done = [_settle(client, issue, green, closing) for issue in issues.ours(client, "open")]
    except (ForbiddenError, GoneError, InvalidError) as error:
        return _refused(error)
    except UncertainError as error:
        raise RetryLater("GitHub lost the closing of an issue", 30) from error
    if "closed" in done:
        return "closed"
    return next((word for word in done if word), "silent: no issue to close")


def _refused(error: GitHubError) -> str:
    if isinstance(error, GoneError):
        return "silent: issues are off"
    if isinstance(error, ForbiddenError):
        return "silent: writing issues is not permitted"
    return f"silent: the issue was refused ({error.status}: {error.message})"


def _outlet(client: Client, place: Place | Green) -> str:
    return f"issues:{client.repository.id}:{place.branch}"


def _publish(client: Client, place: Place, draft: Draft) -> str:
    issue = _find(client, place.fingerprint)
    try:
        return _write(client, issue, place, draft)
    except UncertainError as error:
        # It may be there: the list tells after its lag. If not, the queue brings this job back.
        time.sleep(LIST_LAG)
        found = _find(client, place.fingerprint)
        if found and found.state == "open" and places.redden(places.parse(found.body), place) is None:
            return "counted" if issue else "opened"
        raise RetryLater("GitHub lost an issue", 30) from error


def _write(client: Client, issue: Issue | None, place: Place, draft: Draft) -> str:
    if issue:
        # Deleted or moved since it was listed: then it is opened as if it had never been.
        with suppress(GoneError, NotFoundError):
            return _recur(client, issue, place, draft)
    return _open(client, place, draft)


def _find(client: Client, fingerprint: str) -> Issue | None:
    """The open issue of this fingerprint, else the closed one that was opened last."""
    found = [
        issue
        for issue in issues.ours(client, "all")
        if any(place.fingerprint == fingerprint for place in places.parse(issue.body))
    ]
    return next((issue for issue in found if issue.state == "open"), found[0] if found else None)


def _open(client: Client, place: Place, draft: Draft) -> str:
    issues.ensure_label(client)
    wanted = [draft.author] if draft.author and issues.assignable(client, draft.author) else []
    title, body = _title(draft.title), places.write([place], draft.text, wanted)
    try:
        issue = issues.create(client, title, body, wanted)
    except InvalidError:
        if not wanted:
            raise
        # GitHub makes no issue at all when it refuses an assignee.
        issue = issues.create(client, title, places.write([place], draft.text), [])
    if wanted and not issue.assignees:
        issues.edit(client, issue.number, body=places.write([place], draft.text))
    return "opened"


def _recur(client: Client, issue: Issue, place: Place, draft: Draft) -> str:
    if issue.state == "closed" and issue.reason == "not_planned":
        return "silent: somebody closed its issue as not planned"
    known = places.parse(issue.body)
    seen = places.redden(known, place)
    if seen is None:
        return "silent: its issue says so already"
    # First the author: once the text tells of this attempt, a job that comes back would do nothing more.
    fields = {"body": places.write(seen, draft.text, _assign(client, issue, known, draft.author))}
    if _names_another(issue.title, known, place):
        fields["title"] = _title(draft.headline)
    if issue.state == "closed":
        issues.edit(client, issue.number, **fields, state="open", state_reason="reopened")
        return "reopened"
    issues.edit(client, issue.number, **fields)
    return "counted"


def _assign(client: Client, issue: Issue, known: Sequence[Place], author: str | None) -> tuple[str, ...]:
    """Assign a new author beside the others, if they may be. Whom somebody has unassigned is not assigned again."""
    told = {*issue.assignees, *(place.author for place in known)}
    if not author or author in told or not issues.assignable(client, author):
        return issue.assignees
    try:
        return issues.assign(client, issue.number, author)
    except InvalidError:
        return issue.assignees


def _names_another(title: str, known: Sequence[Place], place: Place) -> bool:
    """Whether the title still names the only branch there was before this one. A title of somebody's own is kept."""
    branches = {one.branch for one in known}
    return len(branches) == 1 and place.branch not in branches and branches.pop() in title


def _settle(client: Client, issue: Issue, green: Green, closing: str) -> str:
    """What was done, in a word or two, or nothing. An issue that refuses keeps no other from being closed."""
    settled = places.settle(places.parse(issue.body), green)
    if settled is None:
        return ""
    body = places.recolour(issue.body, settled, issue.assignees)
    try:
        if any(place.state == "red" for place in settled):
            issues.edit(client, issue.number, body=body)
            return ""
        # First the words: once the issue is closed, a job that comes back would not find it any more.
        _say(client, issue.number, green, closing)
        issues.edit(client, issue.number, body=body, state="closed", state_reason="completed")
    except (GoneError, NotFoundError):
        # Deleted or moved since it was listed.
        return ""
    except (ForbiddenError, InvalidError) as error:
        return _refused(error)
    return "closed"


def _say(client: Client, number: int, green: Green, closing: str) -> None:
    """The closing words, once for this pass. A locked conversation takes none, but is closed all the same."""
    mark = green.line()
    with suppress(ForbiddenError, InvalidError):
        if not any(one.ours and mark in marker.lines(one.body) for one in comments.comments(client, number)):
            comments.create(client, number, f"{marker.disarm(closing)}\n{mark}")


def _title(title: str) -> str:
    line = " ".join(title.split())
    return line if len(line) <= TITLE else f"{line[: TITLE - 1]}…"
