"""Logs on this machine: files, pipes, and folders and zips as GitHub hands them out."""

from __future__ import annotations

import codecs
import os
import re
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Final, NamedTuple

from bot.errors import UserError
from diagnosis.source import Source
from diagnosis.tell import JobLog

if TYPE_CHECKING:
    import zipfile

# What is slow to import is imported where it is needed: most targets are plain files.

MOST_LOGS: Final = 2000
MOST_UNPACKED: Final = 4 << 30
"""Bytes of a zip's logs in all: more is a mistake, or a bomb."""

MOST_UTF16: Final = 256 << 20
MOST_WORKFLOW: Final = 1 << 20
"""Bytes of a workflow file: GitHub takes half of that."""

SAMPLE: Final = 64 << 10
"""Bytes at the start, the middle and the end of a log by which it is told from what is no text."""

_LOG: Final = (".txt", ".log")
_NUMBER: Final = re.compile(r"^-?\d+_")
_NO_TEXT: Final = bytes((*range(7), *range(14, 27), *range(28, 32)))
"""Control characters that no tool prints: not the bell, tabs, line ends, backspaces and the start of a colour."""


class OpenFile(NamedTuple):
    """A file as the engine reads it: anywhere, in pieces. Whoever opened it closes it."""

    file: IO[bytes]
    size: int

    def read(self, start: int, end: int) -> bytes:
        """The bytes from `start` to `end` or to where they stop."""
        return os.pread(self.file.fileno(), max(end - start, 0), start)


def read(path: Path, stack: ExitStack) -> list[JobLog]:
    """The logs of a file, folder or zip, open as long as the stack is. Raises UserError with the reason."""
    return _checked(str(path), _opened(path, stack))


def standard_input(stack: ExitStack) -> list[JobLog]:
    """What is piped in. Raises UserError with the reason when there is none."""
    if sys.stdin is None:
        raise UserError("standard input is closed")
    return _checked("standard input", [JobLog("-", _source(sys.stdin.buffer, stack))])


def workflow(path: Path) -> bytes:
    """A workflow file, at least as much of it as GitHub reads. Raises UserError when it is no text, and OSError."""
    with path.open("rb") as file:
        text = file.read(MOST_WORKFLOW)
    if b"\0" in text or not _is_text(text):
        raise UserError(f"{path}: is not text")
    return text


def _opened(path: Path, stack: ExitStack) -> list[JobLog]:
    try:
        if path.is_dir():
            return _folder(path, stack)
        file = stack.enter_context(path.open("rb"))
        if _is_zip(file):
            return _zip(path, stack)
        if path.suffix.lower() == ".zip":
            raise UserError(f"{path}: is no zip, or a broken one")
        return [JobLog(path.name, _source(file, stack))]
    except FileNotFoundError as error:
        raise UserError(f"{path}: no such file or folder") from error
    except OSError as error:
        raise UserError(f"{path}: {error.strerror or error}") from error


def _checked(name: str, logs: list[JobLog]) -> list[JobLog]:
    """The logs, when there is something to read in one of them: a failure is not absent where no log is."""
    if not any(log.source.size for log in logs):
        raise UserError(f"{name}: is empty")
    if not any(map(_is_log, logs)):
        raise UserError(f"{name}: is not text")
    return logs


def _is_log(log: JobLog) -> bool:
    size = log.source.size
    places = (0,) if size <= 3 * SAMPLE else (0, size // 2, size - SAMPLE)
    most = 3 * SAMPLE if len(places) == 1 else SAMPLE
    return bool(size) and _is_text(b"".join(log.source.read(place, min(place + most, size)) for place in places))


def _is_text(sample: bytes) -> bool:
    """Whether a good part of it stands in lines as tools print them, in any encoding.

    NUL tells nothing: a log that was cut while it was written to begins with many.
    """
    told = sample.replace(b"\0", b"")
    lines = told.split(b"\n")
    good = sum(len(line) for line in lines if 20 * len(line.translate(None, _NO_TEXT)) >= 19 * len(line))
    return not sample or 4 * good >= len(told) - len(lines) + 1 > 0


def _source(file: IO[bytes], stack: ExitStack) -> Source:
    """The file, or a copy of it when it can be read only once or is UTF-16, as PowerShell writes."""
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode):
        file = _copy(file, stack)
        status = os.fstat(file.fileno())
    head = os.pread(file.fileno(), 2, 0)
    if head in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) and status.st_size <= MOST_UTF16:
        text = os.pread(file.fileno(), status.st_size, 0).decode("utf-16", "replace")
        copy = stack.enter_context(_temporary())
        copy.write(text.encode("utf-8", "replace"))
        copy.flush()
        return OpenFile(copy, os.fstat(copy.fileno()).st_size)
    return OpenFile(file, status.st_size)


def _temporary() -> IO[bytes]:
    import tempfile

    return tempfile.TemporaryFile()


def _copy(file: IO[bytes], stack: ExitStack, most: int | None = None) -> IO[bytes]:
    import shutil

    copy = stack.enter_context(_temporary())
    if most is None:
        shutil.copyfileobj(file, copy)
    else:
        while most > 0 and (piece := file.read(min(most, 1 << 20))):
            most -= copy.write(piece)
    copy.flush()
    return copy


def _folder(root: Path, stack: ExitStack) -> list[JobLog]:
    names = {path.relative_to(root).as_posix(): path for path in sorted(root.rglob("*")) if path.is_file()}
    chosen = _chosen(list(names))
    if not chosen:
        raise UserError(f"{root}: holds no logs (files that end in .txt or .log)")
    return [JobLog(name, _source(stack.enter_context(names[name].open("rb")), stack), _job(name)) for name in chosen]


def _is_zip(file: IO[bytes]) -> bool:
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode) or os.pread(file.fileno(), 2, 0) != b"PK":
        return False
    import zipfile

    return zipfile.is_zipfile(file)


def _zip(path: Path, stack: ExitStack) -> list[JobLog]:
    import zipfile
    import zlib

    try:
        archive = stack.enter_context(zipfile.ZipFile(path))
        chosen = _chosen([item.filename for item in archive.infolist() if not item.is_dir()])
        if not chosen:
            raise UserError(f"{path}: holds no logs (files that end in .txt or .log)")
        return list(_unpacked(archive, chosen, stack, path))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise UserError(f"{path}: a broken or encrypted zip") from error


def _unpacked(archive: zipfile.ZipFile, names: Sequence[str], stack: ExitStack, path: Path) -> Iterator[JobLog]:
    left = MOST_UNPACKED
    for name in names:
        with archive.open(name) as member:
            copy = _copy(member, stack, left + 1)
        size = os.fstat(copy.fileno()).st_size
        left -= size
        if left < 0:
            raise UserError(f"{path}: unpacks to more than {MOST_UNPACKED >> 30} GB")
        yield JobLog(_inside(name), OpenFile(copy, size), _job(name))


def _inside(name: str) -> str:
    """A member's name as it is shown: below the zip, wherever it claims to be."""
    return "/".join(part for part in name.split("/") if part not in ("", ".", ".."))


def _chosen(names: Sequence[str]) -> list[str]:
    """The jobs' whole logs at the root, as GitHub names them; where there are none, those of the single steps."""
    logs = [name for name in names if name.lower().endswith(_LOG) and PurePosixPath(name).name != "system.txt"]
    whole = [name for name in logs if "/" not in name.strip("/")]
    chosen = whole or logs
    if len(chosen) > MOST_LOGS:
        raise UserError(f"more than {MOST_LOGS} logs at once")
    return sorted(chosen, key=_order)


def _order(name: str) -> tuple[str, int, str]:
    path = PurePosixPath(name)
    number = re.match(r"\d+", path.name)
    return str(path.parent), int(number[0]) if number else 0, path.name


def _job(name: str) -> str | None:
    """The job that GitHub's names tell: `3_test (3.12).txt` at the root, or the folder of a step's log."""
    path = PurePosixPath(name)
    if path.parent.name:
        return path.parent.name
    return _NUMBER.sub("", path.stem) if _NUMBER.match(path.name) else None
