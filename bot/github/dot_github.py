"""The files by which a repository tells us its wishes: below `.github` on the default branch, never on another one."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from bot.github.client import Client
from bot.github.errors import ForbiddenError, NotFoundError

FOLDER: Final = ".github"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a folder holds: `kind` is file, dir, symlink or submodule, `sha` git's name for the content."""

    path: str
    kind: str
    sha: str
    size: int


def listed(client: Client, folder: str = FOLDER) -> tuple[Entry, ...]:
    """What the folder holds; nothing where it is missing, or where the installation may not look."""
    try:
        # Without a commit or a branch GitHub answers for the default branch.
        found = client.get(f"/contents/{quote(folder)}")
    except (ForbiddenError, NotFoundError):
        return ()
    if not isinstance(found, list):
        return ()
    return tuple(Entry(item["path"], item["type"], item["sha"], item["size"]) for item in found)


def content(client: Client, sha: str) -> bytes | None:
    """The content of this name; None where it is gone or can not be read."""
    try:
        return base64.b64decode(client.get(f"/git/blobs/{sha}")["content"])
    except (ForbiddenError, NotFoundError, binascii.Error):
        return None
