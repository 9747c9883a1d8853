"""Who may do what: the App by its JWT, its installations by their tokens, nobody else."""

from __future__ import annotations

import time
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox.client import Sandbox
from sandbox.server import Server
from tests.sandbox.conftest import SHOP, Api, app_jwt, installation_token

HOME = f"/repos/{SHOP}"


def test_the_app_knows_itself_and_its_installation(sandbox: Sandbox, app: Api) -> None:
    assert (app.get("/app")["id"], app.get("/app")["slug"]) == (1, "whyred")
    installation = app.get(f"{HOME}/installation")
    assert installation["account"]["login"] == "octo"
    assert [one["id"] for one in app.get("/app/installations")] == [installation["id"]]


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"exp": int(time.time()) - 5}, 401),
        ({"exp": int(time.time()) + 4000}, 401),
        ({"iss": "2"}, 404),
    ],
    ids=["expired", "too long-lived", "another App's"],
)
def test_a_wrong_jwt_is_refused(sandbox: Sandbox, server: Server, claims: dict[str, Any], status: int) -> None:
    assert Api(sandbox.url, app_jwt(server.key_path, **claims)).call("GET", "/app").status_code == status


def test_a_jwt_signed_with_another_key_is_refused(sandbox: Sandbox, tmp_path: Any) -> None:
    key = rsa.generate_private_key(65537, 2048)
    shape = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "other.pem").write_bytes(key.private_bytes(*shape))
    assert Api(sandbox.url, app_jwt(tmp_path / "other.pem")).call("GET", "/app").status_code == 401


def test_only_the_jwt_opens_what_is_the_app_s(sandbox: Sandbox, bot: Api) -> None:
    assert bot.call("GET", "/app").status_code == 403
    assert Api(sandbox.url, None).call("GET", "/app").status_code == 401


def test_the_jwt_opens_nothing_else(sandbox: Sandbox, app: Api) -> None:
    assert app.call("GET", f"{HOME}/issues").status_code == 403


def test_a_token_is_narrowed_to_a_repository(sandbox: Sandbox, app: Api) -> None:
    sandbox.create_repository("octo/other", private=True)
    narrow = Api(sandbox.url, installation_token(app))
    assert narrow.call("GET", "/repos/octo/other").status_code == 404
    assert [one["full_name"] for one in narrow.get("/installation/repositories")["repositories"]] == [SHOP]


def test_a_token_is_narrowed_to_permissions(sandbox: Sandbox, app: Api) -> None:
    reader = Api(sandbox.url, installation_token(app, permissions={"issues": "read"}))
    assert reader.get(f"{HOME}/issues") == []
    assert reader.call("POST", f"{HOME}/issues", {"title": "Red"}).status_code == 403
    assert reader.call("GET", f"{HOME}/actions/runs").status_code == 403


def test_no_token_has_more_than_was_granted(sandbox: Sandbox, app: Api) -> None:
    installation = sandbox.install("octo", {"issues": "read"})
    wanted = {"permissions": {"issues": "write"}}
    assert app.call("POST", f"/app/installations/{installation}/access_tokens", wanted).status_code == 422


def test_nobody_may_read_what_is_public_and_write_nothing(sandbox: Sandbox) -> None:
    nobody = Api(sandbox.url, None)
    assert nobody.get(f"{HOME}/issues") == []
    assert nobody.call("POST", f"{HOME}/issues", {"title": "Red"}).status_code == 401


def test_unknown_tokens_are_bad_credentials(sandbox: Sandbox) -> None:
    answer = Api(sandbox.url, "ghs_unknown").call("GET", HOME)
    assert (answer.status_code, answer.json()["message"]) == (401, "Bad credentials")


def test_a_repository_without_the_app_has_no_installation(sandbox: Sandbox, app: Api) -> None:
    sandbox.create_repository("else/where", installed=False)
    assert app.call("GET", "/repos/else/where/installation").status_code == 404


def test_the_app_s_key_is_for_its_owner_alone(server: Server) -> None:
    assert server.key_path.stat().st_mode & 0o777 == 0o600
