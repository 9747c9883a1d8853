"""How wide the terminal is, as shutil tells it: that module brings libraries for compression along."""

from __future__ import annotations

import os
import sys
from typing import Final

USUAL: Final = 100


def width() -> int:
    """Columns: those that COLUMNS says, else the terminal's, else the usual ones."""
    told = os.environ.get("COLUMNS", "")
    if told.isascii() and told.isdecimal() and 0 < int(told) < 10_000:
        return int(told)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno() if sys.__stdout__ else 1).columns or USUAL
    except (OSError, ValueError):
        return USUAL
