"""Reads what RSpec says of a failed example under its number, far above the list of those that failed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import dropwhile, islice, takewhile
from typing import Final

from diagnosis.regex import compile_regex
from diagnosis.report import Value

_NUMBERED: Final = compile_regex(r"^ {1,6}\d+\) (?P<test>.*\S)$")
_CODE: Final = "Failure/Error:"
_PLACE: Final = "# "
MOST_LINES: Final = 2
"""Of the message: `expected` and `got`, or an exception and its first line."""


def rspec_failure(lines: Sequence[str], captures: Mapping[str, str]) -> dict[str, Value]:
    """said: what was expected and what came, or the exception."""
    reports = (number for number, line in enumerate(lines) if _heading(line) == captures.get("test"))
    said = next((said for number in reports if (said := " ".join(_message(lines[number + 1 :])))), "")
    return {"said": said} if said else {}


def _heading(line: str) -> str | None:
    found = _NUMBERED.search(line)
    return found.groupdict()["test"] if found else None


def _message(below: Sequence[str]) -> Iterator[str]:
    """The first lines of the paragraph after the code that failed; none where an example was meant to fail."""
    if not below or not below[0].lstrip().startswith(_CODE):
        return iter(())
    report: Iterable[str] = takewhile(lambda line: not line.lstrip().startswith(_PLACE) and not _heading(line), below)
    message = dropwhile(lambda line: not line.strip(), dropwhile(str.strip, report))
    return (" ".join(line.split()) for line in islice(takewhile(str.strip, message), MOST_LINES))
