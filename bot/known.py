"""The signatures that every process knows, and the folder in which it keeps what is costly to compute of them."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from pathlib import Path
from typing import Final

import diagnosis
from diagnosis.catalogue import BUILT_IN, Catalogue
from diagnosis.kept import load_kept

CODE: Final = Path(diagnosis.__path__[0])
"""The engine, of which it depends what is kept."""


def built_in(cache: Path) -> Catalogue:
    """The built-in signatures without their examples, as they were kept in the `cache` folder if nothing changed."""
    return load_kept(cache, version())


def version() -> str:
    """What changes with the engine and with the built-in signatures."""
    return installed(BUILT_IN.parent) or stamp(BUILT_IN, CODE)


def cache_folder() -> Path:
    """The user's cache folder, as platformdirs has it: that library takes longer to import than a log to explain."""
    told, home = os.environ.get("XDG_CACHE_HOME", ""), os.environ.get("HOME")
    if sys.platform == "linux" and told.startswith("/"):
        return Path(told, "whyred")
    if sys.platform == "linux" and home and not told:
        return Path(home, ".cache", "whyred")
    from platformdirs import user_cache_path

    return user_cache_path("whyred")


def installed(folder: Path) -> str | None:
    """What changes with any file that an installer put into the folder, by its own record; None in a checkout."""
    with os.scandir(folder) as entries, contextlib.suppress(FileNotFoundError):
        for entry in entries:
            if entry.name.startswith("whyred-") and entry.name.endswith(".dist-info"):
                return hashlib.sha256(Path(entry.path, "RECORD").read_bytes()).hexdigest()
    return None


def stamp(*folders: Path) -> str:
    """What changes with any file below the folders: their names, sizes and times."""
    rows: list[str] = []
    waiting = list(map(os.fspath, folders))
    while waiting:
        for entry in os.scandir(waiting.pop()):
            if entry.is_dir():
                waiting.append(entry.path)
            elif entry.name.endswith((".toml", ".py")):
                status = entry.stat()
                rows.append(f"{entry.path} {status.st_size} {status.st_mtime_ns}")
    return hashlib.sha256("\n".join(sorted(rows)).encode("utf-8", "surrogateescape")).hexdigest()
