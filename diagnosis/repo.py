"""A read-only view of a repository at one commit, as the engine sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Unknown:
    """The view cannot tell: forbidden, too big, binary or truncated. Nothing may be concluded from it."""

    reason: str


class RepoView(Protocol):
    """Files at a commit. Rate limits and server errors are raised by the implementation, never turned into a value."""

    def read(self, path: str) -> bytes | Unknown | None:
        """The file's content; None when the commit has no such file; Unknown when that cannot be told.

        `path` is relative to the repository's root, with forward slashes.
        """
        ...
