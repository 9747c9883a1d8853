"""Reads which versions of a package pip found instead of the one it was asked for, and why it passed that one by."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from diagnosis.report import Value

_NOT_FOUND: Final = "Could not find a version that satisfies the requirement "
_LISTED: Final = " (from versions: "
_FOR_ANOTHER_PYTHON: Final = "versions that require a different python version: "
_WANTED: Final = re.compile(r"(?:[=~<>]=|===|[<>]) ?(?P<version>\d[\w.]*)")
_FINAL: Final = re.compile(r"\d+(?:\.\d+)*(?:\.post\d+)?")
MOST_CHARACTERS: Final = 65_536


def pip_versions(lines: Sequence[str], captures: Mapping[str, str]) -> dict[str, Value]:
    """nearest (the final version that is closest to the one asked for, an older one first) and python (what the version
    asked for requires of Python, where pip says that it left it out for that)."""
    requirement = captures.get("requirement", "")
    wanted = _WANTED.search(requirement)
    if wanted is None:
        return {}
    facts: dict[str, Value] = {}
    for line in (text[:MOST_CHARACTERS] for text in lines):
        if _FOR_ANOTHER_PYTHON in line:
            facts |= _left_out(line, wanted["version"])
        refused, _, listed = line.partition(_LISTED)
        if _NOT_FOUND not in refused:
            continue
        if refused.partition(_NOT_FOUND)[2].startswith(requirement):
            return facts | _nearest(listed, wanted["version"])
        # What pip left out stands above the list that it belongs to.
        facts = {}
    return facts


def _left_out(line: str, wanted: str) -> dict[str, Value]:
    for told in line.partition(_FOR_ANOTHER_PYTHON)[2].split("; "):
        version, _, required = told.partition(" Requires-Python ")
        if version == wanted and required:
            return {"python": required}
    return {}


def _nearest(listed: str, wanted: str) -> dict[str, Value]:
    versions = [text for text in listed.rstrip(") ").split(", ") if _FINAL.fullmatch(text)]
    older = [text for text in versions if _numbers(text) <= _numbers(wanted)]
    if older:
        return {"nearest": max(older, key=_numbers)}
    return {"nearest": min(versions, key=_numbers)} if versions else {}


def _numbers(version: str) -> tuple[int, ...]:
    """For comparing; digits beyond any real version's are not read."""
    return tuple(int(number[:9]) for number in re.findall(r"\d+", version)[:9])
