"""What the readers of test runners share: lines worth reading, names without repetition, the summary that failed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from diagnosis.redact import redact
from diagnosis.report import Value

MOST_NAMES: Final = 10
MOST_NAME: Final = 120
MOST_LINE: Final = 1000
"""A longer line is no line of a summary, whatever it holds."""

_COUNT: Final = re.compile(r"(\d{1,9}) ([a-z]+)")


def short(lines: Iterable[str]) -> list[str]:
    """The lines that may belong to a summary."""
    return [line for line in lines if len(line) <= MOST_LINE]


def counts(text: str, names: Mapping[str, str]) -> dict[str, int]:
    """`2 failed, 1 passed` as facts by the names given; words that are not among them are left out."""
    found: dict[str, int] = {}
    for number, word in _COUNT.findall(text):
        if word in names:
            found[names[word]] = int(number)
    return found


def shown(names: Iterable[str]) -> list[str]:
    """The first names without repetition, redacted, each short enough to stand in a sentence."""
    distinct = dict.fromkeys(" ".join(name.split()) for name in names)
    return [_cut(redact(name)) for name in list(distinct)[:MOST_NAMES] if name]


def telling(summaries: Sequence[dict[str, int]]) -> dict[str, int]:
    """Of the summaries of several runs in one step the last that tells of a failure, else the last."""
    failing = [item for item in summaries if item.get("failed") or item.get("errors")]
    return (failing or list(summaries) or [{}])[-1]


def added(summaries: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The sums of what several programs of one run counted."""
    total: dict[str, int] = {}
    for item in summaries:
        for name, number in item.items():
            total[name] = total.get(name, 0) + number
    return total


def facts(numbers: Mapping[str, int], **names: Iterable[str]) -> dict[str, Value]:
    """Numbers and lists of names as facts; a list without a name is left out."""
    lists = {key: shown(found) for key, found in names.items()}
    return {**numbers, **{key: value for key, value in lists.items() if value}}


def _cut(name: str) -> str:
    return name if len(name) <= MOST_NAME else name[: MOST_NAME - 1] + "…"
