"""The review that suggests a fix: anew only where the last one says another, for each is a mail and none goes away."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass, replace
from typing import Final

import redis

from bot.deliver import marker
from bot.deliver.effect import Effect, Write, deliver, key
from bot.github import reviews
from bot.github.client import Client
from bot.github.errors import ForbiddenError, GitHubError, GoneError, InvalidError, NotFoundError, UncertainError
from bot.github.reviews import Review
from bot.review import ReviewText

MOST_HIDDEN: Final = 20
"""Comments; what is older was hidden before."""

_OURS: Final = "<!-- whyred:review "
_MARK: Final = re.compile(
    rf"{_OURS}(?P<fingerprint>\w+) workflow=(?P<workflow>\d{{1,20}}) sha=(?P<sha>\w+) fix=(?P<fix>\w+) -->"
)


@dataclass(frozen=True, slots=True)
class ReviewMark:
    """What a review's last line says: the failure that it is about, in which workflow and at which commit.

    `fix` is a digest of what is suggested.
    """

    fingerprint: str
    workflow: int
    sha: str
    fix: str = ""

    def line(self) -> str:
        """The line as it stands in the review."""
        return f"{_OURS}{self.fingerprint} workflow={self.workflow} sha={self.sha} fix={self.fix} -->"


def publish(client: Client, connection: redis.Redis, number: int, mark: ReviewMark, text: ReviewText) -> str:
    """Suggest the fix on the pull request. Returns what was done, in a word or two."""
    mark = replace(mark, fix=_fix(text))
    line = mark.line()
    body = f"{marker.disarm(text.body)}\n\n{line}"

    def find() -> list[Review]:
        """What says it already: at this commit, or, as GitHub takes its suggestions along, the last one before."""
        told = _told(client, number, mark.workflow)
        same = [one for one, known in told[-1:] if replace(known, sha=mark.sha) == mark]
        return same or [one for one, known in told if known == mark][:1]

    def plan(found: object) -> Write[Review] | str:
        if found:
            return "silent: it was suggested already"
        return Write("suggested", lambda: reviews.create(client, number, mark.sha, replace(text, body=body)), new=True)

    def retire(_: Review) -> None:
        """Nothing is ever surplus: of several, one is found, as none could be taken away."""

    name = key("review", client, number, mark.fingerprint)
    try:
        done = deliver(connection, Effect(name, find, plan, retire, "review", line))
        if done.thing and done.says == "suggested":
            _hide(client, number, [one for one, _ in _told(client, number, mark.workflow) if one.id != done.thing.id])
    except (ForbiddenError, GoneError, InvalidError, NotFoundError) as error:
        return f"silent: the review was refused ({error.status}: {error.message})"
    return done.says


def settle(client: Client, number: int, workflow: int) -> None:
    """Hide what was suggested for this workflow: it passes. It is a courtesy, and undone where GitHub refuses it."""
    with suppress(GitHubError):
        _hide(client, number, [one for one, _ in _told(client, number, workflow)])


def _fix(text: ReviewText) -> str:
    """What changes with what is suggested, and with the lines that it is for, but not with where these stand."""
    said = [astuple(replace(one, start=0, line=one.line - one.start)) for one in text.suggestions]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def _told(client: Client, number: int, workflow: int) -> list[tuple[Review, ReviewMark]]:
    """Our reviews for this workflow, oldest first, each with its mark."""
    marked = [(one, mark) for one in reviews.ours(client, number) if (mark := _mark(one))]
    return [(one, mark) for one, mark in marked if mark.workflow == workflow]


def _mark(review: Review) -> ReviewMark | None:
    found = _MARK.fullmatch(marker.lines(review.body)[-1])
    return ReviewMark(found["fingerprint"], int(found["workflow"]), found["sha"], found["fix"]) if found else None


def _hide(client: Client, number: int, older: Sequence[Review]) -> None:
    """Hide what these reviews suggested. It is a courtesy: what stands in its way must not undo the rest."""
    hidden = reviews.comments_of(client, number, {one.id for one in older}) if older else ()
    with suppress(GitHubError, UncertainError):
        if hidden:
            reviews.minimise(client, hidden[-MOST_HIDDEN:])
