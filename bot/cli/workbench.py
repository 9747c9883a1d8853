"""Signatures as their authors have them: files, some of which are not finished or can not be read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.errors import UserError
from diagnosis import catalogue, gates
from diagnosis.catalogue import CatalogueError, Signature


@dataclass(frozen=True, slots=True)
class File:
    """A signature's file: `signature` is None where it can not be used, for the `problems` that are said."""

    path: Path
    id: str
    signature: Signature | None
    problems: tuple[str, ...] = ()


def below(folder: Path) -> list[Path]:
    """The signatures' files in a folder."""
    return sorted(folder.rglob("*.toml"))


def identifier(path: Path, root: Path) -> str:
    """The path below the folder; of a file from elsewhere, its own folder and name."""
    whole, above = path.resolve(), root.resolve()
    inner = whole.relative_to(above) if whole.is_relative_to(above) else Path(whole.parent.name, whole.name)
    return inner.with_suffix("").as_posix()


def read(path: Path, root: Path) -> File:
    """A file, with what keeps it from being used. Raises UserError when it can not be opened."""
    name = identifier(path, root)
    try:
        text = path.read_text("utf-8")
        left = tuple(f"line {number} is still to be filled in: {what}" for number, what in gates.unfilled(text))
        signature = None if left else catalogue.read(name, text)
    except CatalogueError as error:
        return File(path, name, None, (str(error).removeprefix(f"{name}: "),))
    except UnicodeDecodeError:
        return File(path, name, None, ("it is no UTF-8 text",))
    except OSError as error:
        raise UserError(f"{path}: {error.strerror or error}") from error
    flaws = tuple(gates.unusable(signature)) if signature else left
    return File(path, name, None if flaws else signature, flaws)
