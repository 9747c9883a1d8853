"""A read-only view of a repository at one commit, as the engine sees it, and what its probes ask of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Protocol

MOST_FILES: Final = 20
MOST_BYTES: Final = 5 << 20
"""Of one repository a diagnosis reads at most so many files, and so many bytes."""

MOST_FILE_BYTES: Final = 1 << 20

VENDORED: Final = frozenset(
    {"node_modules", "vendor", "third_party", "site-packages", ".venv", "venv", "dist", "build", ".tox", ".git"}
)
"""Folders that hold the work of others."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The view cannot tell: forbidden, too big, binary or truncated. Nothing may be concluded from it."""

    reason: str


class RepoView(Protocol):
    """Files at a commit. Rate limits and server errors are raised by the implementation, never turned into a value."""

    def paths(self) -> tuple[str, ...] | Unknown:
        """The paths of all files, relative to the repository's root, with forward slashes."""
        ...

    def read(self, path: str) -> bytes | Unknown | None:
        """The file's content; None when the commit has no such file; Unknown when that cannot be told."""
        ...


@dataclass(frozen=True, slots=True)
class Hit:
    """A line of a file, counted from 1."""

    path: str
    line: int
    text: str


class Repository:
    """A view as probes use it: text, look-ups by name, searches, all within the budget of one diagnosis.

    What the view cannot tell is None here as well as what is not there: only `has` and `lacks` tell them apart, and a
    probe that speaks of absence asks `lacks`.
    """

    def __init__(self, view: RepoView, files: int = MOST_FILES, size: int = MOST_BYTES) -> None:
        self._view = view
        self._files, self._bytes = files, size
        self._read: dict[str, str | None] = {}

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """All files; none where the tree cannot be told."""
        known = self._known
        return () if isinstance(known, Unknown) else known

    @cached_property
    def _known(self) -> tuple[str, ...] | Unknown:
        return self._view.paths()

    @cached_property
    def _set(self) -> frozenset[str]:
        return frozenset(self.paths)

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path in self.paths:
            found.setdefault(path.rpartition("/")[2], []).append(path)
        return found

    @cached_property
    def folders(self) -> frozenset[str]:
        """All folders that hold a file, the root as the empty string."""
        found = {""}
        for path in self.paths:
            folder = path.rpartition("/")[0]
            while folder and folder not in found:
                found.add(folder)
                folder = folder.rpartition("/")[0]
        return frozenset(found)

    def has(self, path: str) -> bool:
        """Whether the commit surely has this file."""
        return path in self._set

    def lacks(self, path: str) -> bool:
        """Whether the commit surely has neither a file nor a folder of this path."""
        return not isinstance(self._known, Unknown) and path not in self._set and path not in self.folders

    def named(self, *names: str) -> tuple[str, ...]:
        """The files with one of these names, those nearest to the root first, others' work left out."""
        found = [path for name in names for path in self._by_name.get(name, ())]
        own = [path for path in found if VENDORED.isdisjoint(path.split("/"))]
        return tuple(sorted(own, key=lambda path: (path.count("/"), path)))

    def matching(self, pattern: str) -> tuple[str, ...]:
        """The files whose path matches a glob from the right (`*.py`, `tests/*.py`), others' work left out.

        `*` is any number of characters other than the slash; nothing else has a meaning.
        """
        glob = "[^/]*".join(map(re.escape, pattern.split("*")))
        ends = re.compile(rf"(?:^|/){glob}\Z").search
        return tuple(path for path in self.paths if ends(path) and VENDORED.isdisjoint(path.split("/")))

    def ending(self, tail: str) -> tuple[str, ...]:
        """The files whose path ends in these whole segments."""
        alike = self._by_name.get(tail.rpartition("/")[2], ())
        return tuple(path for path in alike if f"/{path}".endswith(f"/{tail}"))

    def text(self, path: str) -> str | None:
        """A text file's content, line ends as they are; None where there is none, or none that may be read."""
        if path not in self._read:
            self._read[path] = self._fetch(path)
        return self._read[path]

    def _fetch(self, path: str) -> str | None:
        if self._files <= 0 or self._bytes <= 0:
            return None
        if not isinstance(self._known, Unknown) and path not in self._set:
            return None
        self._files -= 1
        content = self._view.read(path)
        if not isinstance(content, bytes) or len(content) > MOST_FILE_BYTES:
            return None
        self._bytes -= len(content)
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return None

    def lines(self, path: str) -> tuple[str, ...]:
        """The lines of a text file without their ends; none where it cannot be read."""
        text = self.text(path)
        return tuple(line.rstrip("\r") for line in text.split("\n")) if text else ()

    def search(self, pattern: re.Pattern[str], paths: Iterable[str]) -> Iterator[Hit]:
        """The lines of these files that the pattern is found in, file by file as long as the budget lasts."""
        for path in paths:
            for number, line in enumerate(self.lines(path), 1):
                if pattern.search(line):
                    yield Hit(path, number, line)

    def nearest(self, name: str, start: str) -> str | None:
        """The file of this name in the folder `start` or the closest one above it."""
        folder = start.strip("/")
        while True:
            path = f"{folder}/{name}" if folder else name
            if self.has(path):
                return path
            if not folder:
                return None
            folder = folder.rpartition("/")[0]
