"""Reads the table that coverage.py prints: the total and the files that are covered least."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from diagnosis.report import Value

MOST_FILES = 5
_ROW = re.compile(
    r"^(?P<path>\S.*?\.pyx?|TOTAL)\s+(?P<statements>\d+)\s+(?P<missed>\d+)(?:\s+\d+\s+\d+)?\s+(?P<percent>\d+(?:\.\d+)?)%"
)


def coverage_table(lines: Sequence[str], captures: Mapping[str, str]) -> dict[str, Value]:
    """statements, missed (of TOTAL) and least_covered: `path percent%` of the files with the most missed statements."""
    rows = [found for line in lines if (found := _ROW.match(line.strip()))]
    files = {row["path"]: row for row in rows if row["path"] != "TOTAL" and int(row["missed"])}
    facts: dict[str, Value] = {}
    for row in rows:
        if row["path"] == "TOTAL":
            facts["statements"], facts["missed"] = int(row["statements"]), int(row["missed"])
    least = sorted(files.values(), key=lambda row: (-int(row["missed"]), row["path"]))[:MOST_FILES]
    if least:
        facts["least_covered"] = [f"{row['path']} {row['percent']}%" for row in least]
    return facts
