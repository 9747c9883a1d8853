"""The files of a repository at one commit, read through GitHub's API (a RepoView)."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import quote

from bot.github.client import Client
from bot.github.errors import ForbiddenError, GitHubError, NotFoundError
from diagnosis.repo import Unknown


class GitHubView:
    """Reads each path once. Rate limits and server errors are raised, everything else is a value."""

    def __init__(self, client: Client, sha: str) -> None:
        self._client = client
        self._sha = sha
        self._seen: dict[str, bytes | Unknown | None] = {}
        self._paths: tuple[str, ...] | Unknown | None = None

    def paths(self) -> tuple[str, ...] | Unknown:
        """The paths of all files, fetched once."""
        if self._paths is None:
            self._paths = self._tree()
        return self._paths

    def _tree(self) -> tuple[str, ...] | Unknown:
        try:
            data = self._client.get(f"/git/trees/{self._sha}", recursive=1)
        except GitHubError as error:
            return Unknown(f"GitHub answered {error.status}")
        if data.get("truncated"):
            return Unknown("truncated")
        return tuple(item["path"] for item in data["tree"] if item["type"] == "blob")

    def read(self, path: str) -> bytes | Unknown | None:
        """The file's content; None when the commit has no such file; Unknown when that cannot be told."""
        if path not in self._seen:
            self._seen[path] = self._read(path)
        return self._seen[path]

    def _read(self, path: str) -> bytes | Unknown | None:
        parts = path.split("/")
        if not all(parts) or ".." in parts or "." in parts:
            return None
        try:
            data = self._client.get(f"/contents/{quote(path)}", ref=self._sha)
        except NotFoundError as error:
            if "no commit found" in error.message.lower():
                return Unknown("GitHub does not know this commit")
            return None
        except ForbiddenError as error:
            # The contents API answers 403 with this code for files beyond its limit of 100 MB.
            return Unknown("too big" if "too_large" in error.message or "too large" in error.message else "forbidden")
        except GitHubError as error:
            return Unknown(f"GitHub answered {error.status}")
        return _content(data)


def _content(data: object) -> bytes | Unknown | None:
    if not isinstance(data, dict):
        return None
    if data.get("type") != "file":
        return Unknown(f"a {data.get('type')}")
    if data.get("encoding") != "base64":
        return Unknown("too big")
    try:
        content = base64.b64decode(data.get("content") or "")
    except binascii.Error:
        return Unknown("not readable")
    return Unknown("binary") if b"\0" in content else content
