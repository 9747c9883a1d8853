"""The review that suggests a fix: one a head commit and failure, and never taken back, for GitHub has no way to."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
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


@dataclass(frozen=True, slots=True)
class ReviewMark:
    """What a review's last line says: the failure that it is about, and at which commit."""

    fingerprint: str
    sha: str

    def line(self) -> str:
        """The line as it stands in the review."""
        return f"{_OURS}{self.fingerprint} sha={self.sha} -->"


def publish(client: Client, connection: redis.Redis, number: int, mark: ReviewMark, text: ReviewText) -> str:
    """Suggest the fix on the pull request. Returns what was done, in a word or two."""
    body = f"{marker.disarm(text.body)}\n\n{mark.line()}"

    def find() -> list[Review]:
        return [one for one in reviews.ours(client, number) if mark.line() in marker.lines(one.body)][:1]

    def plan(found: object) -> Write[Review] | str:
        if found:
            return "silent: it was suggested already"
        return Write("suggested", lambda: reviews.create(client, number, mark.sha, replace(text, body=body)), new=True)

    def retire(_: Review) -> None:
        """Nothing is ever surplus: of several, one is found, as none could be taken away."""

    name = key("review", client, number, mark.sha, mark.fingerprint)
    try:
        done = deliver(connection, Effect(name, find, plan, retire, "review", mark.line()))
        if done.thing and done.says == "suggested":
            _outdate(client, number, done.thing)
    except (ForbiddenError, GoneError, InvalidError, NotFoundError) as error:
        return f"silent: the review was refused ({error.status}: {error.message})"
    return done.says


def _outdate(client: Client, number: int, newest: Review) -> None:
    """Hide what earlier reviews of ours suggested. It is a courtesy: what stands in its way must not undo the rest."""
    older = {one.id for one in reviews.ours(client, number) if one.id != newest.id and _OURS in one.body}
    hidden = reviews.comments_of(client, number, older) if older else ()
    with suppress(GitHubError, UncertainError):
        if hidden:
            reviews.minimise(client, hidden[-MOST_HIDDEN:])
