"""The issue about a failure: one a fingerprint, or, of a pull request, for one cause after the other; told once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import redis

from bot.deliver import assignees, effect, issue_body, labels, passed, places
from bot.deliver.effect import PATIENCE, Done, Effect, Patience, Write
from bot.deliver.marker import Place
from bot.errors import RetryLater
from bot.github import issues
from bot.github.client import Client
from bot.github.errors import ForbiddenError, GitHubError, GoneError, InvalidError, NotFoundError
from bot.github.issues import Issue

TITLE: Final = 250
"""Characters; GitHub refuses a title of more than 256."""

UNWANTED: Final = frozenset({"not_planned", "duplicate"})
"""Reasons for which a person closes an issue so that it stays closed."""

TWICE: Final = "This issue was opened twice; the older one stands."


@dataclass(frozen=True, slots=True)
class Draft:
    """What an issue is to say, and to whom.

    `title` may name the branch; `headline` is the title of an issue that is about more than one. `author` is whose
    failure it is, where anybody can be told; `assignees` are named by the repository's configuration. Where none of
    them may be assigned, the owners of `paths` are, best path first.
    """

    title: str
    headline: str
    text: str
    author: str | None = None
    assignees: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


def publish(
    client: Client, connection: redis.Redis, place: Place, draft: Draft, patience: Patience = PATIENCE
) -> Done[Issue]:
    """Open the issue of this fingerprint, or count one more failure in it."""
    telling = _Telling(client, connection, replace(place, author=draft.author), draft)
    try:
        return effect.deliver(connection, Effect(key(client), telling.find, telling.plan, telling.retire), patience)
    except (ForbiddenError, GoneError, InvalidError) as error:
        return Done(refused(error))


@dataclass(frozen=True, slots=True)
class _Telling:
    """One failure that is told in its issue."""

    client: Client
    connection: redis.Redis
    place: Place
    draft: Draft

    def find(self) -> Sequence[Issue]:
        """The open issues of this failure, oldest first; else the closed one that was opened last.

        A pull request's one about what this workflow failed with before comes before a closed one: nobody is to be
        mailed once a cause where every commit uncovers the next.
        """
        ours = issues.ours(self.client, "all", labels.OURS)
        found = [issue for issue in ours if self._is_told_in(issue)]
        standing = [issue for issue in reversed(found) if issue.state == "open"]
        if standing or any(_is_unwanted(issue) for issue in found[:1]):
            return standing or found[:1]
        return [issue for issue in reversed(ours) if self._is_uncovered_in(issue)][:1] or found[:1]

    def plan(self, found: Sequence[Issue]) -> Write[Issue] | str:
        """Open, reopen or count; or why nothing is to be done."""
        place = self.place
        (outlet,) = outlets(self.client, None if place.pull else place.branch, place.pull)
        if passed.since(self.connection, outlet, place.workflow, place.age):
            return passed.LATE
        if not found:
            return Write("opened", self._open, new=True)
        issue = found[0]
        if _is_unwanted(issue):
            return "silent: somebody closed its issue as not planned"
        return self._plan_again(found) if self._is_told_in(issue) else self._plan_anew(issue)

    def _plan_again(self, found: Sequence[Issue]) -> Write[Issue] | str:
        """What becomes of the issues of a failure that is seen again."""
        place, issue, told = self.place, found[0], [issue_body.parse(one.body) for one in found]
        known, together = told[0], places.union(told)
        seen = places.redden(together, place) or together
        if seen == known:
            return "silent: its issue says so already"
        if issue.state == "closed" and places.days(issue.closed_at, place.day) > places.QUIET:
            return Write("opened", partial(self._open, issue), new=True)
        return Write("counted" if issue.state == "open" else "reopened", partial(self._recur, issue, known, seen))

    def _plan_anew(self, issue: Issue) -> Write[Issue] | str:
        """What becomes of the issue of a failure in whose place there is another."""
        known = issue_body.parse(issue.body)
        if self.place.age < max(one.age for one in known):
            return "silent: a newer attempt stands"
        return Write("edited", partial(self._turn, issue, known))

    def retire(self, issue: Issue) -> None:
        """Close a second one, and take the marks from it: what a person closes as not planned stays silent."""
        body = f"{TWICE}\n{issue_body.rest(issue.body)}"
        issues.edit(self.client, issue.number, body=body, state="closed", state_reason="not_planned")

    def _is_told_in(self, issue: Issue) -> bool:
        told = issue_body.parse(issue.body)
        return any((one.fingerprint, one.pull) == (self.place.fingerprint, self.place.pull) for one in told)

    def _is_uncovered_in(self, issue: Issue) -> bool:
        """Whether it is about nothing but what this workflow has failed with so far in the pull request."""
        told = issue_body.parse(issue.body) if issue.state == "open" and self.place.pull else ()
        red = {(one.pull, one.workflow) for one in told if one.reds}
        return red == {(self.place.pull, self.place.workflow)}

    def _turn(self, issue: Issue, known: Sequence[Place]) -> Issue:
        """Have the issue be about this failure from now on, which mails nobody."""
        assigned = self._assign(issue, known, [self.place])
        wanted = labels.recategorised(issue.labels, self.draft.labels)
        labels.make(self.client, self.connection, set(wanted).difference(issue.labels))
        body = issue_body.rewrite(issue.body, [self.place], self.draft.text, assigned)
        return issues.edit(self.client, issue.number, title=_title(self.draft.title), body=body, labels=wanted)

    def _open(self, former: Issue | None = None) -> Issue:
        """Open an issue; one that came before is linked, which puts a line into its history and mails nobody."""
        draft = self.draft
        chosen = assignees.choose(self.client, draft.assignees, draft.author, draft.paths)
        kept = "\n\n".join(part for part in (chosen.said, _before(former)) if part)
        wanted = dict.fromkeys((labels.OURS, *draft.labels))
        labels.make(self.client, self.connection, wanted)
        body = partial(issue_body.write, [self.place], draft.text, kept=kept)
        create = partial(issues.create, self.client, _title(draft.title), labels=tuple(wanted))
        try:
            issue = create(body=body(assignees=chosen.people), assignees=chosen.people)
        except InvalidError:
            if not chosen.people:
                raise
            # GitHub makes no issue at all when it refuses an assignee.
            return create(body=body(), assignees=())
        if chosen.people and not issue.assignees:
            return issues.edit(self.client, issue.number, body=body())
        return issue

    def _recur(self, issue: Issue, known: Sequence[Place], seen: Sequence[Place]) -> Issue:
        """Tell one more failure."""
        try:
            # First to whom: once the text tells of this attempt, a job that comes back would do nothing more.
            assigned = self._assign(issue, known, seen)
            self._label(issue, self._brought(issue, known, seen))
            fields = self._text(issue, known, seen, assigned)
            if issue.state == "closed":
                fields |= {"state": "open", "state_reason": "reopened", **self._calmed(issue, known)}
            return issues.edit(self.client, issue.number, **fields)
        except (GoneError, NotFoundError) as error:
            raise RetryLater("the issue was deleted or moved since it was listed", 5) from error

    def _text(
        self, issue: Issue, known: Sequence[Place], seen: Sequence[Place], assigned: Sequence[str]
    ) -> dict[str, str | list[str]]:
        """What becomes of title and body. It is the newest failure that is described, in whatever order they come."""
        if self.place.age > max(place.age for place in known):
            body = issue_body.rewrite(issue.body, seen, self.draft.text, assigned)
        else:
            body = issue_body.recolour(issue.body, seen, assigned)
        renamed = {"title": _title(self.draft.headline)} if _names_another(issue.title, known, self.place) else {}
        return {"body": body, **renamed}

    def _assign(self, issue: Issue, known: Sequence[Place], seen: Sequence[Place]) -> tuple[str, ...]:
        """Assign a new author beside the others, if they may be. Whom somebody has unassigned is not assigned again."""
        author, told = self.draft.author, {*issue.assignees, *(place.author for place in known)}
        if not author or author in told or all(place.author != author for place in seen):
            return issue.assignees
        if not issues.assignable(self.client, author):
            return issue.assignees
        try:
            return issues.assign(self.client, issue.number, author)
        except InvalidError:
            return issue.assignees

    def _brought(self, issue: Issue, known: Sequence[Place], seen: Sequence[Place]) -> set[str]:
        """The labels that only this failure brings with it; one that somebody took away does not come back by itself.

        The default branch brings its own anew where it had lost it by passing.
        """
        if len(seen) > len(known):
            return {labels.FLAKY, labels.PRIORITY}
        again = issue.state == "open" and not places.is_flaky(known) and not places.is_red_on(known, self.place.branch)
        return {labels.PRIORITY} if again else set()

    def _label(self, issue: Issue, brought: set[str]) -> None:
        new = brought.intersection(self.draft.labels).difference(issue.labels)
        if new:
            labels.make(self.client, self.connection, new)
            issues.add_labels(self.client, issue.number, sorted(new))

    def _calmed(self, issue: Issue, known: Sequence[Place]) -> dict[str, list[str]]:
        """What changes for an issue that comes back, but not on the default branch, where it was seen before."""
        default = self.client.repository.default_branch
        was = any(place.branch == default and not place.pull for place in known)
        return labels.calmed(issue.labels) if was and labels.PRIORITY not in self.draft.labels else {}


def refused(error: GitHubError) -> str:
    """Why nothing was written, in a word or two."""
    if isinstance(error, GoneError):
        return "silent: issues are off"
    if isinstance(error, ForbiddenError):
        return "silent: writing issues is not permitted"
    return f"silent: the issue was refused ({error.status}: {error.message})"


def key(client: Client) -> str:
    """All issues of the repository: a pass must not come between the failure before it and that one's issue."""
    return effect.key("issues", client)


def outlets(client: Client, branch: str | None, pull: int | None) -> list[str]:
    """Under which names it is remembered what has passed."""
    there = [f"branch:{branch}"] if branch is not None else []
    return [f"{key(client)}:{name}" for name in (*there, *([f"pull:{pull}"] if pull else []))]


def _is_unwanted(issue: Issue) -> bool:
    return issue.state == "closed" and issue.reason in UNWANTED


def _before(former: Issue | None) -> str:
    if former is None:
        return ""
    return f"It was told before in [issue {former.number}]({former.html_url}), closed on {former.closed_at[:10]}."


def _names_another(title: str, known: Sequence[Place], place: Place) -> bool:
    """Whether the title still names the only branch there was before this one. A title of somebody's own is kept."""
    branches = {one.branch for one in known}
    return len(branches) == 1 and place.branch not in branches and branches.pop() in title


def _title(title: str) -> str:
    line = " ".join(title.split())
    return line if len(line) <= TITLE else f"{line[: TITLE - 1]}…"
