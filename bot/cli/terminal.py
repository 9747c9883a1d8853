"""The terminal: how wide it is, and what is told on it while somebody waits."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

USUAL: Final = 100


def width() -> int:
    """Columns: those that COLUMNS says, else the terminal's, else the usual ones.

    As shutil tells it, but that brings libraries for compression along.
    """
    told = os.environ.get("COLUMNS", "")
    if told.isascii() and told.isdecimal() and 0 < int(told) < 10_000:
        return int(told)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno() if sys.__stdout__ else 1).columns or USUAL
    except (OSError, ValueError):
        return USUAL


@contextmanager
def progress(begun: str) -> Iterator[Callable[[str], None]]:
    """Tells on a terminal what is being done, or fetched; says nothing into a file or a pipe."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.markup import escape

    with Console(stderr=True).status(escape(begun)) as status:
        yield lambda what: status.update(f"fetching {escape(what)}")
