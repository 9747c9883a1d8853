"""GitHub's refusals as our exceptions, told apart by what the caller may do next."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import requests
from github.GithubException import GithubException

from bot.errors import RetryLater

SECONDARY_WAIT: Final = 60.0
"""Seconds. GitHub's advice for a secondary limit that names no time of its own: at least a minute."""

SERVER_WAIT: Final = 30.0

RENAMED_WAIT: Final = 120.0
"""Until a repository's name is asked for again."""


class GitHubError(Exception):
    """GitHub answered with a status that asking again will not change."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"GitHub answered {status}: {message}")
        self.status = status
        self.message = message


class UnauthorisedError(GitHubError):
    """401: the token is not, or no longer, good."""


class ForbiddenError(GitHubError):
    """403 or 451: a permission is missing, the conversation is locked, the repository is archived or blocked."""


class NotFoundError(GitHubError):
    """404: no such thing, or none that we may see."""


class GoneError(GitHubError):
    """410: a log that has expired, or issues that are switched off."""


class InvalidError(GitHubError):
    """422: GitHub understood the request and refuses what it says."""


class RateLimited(RetryLater):
    """A primary or secondary rate limit of this installation."""


class UncertainError(Exception):
    """The answer to a write was lost: it may have happened. Look before doing it again."""


_BY_STATUS: Final[Mapping[int, type[GitHubError]]] = {
    401: UnauthorisedError,
    403: ForbiddenError,
    404: NotFoundError,
    410: GoneError,
    422: InvalidError,
    451: ForbiddenError,
}


def translate(error: GithubException | requests.RequestException, *, write: bool) -> Exception:
    """The exception of ours that says what the caller may do about PyGithub's or the network's."""
    if not isinstance(error, GithubException):
        return _lost(type(error).__name__, write=write)
    headers = {str(name).lower(): str(value) for name, value in (error.headers or {}).items()}
    message = _message(error)
    if _is_rate_limit(error.status, str(error.data).lower(), headers):
        return RateLimited(f"GitHub's rate limit ({error.status})", _wait(headers))
    if error.status == HTTPStatus.TEMPORARY_REDIRECT:
        return RetryLater("the repository was renamed", RENAMED_WAIT)
    if error.status >= 500:
        return _lost(f"status {error.status}", write=write)
    return _BY_STATUS.get(error.status, GitHubError)(error.status, message)


def _lost(what: str, *, write: bool) -> Exception:
    if write:
        return UncertainError(f"the answer to a write was lost ({what})")
    return RetryLater(f"GitHub does not answer ({what})", SERVER_WAIT)


def _message(error: GithubException) -> str:
    data: Any = error.data
    text = data.get("message", "") if isinstance(data, dict) else data
    return str(text or "")[:300]


def _is_rate_limit(status: int, said: str, headers: Mapping[str, str]) -> bool:
    """`said` is the whole answer in small letters: that a comment came too soon stands among what is invalid in it."""
    if status == 429:
        return True
    if status == 422:
        return "submitted too quickly" in said
    if status != 403:
        return False
    told = "rate limit" in said or "abuse detection" in said
    return told or "retry-after" in headers or headers.get("x-ratelimit-remaining") == "0"


def _wait(headers: Mapping[str, str]) -> float:
    """Seconds until the limit ends, with some jitter, so that not every job comes back in the same second."""
    jitter = random.uniform(0, 5)  # noqa: S311 - spreads load, guards nothing
    if headers.get("retry-after", "").isdigit():
        return max(float(headers["retry-after"]), 1.0) + jitter
    reset = headers.get("x-ratelimit-reset", "")
    if headers.get("x-ratelimit-remaining") == "0" and reset.isdigit():
        return min(max(float(reset) - time.time(), 1.0), 3600.0) + jitter
    return SECONDARY_WAIT + jitter
