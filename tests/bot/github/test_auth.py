"""Tokens: minted once, scoped, kept encrypted, exchanged once on a refusal."""

from __future__ import annotations

import threading
import time

import jwt
import pytest
import redis
from cryptography.hazmat.primitives import serialization

from bot.errors import RetryLater
from bot.github.auth import App, RepositoryTokens
from bot.github.client import for_installation
from bot.github.errors import ForbiddenError, NotFoundError, UnauthorisedError
from bot.github.permissions import USED
from tests.bot.fake_hub import Answer, FakeHub, Seen


def test_eight_threads_mint_one_token(app: App, hub: FakeHub, connection: redis.Redis) -> None:
    got: list[str] = []
    threads = [
        threading.Thread(target=lambda: got.append(RepositoryTokens(app, connection).get(3, 7))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == ["ghs_1"] * 8
    assert len(hub.asked("POST", "access_tokens")) == 1


def test_a_token_is_for_one_repository_and_what_we_use_of_it(app: App, hub: FakeHub, connection: redis.Redis) -> None:
    RepositoryTokens(app, connection).get(3, 7)
    assert hub.asked("POST", "access_tokens")[0].body == {"repository_ids": [7], "permissions": USED}


def test_the_app_signs_a_short_lived_statement(app: App, hub: FakeHub, connection: redis.Redis) -> None:
    RepositoryTokens(app, connection).get(3, 7)
    scheme, _, token = hub.seen[0].headers["authorization"].partition(" ")
    key = serialization.load_pem_private_key(app.private_key.encode(), None).public_key()
    claims = jwt.decode(token, key, algorithms=["RS256"])  # type: ignore[arg-type]
    assert (scheme, claims["iss"]) == ("Bearer", "11")
    assert claims["iat"] <= time.time() - 30
    assert claims["exp"] - time.time() <= 600


def test_a_token_is_given_up_five_minutes_before_its_end(app: App, connection: redis.Redis) -> None:
    RepositoryTokens(app, connection).get(3, 7)
    (key,) = connection.keys("whyred:token:3:7:*")
    left = connection.ttl(key)
    assert 3600 - 310 <= int(left) <= 3600 - 299


def test_the_store_holds_no_token_in_plain_text(app: App, connection: redis.Redis) -> None:
    RepositoryTokens(app, connection).get(3, 7)
    values = [connection.dump(key) for key in connection.keys("*")]
    assert values
    assert not any(b"ghs_" in value for value in values)  # type: ignore[operator]


def test_only_what_was_granted_is_asked_for(app: App, hub: FakeHub, connection: redis.Redis) -> None:
    granted = {"actions": "read", "administration": "write", "checks": "write", "contents": "write"}
    hub.on("GET", "/app/installations/3", Answer(200, {"permissions": granted}))
    client = for_installation(app, connection, 3, 7)
    asked = {"actions": "read", "checks": "write", "contents": "read", "metadata": "read"}
    assert hub.asked("POST", "access_tokens")[0].body["permissions"] == asked
    assert client.may("checks")
    assert client.may("actions", "read")
    assert not client.may("actions")
    assert not client.may("issues", "read")


def test_what_was_granted_is_asked_once(app: App, hub: FakeHub, connection: redis.Redis) -> None:
    for repository in (7, 8):
        RepositoryTokens(app, connection).get(3, repository)
    assert len(hub.asked("GET", "/app/installations/3")) == 1


def test_a_permission_that_was_taken_away_is_done_without(app: App, hub: FakeHub, connection: redis.Redis) -> None:
    def mint(seen: Seen) -> Answer:
        if "issues" in seen.body["permissions"]:
            hub.on("GET", "/app/installations/3", Answer(200, {"permissions": {"checks": "write"}}))
            return Answer(422, {"message": "The permissions requested are not granted to this installation."})
        return Answer(201, {"token": "ghs_less", "expires_at": "2999-01-01T00:00:00Z"})

    hub.on("POST", "/app/installations/3/access_tokens", mint)
    assert RepositoryTokens(app, connection).get(3, 7) == "ghs_less"
    assert len(hub.asked("POST", "access_tokens")) == 2


def test_a_permission_that_is_granted_later_gets_a_new_token(app: App, hub: FakeHub, connection: redis.Redis) -> None:
    hub.on("GET", "/app/installations/3", Answer(200, {"permissions": {"checks": "write"}}))
    assert RepositoryTokens(app, connection).get(3, 7) == "ghs_1"
    hub.on("GET", "/app/installations/3", Answer(200, {"permissions": {"checks": "write", "issues": "write"}}))
    connection.delete("whyred:granted:3")
    assert RepositoryTokens(app, connection).get(3, 7) == "ghs_2"


def test_a_repository_that_was_taken_out_of_the_installation_is_not_found(
    app: App, hub: FakeHub, connection: redis.Redis
) -> None:
    message = "There is at least one repository that does not exist or is not accessible to the parent installation."
    hub.on("POST", "/app/installations/3/access_tokens", Answer(422, {"message": message}))
    with pytest.raises(NotFoundError):
        for_installation(app, connection, 3, 7)


def test_a_suspended_installation_is_asked_once(app: App, hub: FakeHub, connection: redis.Redis) -> None:
    suspended = Answer(403, {"message": "This installation has been suspended"})
    hub.on("POST", "/app/installations/3/access_tokens", suspended)
    with pytest.raises(ForbiddenError):
        for_installation(app, connection, 3, 7)
    assert [seen.method for seen in hub.seen] == ["GET", "POST"]


def test_an_expired_token_is_exchanged_once(app: App, hub: FakeHub, connection: redis.Redis) -> None:
    def pulls(seen: Seen) -> Answer:
        if seen.headers["authorization"] == "token ghs_1":
            return Answer(401, {"message": "Bad credentials"})
        return Answer(200, {"number": 1})

    hub.on("GET", "/repos/acme/shop/pulls/1", pulls)
    client = for_installation(app, connection, 3, 7)
    assert client.get("/pulls/1")["number"] == 1
    assert len(hub.asked("POST", "access_tokens")) == 2
    assert RepositoryTokens(app, connection).get(3, 7) == "ghs_2"


def test_a_refused_token_is_never_exchanged_in_a_loop(app: App, hub: FakeHub, connection: redis.Redis) -> None:
    hub.on("GET", "/repos/acme/shop/pulls/1", Answer(401, {"message": "Bad credentials"}))
    client = for_installation(app, connection, 3, 7)
    with pytest.raises(UnauthorisedError):
        client.get("/pulls/1")
    assert len(hub.asked("GET", "/pulls/1")) == 2
    assert len(hub.asked("POST", "access_tokens")) == 2


def test_a_lost_answer_to_a_mint_asks_for_patience(app: App, hub: FakeHub, connection: redis.Redis) -> None:
    hub.on("POST", "/app/installations/3/access_tokens", Answer(502, {"message": "Bad Gateway"}))
    with pytest.raises(RetryLater):
        for_installation(app, connection, 3, 7)
    assert len(hub.asked("POST")) == 1


def test_the_key_stands_in_no_representation(app: App) -> None:
    assert "PRIVATE KEY" not in repr(app)
