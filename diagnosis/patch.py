"""Unified diffs that `git apply` takes: minimal, each line's own ending kept, also that of a last line without one."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from typing import Final

from diagnosis.report import FilePatch

_LINE: Final = re.compile(r"[^\n]*\n|[^\n]+")
_PLAIN: Final = re.compile(r"[\w./@+,:=~^ -]+", re.ASCII)


def edited(path: str, before: str, after: str) -> FilePatch:
    """The change of one file from one text to the other."""
    return FilePatch(path, _diff(f"a/{path}", f"b/{path}", before, after))


def created(path: str, text: str) -> FilePatch:
    """A file that is new."""
    head = f"diff --git {_quoted(f'a/{path}')} {_quoted(f'b/{path}')}\nnew file mode 100644\n"
    return FilePatch(path, head + _diff("/dev/null", f"b/{path}", "", text))


def replaced(path: str, text: str, lines: dict[int, Sequence[str]]) -> FilePatch:
    """The change that puts other lines (none, one or several, without their ends) in the place of these, from 1."""
    kept: list[str] = []
    for number, line in enumerate(_LINE.findall(text), 1):
        kept += [new + _end(text, line) for new in lines[number]] if number in lines else [line]
    return edited(path, text, "".join(kept))


def inserted(path: str, text: str, after: int, new: Sequence[str]) -> FilePatch:
    """The change that puts lines (without their ends) behind the line `after`, from 1; 0 is before the first."""
    old = _LINE.findall(text)
    before = old[:after]
    if before and not before[-1].endswith("\n"):
        before[-1] += _end(text, "")
    lines = [line + _end(text, "") for line in new]
    return edited(path, text, "".join([*before, *lines, *old[after:]]))


def indent(line: str) -> str:
    """The blanks that a line begins with."""
    return line[: len(line) - len(line.lstrip(" \t"))]


def _end(text: str, line: str) -> str:
    """The end of this line; of a new one, what ends the file's first line."""
    if line:
        return line[len(line.rstrip("\r\n")) :]
    return "\r\n" if "\r\n" in text[: text.find("\n") + 1] else "\n"


def _diff(old_name: str, new_name: str, before: str, after: str) -> str:
    rows = difflib.unified_diff(_LINE.findall(before), _LINE.findall(after), _quoted(old_name), _quoted(new_name), n=3)
    # difflib leaves out what git wants behind a last line without an end.
    return "".join(row if row.endswith("\n") else f"{row}\n\\ No newline at end of file\n" for row in rows)


def _quoted(name: str) -> str:
    """The name as git writes it into a patch."""
    if _PLAIN.fullmatch(name):
        return name + ("\t" if " " in name else "")
    escaped = "".join(
        chr(byte) if 32 <= byte < 127 and chr(byte) not in '"\\' else f"\\{byte:03o}" for byte in name.encode()
    )
    return f'"{escaped}"'
