"""The one way to GitHub: what is retried, what is not, and what a refusal means."""

from __future__ import annotations

import itertools
import time

import pytest
import redis

from bot.errors import RetryLater
from bot.github import comments
from bot.github.auth import App
from bot.github.client import Client, for_installation, for_token
from bot.github.errors import ForbiddenError, GoneError, NotFoundError, UncertainError
from tests.bot.conftest import REPOSITORY
from tests.bot.fake_hub import Answer, FakeHub

SECONDARY = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}


def test_the_repository_is_found_by_its_id_under_whatever_name(client: Client) -> None:
    assert (client.repository.id, client.repository.name, client.repository.installation) == (7, "acme/shop", 3)


def test_a_repository_that_the_installation_does_not_reach_is_not_found(
    app: App, hub: FakeHub, connection: redis.Redis
) -> None:
    other = {**REPOSITORY, "id": 8, "full_name": "acme/other"}
    hub.on("GET", "/installation/repositories", Answer(200, {"total_count": 1, "repositories": [other]}))
    with pytest.raises(NotFoundError):
        for_installation(app, connection, 3, 7)


def test_a_person_needs_only_a_token_and_a_name(hub: FakeHub) -> None:
    hub.on("GET", "/repos/acme/shop", Answer(200, REPOSITORY))
    assert for_token(hub.url, "ghp_x", "acme/shop").repository.default_branch == "main"


def test_a_read_survives_a_hiccup(client: Client, hub: FakeHub) -> None:
    answers = iter([Answer(502), Answer(200, {"number": 1})])
    hub.on("GET", "/repos/acme/shop/pulls/1", lambda _: next(answers))
    assert client.get("/pulls/1")["number"] == 1


@pytest.mark.parametrize("status", [202, 500, 502, 503])
def test_a_read_gives_up_soon(client: Client, hub: FakeHub, status: int) -> None:
    hub.on("GET", "/repos/acme/shop/pulls/1", Answer(status, {"message": "later"}, {"Retry-After": "100"}))
    started = time.monotonic()
    with pytest.raises(RetryLater):
        client.get("/pulls/1")
    assert len(hub.seen) == 3
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("answer", [Answer(500), Answer(502), Answer(504), Answer(0)])
def test_a_write_is_never_retried(client: Client, hub: FakeHub, answer: Answer) -> None:
    hub.on("POST", "/repos/acme/shop/issues/1/comments", answer)
    with pytest.raises(UncertainError):
        comments.create(client, 1, "text")
    assert len(hub.asked("POST")) == 1


TOO_SOON = {
    "message": "Validation Failed",
    "errors": [{"resource": "IssueComment", "code": "unprocessable", "message": "was submitted too quickly"}],
}
ABUSE = {"message": "You have triggered an abuse detection mechanism. Please retry your request again later."}


@pytest.mark.parametrize(
    "limit",
    [
        Answer(422, TOO_SOON),
        Answer(403, ABUSE),
        Answer(403, SECONDARY),
        Answer(403, SECONDARY, {"Retry-After": "90"}),
        Answer(429, {"message": "Too Many Requests"}),
        Answer(429, SECONDARY, {"Retry-After": "90"}),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_secondary_limit_stops_everybody_at_the_first_call(
    client: Client, app: App, hub: FakeHub, connection: redis.Redis, limit: Answer, method: str
) -> None:
    hub.on(method, "/repos/acme/shop/issues/1/comments", limit)
    with pytest.raises(RetryLater) as caught:
        if method == "GET":
            comments.comments(client, 1)
        else:
            comments.create(client, 1, "text")
    assert caught.value.seconds >= (90 if limit.headers else 60)
    with pytest.raises(RetryLater, match="lasts"):
        for_installation(app, connection, 3, 7).get("/pulls/1")
    assert len(hub.asked(method)) == 1
    assert hub.asked("GET", "/pulls/1") == []


@pytest.mark.parametrize("status", [301, 307, 308])
def test_a_write_that_is_sent_elsewhere_was_not_made(client: Client, hub: FakeHub, status: int) -> None:
    """PyGithub takes the notice for the answer; the repository was renamed since its name was asked for."""
    moved = {"message": "Moved Permanently", "url": f"{hub.url}/repositories/7/issues/comments/5"}
    hub.on("PATCH", "/repos/acme/shop/issues/comments/5", Answer(status, moved))
    with pytest.raises(RetryLater, match="renamed"):
        comments.edit(client, 5, "text")


def test_a_primary_limit_waits_until_it_resets(client: Client, hub: FakeHub) -> None:
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 1800)}
    message = {"message": "API rate limit exceeded for installation ID 3."}
    hub.on("GET", "/repos/acme/shop/pulls/1", Answer(403, message, headers))
    with pytest.raises(RetryLater) as caught:
        client.get("/pulls/1")
    assert 1790 < caught.value.seconds < 1810
    assert len(hub.seen) == 1


@pytest.mark.parametrize(
    ("status", "error"), [(403, ForbiddenError), (404, NotFoundError), (410, GoneError), (451, ForbiddenError)]
)
def test_a_refusal_is_told_apart(client: Client, hub: FakeHub, status: int, error: type[Exception]) -> None:
    hub.on("GET", "/repos/acme/shop/pulls/1", Answer(status, {"message": "Resource not accessible by integration"}))
    with pytest.raises(error):
        client.get("/pulls/1")
    assert len(hub.seen) == 1


def test_lists_are_read_to_their_end_but_not_for_ever(client: Client, hub: FakeHub) -> None:
    numbers = itertools.count()
    more = {"Link": f'<{hub.url}/x?page=9>; rel="next"'}
    hub.on("GET", "/repos/acme/shop/pulls", lambda _: Answer(200, [next(numbers)], more))
    assert len(client.pages("/pulls", most=4)) == 4
    hub.on("GET", "/repos/acme/shop/pulls", Answer(200, [1, 2]))
    assert client.pages("/pulls") == [1, 2]
