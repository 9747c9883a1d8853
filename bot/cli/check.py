"""`whyred check`: the gates of the catalogue on all signatures or on those that are named, a line for each problem."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

from bot.cli.workbench import File, below, identifier, read
from bot.errors import UserError
from bot.known import cache_folder
from diagnosis import gates
from diagnosis.catalogue import BUILT_IN, Catalogue

CLEAN: Final = 0
PROBLEMS: Final = 1
IN_A_CHECKOUT: Final = Path("signatures")


def check(targets: Sequence[str], folder: str | None = None) -> int:
    """Print what is wrong; the exit status. Raises UserError for a target that is no file, folder, area or id."""
    root = _root(folder)
    chosen = [path for target in targets for path in _paths(target, root)]
    cache = cache_folder()
    files = {file.id: file for file in read([(path, root) for path in [*below(root), *chosen]], cache)}
    known = Catalogue(file.signature for file in files.values() if file.signature)
    asked = {identifier(path, root) for path in chosen} or files.keys()
    lines = [line for file in files.values() for line in _lines(file, asked, known, cache)]
    sys.stdout.writelines(f"{line}\n" for line in lines)
    what = "1 signature" if len(asked) == 1 else f"{len(asked)} signatures"
    sys.stdout.write(f"{what} checked: {f'{len(lines)} to mend' if lines else 'nothing to mend'}\n")
    return PROBLEMS if lines else CLEAN


def _root(folder: str | None) -> Path:
    if folder is None:
        return IN_A_CHECKOUT if IN_A_CHECKOUT.is_dir() else BUILT_IN
    root = Path(folder)
    if not root.is_dir():
        raise UserError(f"{folder}: no such folder")
    return root


def _paths(target: str, root: Path) -> list[Path]:
    """The files that a target means: itself, those below it, or what has this id or lies in this area."""
    for path in (Path(target), root / target, root / f"{target}.toml"):
        if path.is_file() and path.suffix == ".toml":
            return [path]
        if path.is_dir():
            found = below(path)
            if found:
                return found
    raise UserError(f"{target}: no signature, area, file that ends in .toml or folder that holds one")


def _lines(file: File, asked: Collection[str], known: Catalogue, cache: Path) -> Iterator[str]:
    """What is to be said about one file. One that was not asked for may still suffer from one that was."""
    yield from (f"{_shown(file.path)}: {problem}" for problem in file.problems)
    if file.signature is None:
        return
    if file.id in asked:
        found = gates.problems(file.signature, known, cache)
    else:
        touching = [item for item in known.signatures if item.id in asked]
        found = gates.examples(file.signature, known, cache, touching)
    yield from (f"{_shown(file.path)}: {problem}" for problem in found)


def _shown(path: Path) -> str:
    return os.path.relpath(path) if path.resolve().is_relative_to(Path.cwd()) else str(path)
