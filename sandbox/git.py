"""Commits, trees and blobs with the object names that git would give their content."""

from __future__ import annotations

import base64
import difflib
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

Files = Mapping[str, bytes]


def blob_sha(content: bytes) -> str:
    """Git's name for a file's content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


@dataclass(frozen=True)
class Entry:
    """A line of a tree; `size` is None for a folder."""

    path: str
    sha: str
    size: int | None


@dataclass(frozen=True)
class Commit:
    """All files at a moment, with who, when and what came before."""

    files: Files
    message: str
    author: str
    date: str
    parents: tuple[str, ...] = ()

    @cached_property
    def tree_sha(self) -> str:
        """The name of the top folder."""
        return self.folder_sha("")

    @cached_property
    def sha(self) -> str:
        """The commit's name, from everything that it says."""
        told = f"{self.tree_sha} {self.parents} {self.author} {self.date}\n{self.message}"
        return hashlib.sha1(told.encode(), usedforsecurity=False).hexdigest()

    def folder_sha(self, folder: str) -> str:
        """A name for a folder that changes with any file below it."""
        prefix = f"{folder}/" if folder else ""
        below = "".join(
            f"{path} {blob_sha(data)}\n" for path, data in sorted(self.files.items()) if path.startswith(prefix)
        )
        return hashlib.sha1(f"tree {prefix}\n{below}".encode(), usedforsecurity=False).hexdigest()

    def entries(self, folder: str = "", *, recursive: bool = False) -> list[Entry]:
        """Files and folders below a folder, by path from the repository's root."""
        prefix = f"{folder}/" if folder else ""
        found: dict[str, Entry] = {}
        for path, content in self.files.items():
            if not path.startswith(prefix):
                continue
            parts = path.removeprefix(prefix).split("/")
            for depth in range(1, len(parts) if recursive else min(len(parts), 2)):
                place = prefix + "/".join(parts[:depth])
                found[place] = Entry(place, "", None)
            if recursive or len(parts) == 1:
                found[path] = Entry(path, blob_sha(content), len(content))
        return [
            entry if entry.sha else Entry(entry.path, self.folder_sha(entry.path), None)
            for _, entry in sorted(found.items())
        ]


@dataclass(frozen=True)
class Change:
    """What happened to one file between two commits."""

    path: str
    status: str
    patch: str | None
    additions: int
    deletions: int
    sha: str


def changes(before: Files, after: Files) -> list[Change]:
    """The files that differ, by path."""
    return [
        change_of(path, before.get(path), after.get(path))
        for path in sorted(set(before) | set(after))
        if before.get(path) != after.get(path)
    ]


def change_of(path: str, before: bytes | None, after: bytes | None) -> Change:
    """One file's difference; binary files have no patch."""
    status = "added" if before is None else "removed" if after is None else "modified"
    sha = blob_sha(after if after is not None else before or b"")
    if b"\0" in (before or b"") + (after or b""):
        return Change(path, status, None, 0, 0, sha)
    old, new = ((side or b"").decode(errors="replace").splitlines() for side in (before, after))
    lines = list(difflib.unified_diff(old, new, lineterm="", n=3))[2:]
    added, removed = (sum(line.startswith(sign) for line in lines) for sign in "+-")
    return Change(path, status, "\n".join(lines), added, removed, sha)


def wrapped_base64(content: bytes) -> str:
    """Base 64 in lines of 60, as the contents API gives it."""
    text = base64.b64encode(content).decode()
    return "".join(f"{text[start : start + 60]}\n" for start in range(0, len(text), 60))
