"""The few shapes of request that we make of GitHub, each through PyGithub's requester."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import github
import requests
from github.GithubException import GithubException
from github.Requester import Requester
from urllib3 import Retry

from bot import metrics

PER_PAGE: Final = 100
TIMEOUT: Final = 15
USER_AGENT: Final = "whyred"
_MOVED: Final = ("Moved Permanently", "Temporary Redirect", "Permanent Redirect")
_NEXT: Final = re.compile(r'<([^<>]+)>; rel="next"')


def build(api_url: str, auth: github.Auth.Auth) -> Requester:
    """PyGithub's requester, made to answer soon: reads are tried three times, writes once, nothing waits for a limit.

    PyGithub's own retry policy posts again after a lost answer and sleeps through rate limits. 202 is in the list
    because PyGithub would otherwise ask again every two seconds without an end.
    """
    retry = Retry(
        total=2,
        status_forcelist=(202, 500, 502, 503, 504),
        allowed_methods=("GET", "HEAD"),
        respect_retry_after_header=False,
        backoff_factor=0.3,
    )
    hub = github.Github(
        base_url=api_url,
        auth=auth,
        timeout=TIMEOUT,
        user_agent=USER_AGENT,
        per_page=PER_PAGE,
        retry=retry,
        seconds_between_requests=None,
        seconds_between_writes=None,
        lazy=True,
    )
    return hub.requester


@contextmanager
def counted(*, write: bool) -> Iterator[None]:
    """Count the request that is made meanwhile, and how it failed."""
    metrics.REQUESTS.add("write" if write else "read")
    try:
        yield
    except GithubException as error:
        metrics.REQUEST_ERRORS.add(str(error.status))
        raise
    except requests.RequestException:
        metrics.REQUEST_ERRORS.add("none")
        raise


def send(requester: Requester, verb: str, path: str, parameters: dict[str, Any], body: Any | None) -> Any:
    """The JSON that GitHub answers; None for an empty answer."""
    headers, data = requester.requestJsonAndCheck(verb, path, parameters=parameters, input=body)
    if isinstance(data, dict) and data.get("message") in _MOVED:
        # PyGithub neither follows a write's redirect nor tells of it.
        raise GithubException(HTTPStatus.TEMPORARY_REDIRECT, data, headers)
    return data


def mutate(requester: Requester, mutation: str, variables: dict[str, Any]) -> Any:
    """The data that GraphQL answers."""
    return requester.graphql_query(mutation, variables)[1]["data"]


def page(requester: Requester, path: str, parameters: dict[str, Any]) -> tuple[Any, bool]:
    """One page of a list, and whether there is another."""
    headers, data = requester.requestJsonAndCheck("GET", path, parameters=parameters)
    return data, 'rel="next"' in str(headers.get("link", ""))


def page_behind(requester: Requester, path: str, parameters: dict[str, Any]) -> tuple[Any, str | None]:
    """One page of a list that a cursor leads through, and the cursor of the next page, where there is one."""
    headers, data = requester.requestJsonAndCheck("GET", path, parameters={**parameters, "per_page": PER_PAGE})
    following = _NEXT.search(str(headers.get("link", "")))
    return data, parse_qs(urlsplit(following[1]).query)["cursor"][0] if following else None


def location(requester: Requester, path: str) -> str | None:
    """Where GitHub redirects to from here; the redirect is not followed."""
    headers, _ = requester.requestBlobAndCheck("GET", path)
    found = headers.get("location")
    return str(found) if found else None
