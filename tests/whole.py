"""The whole catalogue for tests: read once in a process, and judged once in a session for all of its processes."""

from __future__ import annotations

from typing import Final

from bot.cli.workbench import below, read
from bot.known import cache_folder
from diagnosis import catalogue
from diagnosis.catalogue import BUILT_IN, Catalogue

_FILES: Final = read([(path, BUILT_IN) for path in below(BUILT_IN)], cache_folder())

# A signature with a flaw is left to the test that names the flaw.
CATALOGUE: Final = (
    catalogue.load()
    if any(file.problems for file in _FILES)
    else Catalogue(file.signature for file in _FILES if file.signature)
)
