"""Who is asking, and whether they may: the App's JWT, installation tokens, users' tokens, nobody."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox.problems import ApiError, forbidden, not_found
from sandbox.state.times import noted
from sandbox.state.world import FULL_PERMISSIONS, Installation, Repository, Token, World

LONGEST_JWT = 600
TOKEN_LIFE = 3600
LEVELS = {"read": 1, "write": 2, "admin": 3}


@dataclass(frozen=True, slots=True)
class Caller:
    """The bearer of a request: the App (`app`), a token, or neither."""

    app: bool = False
    token: Token | None = None


def generate_key(path: Path) -> str:
    """Write a new private key, readable by the owner alone, unless there is one; return its public half as PEM."""
    if path.exists():
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    else:
        key = rsa.generate_private_key(65537, 2048)
        path.touch(mode=0o600)
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.TraditionalOpenSSL,
                serialization.NoEncryption(),
            )
        )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return public.decode()


def caller(world: World, header: str | None) -> Caller:
    """The bearer that an Authorization header names."""
    if not header:
        return Caller()
    credential = header.rsplit(" ", 1)[-1]
    if credential.startswith(("ghs_", "ghp_", "github_pat_")):
        token = world.tokens.get(credential)
        if token is None or token.expires < time.time():
            raise ApiError(401, "Bad credentials")
        return Caller(token=token)
    check_jwt(world, credential)
    return Caller(app=True)


def check_jwt(world: World, credential: str) -> None:
    """Refuse a JWT that GitHub would refuse."""
    try:
        claims = jwt.decode(
            credential,
            world.public_key,
            algorithms=["RS256"],
            options={"require": ["exp", "iat", "iss"], "verify_aud": False, "verify_iss": False, "verify_sub": False},
        )
    except jwt.PyJWTError as error:
        raise ApiError(401, "A JSON web token could not be decoded") from error
    if claims["exp"] > time.time() + LONGEST_JWT:
        raise ApiError(401, "'Expiration time' claim ('exp') is too far in the future")
    if str(claims["iss"]) != str(world.app_id):
        raise ApiError(404, "Integration not found")


def allow(bearer: Caller, repository: Repository, needs: tuple[str, ...], *, reading: bool) -> None:
    """Raise unless the bearer has one of the permissions (`issues:write`) on the repository."""
    if bearer.app:
        raise forbidden()
    token = bearer.token
    if token is None:
        if repository.private:
            raise not_found()
        if not reading:
            raise ApiError(401, "Requires authentication")
        return
    if token.repositories is not None and repository.id not in token.repositories:
        if repository.private:
            raise not_found()
        raise forbidden()
    if not any(grants(token.permissions, need) for need in needs):
        raise forbidden()


def grants(permissions: dict[str, str], need: str) -> bool:
    """Whether `issues:write` or the like is among the permissions."""
    name, level = need.split(":")
    return name == "metadata" or LEVELS.get(permissions.get(name, ""), 0) >= LEVELS[level]


def mint(world: World, installation: Installation, wanted: dict[str, Any]) -> tuple[str, Token]:
    """A new installation token, narrowed to the repositories and permissions that the body names."""
    if installation.suspended_at:
        raise ApiError(403, "This installation has been suspended")
    token = Token(
        world.app_login,
        narrowed_permissions(installation, wanted.get("permissions")),
        narrowed_repositories(world, installation, wanted),
        time.time() + TOKEN_LIFE,
        installation.id,
    )
    credential = f"ghs_{world.app_id}_{secrets.token_urlsafe(40)}"
    world.tokens[credential] = token
    return credential, token


def narrowed_permissions(installation: Installation, wanted: dict[str, str] | None) -> dict[str, str]:
    """What was asked for, if it was granted; everything that was granted, if nothing was asked."""
    if not wanted:
        return dict(installation.permissions)
    if not all(grants(installation.permissions, f"{name}:{level}") for name, level in wanted.items()):
        raise ApiError(422, "The permissions requested are not granted to this installation.")
    return {"metadata": "read", **wanted}


def narrowed_repositories(world: World, installation: Installation, wanted: dict[str, Any]) -> frozenset[int]:
    """The ids of the repositories that were asked for by id or by name."""
    if not wanted.get("repository_ids") and not wanted.get("repositories"):
        return frozenset(installation.repositories)
    names = {world.repositories[known].name: known for known in installation.repositories}
    asked = [*wanted.get("repository_ids", []), *(names.get(name) for name in wanted.get("repositories", []))]
    if not all(one in installation.repositories for one in asked):
        message = (
            "There is at least one repository that does not exist or is not accessible to the parent installation."
        )
        raise ApiError(422, message)
    return frozenset(asked)


def user_token(world: World, login: str, permissions: dict[str, str] | None) -> str:
    """A personal token, for every repository."""
    credential = f"ghp_{secrets.token_urlsafe(30)}"
    world.tokens[credential] = Token(login, permissions or FULL_PERMISSIONS, None, time.time() + TOKEN_LIFE)
    return credential


def expiry(token: Token) -> str:
    """When a token dies, in GitHub's notation."""
    return noted(datetime.fromtimestamp(token.expires, UTC))
