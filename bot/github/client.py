"""One repository on GitHub as one installation (or one token) sees it: every request of ours passes through here."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any, Final, TypeVar
from urllib.parse import quote

import redis
import requests
from github.GithubException import GithubException

from bot.case import Repository
from bot.errors import UserError
from bot.github import permissions, requester
from bot.github.auth import App, HeldToken, RepositoryTokens
from bot.github.errors import RENAMED_WAIT, NotFoundError, RateLimited, UnauthorisedError, translate
from bot.github.pace import Pace, SharedPace, Unpaced

MOST_PAGES: Final = 30

REMEMBERED: Final = int(RENAMED_WAIT)
"""Seconds for which a repository's name is taken for granted: a push mostly sets off several runs. The token reaches
that repository alone, whatever is called so meanwhile."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Access:
    """By what right we ask: a token, how to get another one, our identity, and how fast we may go."""

    auth: HeldToken
    pace: Pace = field(default_factory=Unpaced)
    renew: Callable[[str], str] | None = None
    app_id: int | None = None
    slug: Callable[[], str] | None = None
    granted: Mapping[str, str] | None = None
    """Permission -> level; None where only trying tells, as with a person's token."""


class Client:
    """Requests below `/repos/OWNER/NAME` of one repository, with our errors, our pace, a token that renews itself.

    Several threads may ask; their requests go one after the other, as PyGithub can do no other.
    """

    def __init__(self, api_url: str, repository: Repository, access: Access) -> None:
        self.repository = repository
        self._access = access
        self._requester = requester.build(api_url, access.auth)
        self._turn = threading.Lock()

    @property
    def app_id(self) -> int | None:
        """The App that we are; None for a person's token."""
        return self._access.app_id

    def login(self) -> str:
        """Our own login, as the author of what we write."""
        if self._access.slug is None:
            raise UserError("only a GitHub App can look for what it has written")
        return f"{self._access.slug()}[bot]"

    def may(self, permission: str, level: str = "write") -> bool:
        """Whether the installation has granted this; where that can not be told, it is worth a try."""
        granted = self._access.granted
        return granted is None or permissions.allows(granted, permission, level)

    def get(self, path: str, **parameters: Any) -> Any:
        """The JSON at this path below the repository."""
        return self._call(lambda: requester.send(self._requester, "GET", self._url(path), parameters, None))

    def pages(self, path: str, key: str | None = None, most: int = MOST_PAGES, **parameters: Any) -> list[Any]:
        """All items of a list, at most `most` pages of a hundred; `key` names the list in an object."""
        items: list[Any] = []
        for number in range(1, most + 1):
            asked = {**parameters, "per_page": requester.PER_PAGE, "page": number}
            data, more = self._call(partial(requester.page, self._requester, self._url(path), asked))
            items += data[key] if key else data
            if not more:
                break
        return items

    def exists(self, path: str) -> bool:
        """Whether GitHub answers this path with something other than 404."""
        try:
            self.get(path)
        except NotFoundError:
            return False
        return True

    def location(self, path: str) -> str | None:
        """Where this path redirects to; None when it does not."""
        return self._call(lambda: requester.location(self._requester, self._url(path)))

    def write(self, verb: str, path: str, body: Any | None = None) -> Any:
        """Change something, once. Raises UncertainError when the answer was lost."""
        return self._call(lambda: requester.send(self._requester, verb, self._url(path), {}, body), write=True)

    def mutate(self, mutation: str, variables: dict[str, Any]) -> Any:
        """Change something that only GraphQL can change, once. Raises UncertainError when the answer was lost."""
        return self._call(lambda: requester.mutate(self._requester, mutation, variables), write=True)

    def _url(self, path: str) -> str:
        return f"/repos/{quote(self.repository.name)}{path}"

    def _call(self, operation: Callable[[], T], *, write: bool = False) -> T:
        with self._turn:
            try:
                return self._attempt(operation, write=write)
            except UnauthorisedError:
                # 401 comes before any effect, so even a write may be made again; once, never in a loop.
                if self._access.renew is None:
                    raise
                auth = self._access.auth
                auth.current = self._access.renew(auth.current)
                return self._attempt(operation, write=write)

    def _attempt(self, operation: Callable[[], T], *, write: bool) -> T:
        self._access.pace.before(write=write)
        try:
            with requester.counted(write=write):
                return operation()
        except (GithubException, requests.RequestException) as error:
            reason = translate(error, write=write)
            if isinstance(reason, RateLimited):
                self._access.pace.refused(reason)
            raise reason from error


def for_installation(app: App, connection: redis.Redis, installation: int, repository: int) -> Client:
    """The client for a repository, found by its id, which survives renaming and moving.

    Raises NotFoundError when the installation does not, or no longer, reach the repository.
    """
    tokens = RepositoryTokens(app, connection)

    def renew(refused: str) -> str:
        tokens.forget(installation, repository, refused)
        return tokens.get(installation, repository)

    auth = HeldToken(tokens.get(installation, repository))
    access = Access(
        auth, SharedPace(connection, installation), renew, app.id, tokens.slug, tokens.granted(installation)
    )
    return Client(app.api_url, _found(app, connection, access, Repository(repository, "", "", installation)), access)


def to_read(app: App, connection: redis.Redis, installation: int, name: str) -> Client | None:
    """A client that can do no more than read the files of another repository of the same owner; None without one."""
    found = RepositoryTokens(app, connection).to_read(installation, name)
    if found is None:
        return None
    token, data = found
    access = Access(HeldToken(token), SharedPace(connection, installation))
    return Client(app.api_url, _repository(data, installation), access)


def _found(app: App, connection: redis.Redis, access: Access, nameless: Repository) -> Repository:
    key = f"whyred:repository:{app.id}:{nameless.installation}:{nameless.id}"
    kept = connection.get(key)
    if isinstance(kept, bytes):
        return Repository(**json.loads(kept))
    found = _Finder(app.api_url, nameless, access).find()
    connection.set(key, json.dumps(asdict(found)), ex=REMEMBERED)
    return found


def for_token(api_url: str, token: str, name: str) -> Client:
    """The client for a person's token and a repository's `owner/name`."""
    unknown = Repository(0, name, "", 0)
    access = Access(HeldToken(token))
    return Client(api_url, _repository(Client(api_url, unknown, access).get(""), 0), access)


class _Finder(Client):
    """Finds the one repository that a token is scoped to."""

    def _url(self, path: str) -> str:
        return path

    def find(self) -> Repository:
        wanted = self.repository
        reached = self.pages("/installation/repositories", "repositories")
        for data in reached:
            if data["id"] == wanted.id:
                return _repository(data, wanted.installation)
        raise NotFoundError(404, "the installation does not reach this repository")


def _repository(data: dict[str, Any], installation: int) -> Repository:
    return Repository(
        id=data["id"],
        name=data["full_name"],
        default_branch=data["default_branch"],
        installation=installation,
        private=data["private"],
    )
