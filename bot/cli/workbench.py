"""Signatures as their authors have them: files, some of which are not finished or can not be read."""

from __future__ import annotations

import hashlib
import marshal
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.errors import UserError
from bot.known import CODE, stamp
from diagnosis import catalogue, gates
from diagnosis.cache import write_whole
from diagnosis.catalogue import CatalogueError, Signature
from diagnosis.kept import pack, unpack

KEPT: Final = "workbench.marshal"


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
    if path.is_relative_to(root) and ".." not in path.parts:
        return path.relative_to(root).with_suffix("").as_posix()
    whole, above = path.resolve(), root.resolve()
    inner = whole.relative_to(above) if whole.is_relative_to(above) else Path(whole.parent.name, whole.name)
    return inner.with_suffix("").as_posix()


def read(places: Iterable[tuple[Path, Path]], cache: Path) -> list[File]:
    """The files, each with the folder that it is named from, and what keeps it from being used.

    Those that could be used are kept in the `cache` folder, as it takes seconds to find that out for all of them.
    Raises UserError when one can not be opened.
    """
    memory = _Memory(cache / KEPT)
    files = [_read(path, identifier(path, root), memory) for path, root in places]
    memory.write()
    return files


class _Memory:
    """Signatures by the text that they were read from, as long as the code that read them is the same."""

    def __init__(self, kept: Path) -> None:
        self._kept = kept
        self._head = f"{stamp(CODE)} {marshal.version}\n".encode()
        self._before = self._load()
        self._now: dict[bytes, bytes] = {}

    def get(self, name: str, text: str) -> Signature | None:
        """What was read from this text."""
        key = _key(name, text)
        packed = self._before.get(key)
        if packed is None:
            return None
        self._now[key] = packed
        return unpack(packed)

    def put(self, text: str, signature: Signature) -> None:
        """Remember what was read from this text."""
        self._now[_key(signature.id, text)] = pack(signature)

    def write(self) -> None:
        """Keep what was asked for, where that is not what was kept."""
        if self._now.keys() != self._before.keys():
            write_whole(self._kept, self._head + marshal.dumps(self._now))

    def _load(self) -> dict[bytes, bytes]:
        try:
            data = self._kept.read_bytes()
            found = marshal.loads(memoryview(data)[len(self._head) :]) if data.startswith(self._head) else {}  # noqa: S302 - the user's own cache
        except (OSError, ValueError, EOFError, TypeError):
            return {}
        return found if isinstance(found, dict) else {}


def _key(name: str, text: str) -> bytes:
    return hashlib.sha256(f"{name}\0{text}".encode()).digest()


def _read(path: Path, name: str, memory: _Memory) -> File:
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        return File(path, name, None, ("it is no UTF-8 text",))
    except OSError as error:
        raise UserError(f"{path}: {error.strerror or error}") from error
    known = memory.get(name, text)
    return File(path, name, known) if known else _judged(path, name, text, memory)


def _judged(path: Path, name: str, text: str, memory: _Memory) -> File:
    left = tuple(f"line {number} is still to be filled in: {what}" for number, what in gates.unfilled(text))
    if left:
        return File(path, name, None, left)
    try:
        signature = catalogue.read(name, text)
    except CatalogueError as error:
        return File(path, name, None, (str(error).removeprefix(f"{name}: "),))
    flaws = tuple(gates.unusable(signature))
    if flaws:
        return File(path, name, None, flaws)
    memory.put(text, signature)
    return File(path, name, signature)
