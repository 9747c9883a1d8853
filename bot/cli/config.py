"""`whyred check --config`: whether a file of wishes can be used, in the words that a pull request would be told."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from bot import config_file
from bot.config import DEFAULTS
from bot.config_file import ConfigError
from bot.errors import UserError

CLEAN: Final = 0
PROBLEMS: Final = 1


def check(path: str) -> int:
    """Print what is wrong with the file; the exit status. Raises UserError when it can not be opened."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise UserError(f"{path}: {error.strerror or error}") from error
    try:
        config_file.read(data, DEFAULTS)
    except ConfigError as error:
        sys.stdout.write(f"{path}:{error.line}:{error.column}: {error.says}\n")
        return PROBLEMS
    sys.stdout.write(f"{path}: nothing to mend\n")
    return CLEAN
