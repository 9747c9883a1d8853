"""Which of a repository's own signatures can be used: they keep to the gates of the catalogue, and to a few more."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from diagnosis import catalogue, gates
from diagnosis.catalogue import Catalogue, CatalogueError, Signature
from diagnosis.extended import Extended

AREA: Final = "local"
MOST_BYTES: Final = 64 << 10
MOST_PATTERN: Final = 1_000
MOST_EXAMPLES: Final = 20

_NAME: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_CODE: Final = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
_ACTS: Final = re.compile(r"<[A-Za-z!/?]|!\[|(?<![\w/])@[A-Za-z0-9]")
"""What a page would obey or somebody be called by; a link is welcome."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The signatures that keep to the gates, and by its path what is wrong with each file that does not."""

    signatures: tuple[Signature, ...]
    problems: Mapping[str, str]


def judge(files: Mapping[str, bytes], known: Catalogue, cache: Path | None = None) -> Judged:
    """Put the files to the gates, by their paths. They are data from others: what they say is shown to people."""
    usable: dict[str, Signature] = {}
    problems: dict[str, str] = {}
    for path, data in sorted(files.items()):
        try:
            signature = _read(path, data)
            flaw = next(_flaws(signature), None)
        except CatalogueError as error:
            flaw = str(error).removeprefix(f"{_identifier(path)}: ")
        except RecursionError:
            flaw = "it is nested too deeply"
        if flaw:
            problems[path] = flaw
        else:
            usable[path] = signature
    both = Extended(known, usable.values())
    for path, signature in usable.items():
        if problem := next(gates.problems(signature, both, cache), None):
            problems[path] = str(problem)
    return Judged(tuple(item for path, item in usable.items() if path not in problems), problems)


def _identifier(path: str) -> str:
    return f"{AREA}/{PurePosixPath(path).stem}"


def _read(path: str, data: bytes) -> Signature:
    if len(data) > MOST_BYTES:
        raise CatalogueError(f"it has more than {MOST_BYTES >> 10} kB")
    if not _NAME.fullmatch(PurePosixPath(path).stem):
        raise CatalogueError("its name may hold small letters, digits and single hyphens only")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise CatalogueError("it is no UTF-8 text") from None
    return catalogue.read(_identifier(path), text)


def _flaws(signature: Signature) -> Iterator[str]:
    if len(signature.pattern) > MOST_PATTERN:
        yield f"its pattern has more than {MOST_PATTERN} characters"
    if len(signature.should_match) + len(signature.should_not_match) > MOST_EXAMPLES:
        yield f"it has more than {MOST_EXAMPLES} examples"
    for key in ("title", "why", "fix"):
        if _ACTS.search(_CODE.sub("", getattr(signature, key))):
            yield f"its {key} may hold neither HTML nor an image nor a mention outside of code"
    yield from gates.unusable(signature)
