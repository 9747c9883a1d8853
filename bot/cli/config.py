"""`whyred check --config`: whether a file of wishes, and the signatures in the folder beside it, can be used."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bot import config_file
from bot.config import DEFAULTS
from bot.config_file import ConfigError
from bot.errors import UserError
from bot.known import built_in, cache_folder
from diagnosis import own

CLEAN: Final = 0
PROBLEMS: Final = 1


def check(path: str) -> int:
    """Print what is wrong; the exit status. Raises UserError for what can not be opened."""
    lines = [*_config(Path(path)), *_signatures(Path(path).with_suffix(""))]
    sys.stdout.writelines(f"{line}\n" for line in lines or [f"{path}: nothing to mend"])
    return PROBLEMS if lines else CLEAN


def _config(path: Path) -> Iterator[str]:
    try:
        config_file.read(_read(path), DEFAULTS)
    except ConfigError as error:
        yield f"{path}:{error.line}:{error.column}: {error.says}"


def _signatures(folder: Path) -> Iterator[str]:
    files = {str(path): _read(path) for path in sorted(folder.glob("*.toml"))}
    if files:
        cache = cache_folder()
        for path, problem in own.judge(files, built_in(cache), cache).problems.items():
            yield f"{path}: {problem}"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: {error.strerror or error}") from error
