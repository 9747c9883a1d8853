"""The files of a checkout on disk (a RepoView): those that git tracks, or all of them where there is no git."""

from __future__ import annotations

import os
import subprocess
from functools import cached_property
from pathlib import Path
from typing import Final

from bot.errors import UserError
from diagnosis.repo import MOST_FILE_BYTES, Unknown

MOST_PATHS: Final = 200_000
SECONDS: Final = 30


class LocalView:
    """Raises UserError when the folder is none."""

    def __init__(self, root: Path) -> None:
        if not root.is_dir():
            raise UserError(f"{root}: is no folder")
        self._root = root

    def paths(self) -> tuple[str, ...] | Unknown:
        """The paths of all files, as git names them."""
        if len(self._listed) > MOST_PATHS:
            return Unknown("too many files")
        return self._listed

    def read(self, path: str) -> bytes | Unknown | None:
        """The content as it is on disk. What leads out of the folder by a link is Unknown."""
        if path not in self._set:
            return None
        file = self._root / path
        try:
            if not file.resolve().is_relative_to(self._root.resolve()):
                return Unknown("a link out of the repository")
            if not file.is_file():
                return None
            if file.stat().st_size > MOST_FILE_BYTES:
                return Unknown("too big")
            content = file.read_bytes()
        except OSError as error:
            return Unknown(error.strerror or "not readable")
        return Unknown("binary") if b"\0" in content else content

    @cached_property
    def _set(self) -> frozenset[str]:
        return frozenset(self._listed)

    @cached_property
    def _listed(self) -> tuple[str, ...]:
        tracked = self._tracked()
        return tuple(sorted(self._walked() if tracked is None else tracked))

    def _tracked(self) -> list[str] | None:
        """None where the folder is no checkout of git's, or git is not there."""
        command = ["git", "-C", str(self._root), "ls-files", "-z", "--cached"]
        try:
            ended = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603 - no shell
        except (OSError, subprocess.TimeoutExpired):
            return None
        names = ended.stdout.decode("utf-8", "surrogateescape").split("\0")
        return [name for name in names if name] if ended.returncode == 0 and ended.stdout else None

    def _walked(self) -> list[str]:
        found: list[str] = []
        for folder, folders, files in os.walk(self._root):
            folders[:] = sorted(name for name in folders if name != ".git")
            below = Path(folder).relative_to(self._root)
            found += [(below / name).as_posix() for name in files]
            if len(found) > MOST_PATHS:
                break
        return found
