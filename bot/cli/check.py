"""`whyred check`: the gates of the catalogue on all signatures or on those that are named, a line for each problem."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platformdirs import user_cache_path

from bot.errors import UserError
from diagnosis import catalogue, gates
from diagnosis.catalogue import BUILT_IN, Catalogue, CatalogueError, Signature

CLEAN: Final = 0
PROBLEMS: Final = 1
IN_A_CHECKOUT: Final = Path("signatures")


@dataclass(frozen=True, slots=True)
class File:
    """A signature's file: `signature` is None where it can not be used, for the `problems` that are said."""

    path: Path
    id: str
    signature: Signature | None
    problems: tuple[str, ...] = ()


def check(targets: Sequence[str], folder: str | None = None) -> int:
    """Print what is wrong; the exit status. Raises UserError for a target that is no file, folder, area or id."""
    root = _root(folder)
    chosen = [path for target in targets for path in _paths(target, root)]
    files = {file.id: file for file in (_read(path, root) for path in [*_below(root), *chosen])}
    known = Catalogue(file.signature for file in files.values() if file.signature)
    asked = {_identifier(path, root) for path in chosen} or files.keys()
    lines = [line for file in files.values() for line in _lines(file, asked, known)]
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
            found = _below(path)
            if found:
                return found
    raise UserError(f"{target}: no signature, area, file that ends in .toml or folder that holds one")


def _below(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.toml"))


def _identifier(path: Path, root: Path) -> str:
    """The path below the folder; of a file from elsewhere, its own folder and name."""
    whole, above = path.resolve(), root.resolve()
    inner = whole.relative_to(above) if whole.is_relative_to(above) else Path(whole.parent.name, whole.name)
    return inner.with_suffix("").as_posix()


def _read(path: Path, root: Path) -> File:
    identifier = _identifier(path, root)
    try:
        text = path.read_text("utf-8")
        left = tuple(f"line {number} is still to be filled in: {what}" for number, what in gates.unfilled(text))
        signature = None if left else catalogue.read(identifier, text)
    except CatalogueError as error:
        return File(path, identifier, None, (str(error).removeprefix(f"{identifier}: "),))
    except UnicodeDecodeError:
        return File(path, identifier, None, ("it is no UTF-8 text",))
    except OSError as error:
        raise UserError(f"{path}: {error.strerror or error}") from error
    flaws = tuple(gates.unusable(signature)) if signature else left
    return File(path, identifier, None if flaws else signature, flaws)


def _lines(file: File, asked: Collection[str], known: Catalogue) -> Iterator[str]:
    """What is to be said about one file. One that was not asked for may still suffer from one that was."""
    yield from (f"{_shown(file.path)}: {problem}" for problem in file.problems)
    if file.signature is None:
        return
    cache = user_cache_path("whyred")
    if file.id in asked:
        found = gates.problems(file.signature, known, cache)
    else:
        touching = [item for item in known.signatures if item.id in asked]
        found = gates.examples(file.signature, known, cache, touching)
    yield from (f"{_shown(file.path)}: {problem}" for problem in found)


def _shown(path: Path) -> str:
    return os.path.relpath(path) if path.resolve().is_relative_to(Path.cwd()) else str(path)
