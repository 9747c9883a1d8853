"""`whyred check --config`: whether a file of wishes, and the signatures in the folder beside it, can be used."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from bot import config_file
from bot.config import DEFAULTS, Config
from bot.config_file import ConfigError
from bot.errors import UserError
from bot.known import built_in, cache_folder
from bot.render.safe import code_span
from diagnosis.catalogue import CATEGORIES
from diagnosis.own import AREA, judge

CLEAN: Final = 0
PROBLEMS: Final = 1


def check(path: str) -> int:
    """Print what is wrong; the exit status. Raises UserError for what can not be opened."""
    own = sorted(Path(path).with_suffix("").glob("*.toml"))
    lines = [*_config(Path(path), own), *_signatures(own)]
    sys.stdout.writelines(f"{line}\n" for line in lines or [f"{path}: nothing to mend"])
    return PROBLEMS if lines else CLEAN


def _config(path: Path, own: Sequence[Path]) -> Iterator[str]:
    try:
        config = config_file.read(_read(path), DEFAULTS)
    except ConfigError as error:
        yield f"{path}:{error.line}:{error.column}: {error.says}"
    else:
        yield from (f"{path}: {says}" for says in _without_effect(config, own))


def _without_effect(config: Config, own: Sequence[Path]) -> Iterator[str]:
    """What is to be ignored and is nothing. The App takes it, for its catalogue may be another one."""
    if not config.ignore:
        return
    signatures = [*built_in(cache_folder()).beats, *(f"{AREA}/{path.stem}" for path in own)]
    for name in config.ignore:
        alone = replace(DEFAULTS, ignore=(name,))
        if not any(alone.ignores(one, "") for one in (*signatures, *CATEGORIES)):
            near = get_close_matches(name, (*sorted(CATEGORIES), *signatures), 1)
            instead = f"did you mean {code_span(near[0])}?" if near else "`whyred signatures` lists them"
            yield f"`ignore` names {code_span(name)}, which is no category and no signature; {instead}"


def _signatures(own: Sequence[Path]) -> Iterator[str]:
    files = {str(path): _read(path) for path in own}
    if files:
        cache = cache_folder()
        for path, problem in judge(files, built_in(cache), cache).problems.items():
            yield f"{path}: {problem}"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: {error.strerror or error}") from error
