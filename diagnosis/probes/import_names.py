"""Which distribution provides a Python module, looked up in a kept table."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Final

from packaging.utils import canonicalize_name

TABLE: Final = Path(__file__).parent.parent / "data" / "import_names.txt"


def providers(module: str) -> tuple[str, ...]:
    """The distributions whose wheels hold this top module, the most downloaded first; none where that is not known."""
    return _table().get(module, ())


def is_standard(module: str) -> bool:
    """Whether the top module belongs to Python itself."""
    return module in sys.stdlib_module_names


@cache
def _table() -> dict[str, tuple[str, ...]]:
    lines = TABLE.read_text("utf-8").splitlines()
    rows = (line.split() for line in lines if not line.startswith("#"))
    return {module: tuple(names) or (canonicalize_name(module),) for module, *names in rows}
