"""Who we are to GitHub: the App's own identity, and tokens for one repository of one installation."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, cast

import jwt
import redis
import requests
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from github import Auth
from github.GithubException import GithubException
from github.Requester import Requester
from redis.exceptions import LockError

from bot.errors import RetryLater
from bot.github import permissions, requester
from bot.github.errors import ForbiddenError, InvalidError, NotFoundError, UncertainError, translate
from bot.private_key import parsed

EARLY: Final = 300.0
"""Seconds before its expiry from which on a token is not handed out any more."""

MINTING: Final = 20.0
"""Seconds that one mint may take while the others wait for its token."""

SLUG_KEPT: Final = 24 * 3600

GRANT_KEPT: Final = 600
"""Seconds until it is noticed that an owner has granted more, or less."""


@dataclass(frozen=True, slots=True)
class App:
    """The GitHub App: its id and its private key (PEM)."""

    id: int
    private_key: str = field(repr=False)
    api_url: str = "https://api.github.com"

    def requester(self) -> Requester:
        """Requests of the App itself."""
        return requester.build(self.api_url, Auth.AppAuth(self.id, sign_func=self._signed))

    def _signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, cast("RSAPrivateKey", parsed(self.private_key)), "RS256")


class RepositoryTokens:
    """Installation tokens for one repository each: from Redis as long as they are good, minted once otherwise."""

    def __init__(self, app: App, connection: redis.Redis) -> None:
        self._app = app
        self._redis = connection
        self._requester = app.requester()
        # The store outlives processes and may be backed up; a token in it must be of no use without the App's key.
        self._box = Fernet(base64.urlsafe_b64encode(hashlib.sha256(app.private_key.encode()).digest()))

    def get(self, installation: int, repository: int) -> str:
        """A token for this repository that is good for five minutes at least.

        Raises NotFoundError, ForbiddenError or UnauthorisedError when the App is not, or no longer, installed there.
        """
        key = self._key(installation, repository)
        token = self._kept(key)
        if token:
            return token
        try:
            with self._redis.lock(f"{key}:lock", timeout=MINTING, blocking_timeout=MINTING, sleep=0.05):
                return self._kept(key) or self._mint(key, installation, repository)
        except LockError as error:
            raise RetryLater("another worker is still asking for this token", 5) from error

    def granted(self, installation: int) -> dict[str, str]:
        """What of that which we can use the installation's owner has granted: permission -> level."""
        kept = self._redis.get(_grant(installation))
        if isinstance(kept, bytes):
            return dict(json.loads(kept))
        told: Mapping[str, str] = self._ask("GET", f"/app/installations/{installation}", None)["permissions"]
        found = permissions.usable(told)
        self._redis.set(_grant(installation), json.dumps(found, sort_keys=True), ex=GRANT_KEPT)
        return found

    def to_read(self, installation: int, name: str) -> tuple[str, dict[str, Any]] | None:
        """A token that reads the files of a repository of the same owner, and what GitHub tells of the repository.

        It is asked for anew each time. None where the installation does not reach a repository of this name.
        """
        body = {"repositories": [name], "permissions": {"contents": "read"}}
        try:
            answer = self._ask("POST", f"/app/installations/{installation}/access_tokens", body)
        except (ForbiddenError, InvalidError, NotFoundError):
            return None
        return str(answer["token"]), answer["repositories"][0]

    def forget(self, installation: int, repository: int, token: str) -> None:
        """Do not hand out this token again: GitHub has refused it."""
        key = self._key(installation, repository)
        if self._kept(key) == token:
            self._redis.delete(key)

    def slug(self) -> str:
        """The App's name in URLs and, with `[bot]` behind it, its login."""
        key = f"whyred:slug:{self._app.id}"
        kept = self._redis.get(key)
        if isinstance(kept, bytes):
            return kept.decode()
        slug = str(self._ask("GET", "/app", None)["slug"])
        self._redis.set(key, slug, ex=SLUG_KEPT)
        return slug

    def _kept(self, key: str) -> str | None:
        value = self._redis.get(key)
        if not isinstance(value, bytes):
            return None
        try:
            return self._box.decrypt(value).decode()
        except InvalidToken:
            return None

    def _key(self, installation: int, repository: int) -> str:
        """Where the token is kept; elsewhere once something else is granted, as the old one does not change with it."""
        grant = json.dumps(self.granted(installation), sort_keys=True)
        return f"whyred:token:{installation}:{repository}:{hashlib.sha256(grant.encode()).hexdigest()[:8]}"

    def _mint(self, key: str, installation: int, repository: int) -> str:
        try:
            answer = self._ask_for_token(installation, repository)
        except InvalidError:
            # Something may have been taken away since we last asked what was granted.
            self._redis.delete(_grant(installation))
            try:
                answer = self._ask_for_token(installation, repository)
            except InvalidError as error:
                raise NotFoundError(404, "the installation does not reach this repository") from error
        token, expires = str(answer["token"]), datetime.fromisoformat(str(answer["expires_at"]).replace("Z", "+00:00"))
        left = (expires - datetime.now(UTC)).total_seconds() - EARLY
        if left > 0:
            self._redis.set(key, self._box.encrypt(token.encode()), px=int(left * 1000))
        return token

    def _ask_for_token(self, installation: int, repository: int) -> Any:
        body = {"repository_ids": [repository], "permissions": self.granted(installation)}
        return self._ask("POST", f"/app/installations/{installation}/access_tokens", body)

    def _ask(self, verb: str, path: str, body: dict[str, Any] | None) -> Any:
        try:
            with requester.counted(write=verb != "GET"):
                return requester.send(self._requester, verb, path, {}, body)
        except (GithubException, requests.RequestException) as error:
            reason = translate(error, write=verb != "GET")
            if isinstance(reason, UncertainError):
                raise RetryLater("GitHub did not answer a request for a token", 30) from error
            raise reason from error


def _grant(installation: int) -> str:
    return f"whyred:granted:{installation}"


class HeldToken(Auth.Auth):
    """A token that can be exchanged while PyGithub's requester holds on to it."""

    def __init__(self, token: str) -> None:
        self.current = token

    @property
    def token_type(self) -> str:
        """As GitHub wants it before an installation token."""
        return "token"

    @property
    def token(self) -> str:
        """The token in use."""
        return self.current
