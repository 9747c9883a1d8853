"""Reads Mocha's closing lines, which Cypress prints too: the totals and the names of the failing tests."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from diagnosis.readers.summary import facts, short, telling
from diagnosis.report import Value

_COUNT = re.compile(r"^ {2}(?P<number>\d{1,9}) (?P<name>passing|failing|pending)\b(?: \([\w. ]+\))?$")
_NAMES = {"passing": "passed", "failing": "failed", "pending": "skipped"}
_FIRST = re.compile(r"^ {2}\d{1,9}\) (?P<title>\S.*)$")
_FURTHER = re.compile(r"^ {4,40}(?P<title>\S.*)$")
MOST_TITLE_LINES = 12


def mocha_summary(lines: Sequence[str], captures: Mapping[str, str]) -> dict[str, Value]:
    """total, passed, failed, skipped (numbers of tests), failing (names, at most ten: `suite > test`).

    Where several runs stand in one step, the last one that failed counts.
    """
    kept = [line.rstrip() for line in short(lines)]
    runs: list[dict[str, int]] = []
    names: list[str] = []
    for number, line in enumerate(kept):
        if found := _COUNT.match(line):
            if found["name"] == "passing" or not runs:
                runs.append({})
            runs[-1][_NAMES[found["name"]]] = int(found["number"])
        elif runs and runs[-1].get("failed") and _FIRST.match(line):
            names.append(_name(kept[number : number + MOST_TITLE_LINES]))
    chosen = telling(runs)
    if chosen:
        chosen = {**chosen, "total": sum(chosen.values())}
    return facts(chosen, failing=filter(None, names))


def _name(lines: Sequence[str]) -> str:
    """The titles of suites and test, each deeper than the one before, up to the colon that ends the last."""
    first = _FIRST.match(lines[0])
    titles = [first["title"]] if first else []
    for line in lines[1:]:
        further = _FURTHER.match(line)
        if titles[-1].endswith(":") or not further:
            break
        titles.append(further["title"])
    return " > ".join(titles).removesuffix(":") if titles and titles[-1].endswith(":") else ""
