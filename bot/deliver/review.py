"""The review that suggests a fix: anew only where the last one says another, for each is a mail and none goes away."""

from __future__ import annotations

import hashlib
import json
import re
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
_FIX: Final = re.compile(rf"{_OURS}(?P<fingerprint>\w+) sha=\w+ fix=(?P<fix>\w+) -->")


@dataclass(frozen=True, slots=True)
class ReviewMark:
    """What a review's last line says: the failure that it is about, and at which commit."""

    fingerprint: str
    sha: str

    def line(self, fix: str) -> str:
        """The line as it stands in the review."""
        return f"{_OURS}{self.fingerprint} sha={self.sha} fix={fix} -->"


def publish(client: Client, connection: redis.Redis, number: int, mark: ReviewMark, text: ReviewText) -> str:
    """Suggest the fix on the pull request. Returns what was done, in a word or two."""
    fix = _fix(text)
    line = mark.line(fix)
    body = f"{marker.disarm(text.body)}\n\n{line}"

    def find() -> list[Review]:
        """What says it already: at this commit, or, as GitHub takes its suggestions along, the last one before."""
        ours = [one for one in reviews.ours(client, number) if _OURS in one.body]
        same = [one for one in ours[-1:] if _says(one) == (mark.fingerprint, fix)]
        return same or [one for one in ours if line in marker.lines(one.body)][:1]

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
            _outdate(client, number, done.thing)
    except (ForbiddenError, GoneError, InvalidError, NotFoundError) as error:
        return f"silent: the review was refused ({error.status}: {error.message})"
    return done.says


def _fix(text: ReviewText) -> str:
    """What changes with what is suggested, and with the lines that it is for, but not with where these stand."""
    said = [astuple(replace(one, start=0, line=one.line - one.start)) for one in text.suggestions]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def _says(review: Review) -> tuple[str, str] | None:
    marks = _FIX.fullmatch(marker.lines(review.body)[-1])
    return (marks["fingerprint"], marks["fix"]) if marks else None


def _outdate(client: Client, number: int, newest: Review) -> None:
    """Hide what earlier reviews of ours suggested. It is a courtesy: what stands in its way must not undo the rest."""
    older = {one.id for one in reviews.ours(client, number) if one.id != newest.id and _OURS in one.body}
    hidden = reviews.comments_of(client, number, older) if older else ()
    with suppress(GitHubError, UncertainError):
        if hidden:
            reviews.minimise(client, hidden[-MOST_HIDDEN:])
