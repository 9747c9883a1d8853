"""Values as TOML spells them, for the lines that a signature's author is told to add."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Final

_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_NOT_LITERAL: Final = re.compile(r"'''|[\x00-\x08\x0b-\x1f\x7f]")


def string(value: str) -> str:
    """A string on one line, with escapes."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def literal(value: str) -> str:
    """A string between triple quotes, as it stands wherever it can: patterns and logs stay readable.

    One that begins with a newline needs another in front of it, as TOML drops the first.
    """
    if not _NOT_LITERAL.search(value):
        return f"'''{value}'''"
    return '"""' + "\n".join(string(line)[1:-1] for line in value.split("\n")) + '"""'


def array(values: Iterable[str]) -> str:
    """A list of strings."""
    return f"[{', '.join(map(string, values))}]"


def inline_table(values: Mapping[str, str]) -> str:
    """A table on one line."""
    pairs = (f"{key if _BARE_KEY.fullmatch(key) else string(key)} = {string(value)}" for key, value in values.items())
    return f"{{ {', '.join(pairs)} }}" if values else "{}"
