"""The catalogue: signatures read from TOML files, checked as they are read."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from diagnosis.regex import Regex, RegexError, compile_regex
from diagnosis.report import Confidence, Kind

BUILT_IN: Final = Path(__file__).resolve().parent.parent / "signatures"
MOST_WINDOW_LINES: Final = 40
CATEGORIES: Final = frozenset(
    {
        *("test", "build", "dependency", "lint", "format", "types", "coverage", "workflow", "config", "auth"),
        *("service", "migration", "tls", "network", "rate-limit", "resource", "timeout", "cancelled", "runner"),
        *("container", "deploy", "security", "secrets", "policy", "artifact", "git", "performance", "runtime"),
    }
)
KINDS: Final = frozenset({"cause", "symptom", "wrapper", "note"})
CONFIDENCES: Final = frozenset({"high", "medium", "low"})


class CatalogueError(ValueError):
    """A signature that cannot be used, with the file and the reason."""


class Positive(NamedTuple):
    """A log in which the signature must come first, with these captures."""

    log: str
    captures: Mapping[str, str]


class Negative(NamedTuple):
    """A log in which the signature must not be found, and why one might think otherwise."""

    log: str
    because: str


@dataclass(frozen=True)
class Signature:
    """A known failure. The fields are the keys of its TOML file; `id` is the file's path without its ending.

    `decisive` says which of several occurrences to show first: the first one of a cascade of compiler errors, the
    last one of a chain of exceptions. With `gather` all its occurrences in a step are one finding, whatever they name:
    the first one gives the title and the fingerprint, the others are places.
    """

    id: str
    title: str
    category: str
    kind: Kind
    pattern: str
    why: str
    fix: str
    source: str
    lines: int = 1
    group_by: str = ""
    gather: bool = False
    confidence: Confidence = "high"
    decisive: Literal["first", "last"] = "first"
    beats: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    probes: tuple[str, ...] = ()
    verify: tuple[str, ...] = ()
    was: tuple[str, ...] = ()
    should_match: tuple[Positive, ...] = field(default=(), repr=False)
    should_not_match: tuple[Negative, ...] = field(default=(), repr=False)

    @cached_property
    def regex(self) -> Regex:
        """The pattern compiled by RE2, `^` and `$` being the line's. Compiled when first needed."""
        return compile_regex(self.pattern)

    @cached_property
    def expression(self) -> bytes:
        """What the scanner looks for. Raises CatalogueError when the pattern gives it nothing."""
        from diagnosis import prefilter  # takes a while, and the command line mostly reads what it kept

        try:
            return prefilter.expression(self.pattern, one_line=self.lines == 1)
        except prefilter.PatternError as error:
            raise CatalogueError(f"{self.id}: {error}") from error

    @property
    def first_id(self) -> str:
        """The id that it was born with: fingerprints outlive a renaming."""
        return self.was[0] if self.was else self.id

    @property
    def area(self) -> str:
        """The folder that the signature lives in."""
        return self.id.partition("/")[0]


_REQUIRED: Final = frozenset(item.name for item in fields(Signature) if item.default is MISSING) - {"id"}


class Catalogue:
    """Signatures by id, and which of them explains away which."""

    def __init__(self, signatures: Iterable[Signature]) -> None:
        self.signatures: Sequence[Signature] = tuple(sorted(signatures, key=lambda signature: signature.id))
        self._beaten: dict[str, frozenset[str]] = {}
        self._names: dict[str, Sequence[str]] = {}

    @cached_property
    def beats(self) -> Mapping[str, Sequence[str]]:
        """By id, in the order of the signatures: the names of those that each explains away."""
        return {signature.id: signature.beats for signature in self.signatures}

    @cached_property
    def expressions(self) -> Sequence[bytes]:
        """What the scanner looks for, in the order of the signatures. Raises CatalogueError as they do."""
        return [signature.expression for signature in self.signatures]

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {identifier: place for place, identifier in enumerate(self.beats)}

    def get(self, identifier: str) -> Signature | None:
        """The signature with this id, or None."""
        place = self._places.get(identifier)
        return None if place is None else self.signatures[place]

    def beaten_by(self, identifier: str) -> frozenset[str]:
        """Ids of all signatures that this one explains away, directly or through others."""
        if identifier not in self._beaten:
            self._beaten[identifier] = self._walk(identifier)
        return self._beaten[identifier]

    def _walk(self, identifier: str) -> frozenset[str]:
        seen: set[str] = set()
        waiting = [identifier]
        while waiting:
            for other in self._direct(waiting.pop()):
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
        return frozenset(seen)

    def _direct(self, identifier: str) -> set[str]:
        """A glob never includes the signature itself; a name without a wildcard must exist."""
        named = ((name, other) for name in self.beats[identifier] for other in self._named(name))
        return {other for name, other in named if name == other or other != identifier}

    def _named(self, name: str) -> Sequence[str]:
        if name not in self._names:
            area, _, rest = name.partition("*")
            if name in self.beats:
                self._names[name] = [name]
            elif not rest and area.endswith("/"):
                self._names[name] = [identifier for identifier in self.beats if identifier.startswith(area)]
            else:
                self._names[name] = fnmatch.filter(self.beats, name)
        return self._names[name]


def load(folder: Path = BUILT_IN) -> Catalogue:
    """All signatures below a folder. Raises CatalogueError for the first file that cannot be used."""
    files = sorted(folder.rglob("*.toml"))
    if not files:
        raise CatalogueError(f"no signatures below {folder}")
    return Catalogue(
        read(path.relative_to(folder).with_suffix("").as_posix(), path.read_text("utf-8")) for path in files
    )


def read(identifier: str, text: str) -> Signature:
    """One signature from the text of its file. Raises CatalogueError naming the signature and the reason."""
    import tomllib  # takes a while, and the command line mostly reads what it kept

    try:
        return _build(identifier, tomllib.loads(text))
    except (tomllib.TOMLDecodeError, CatalogueError, RegexError, TypeError, KeyError) as error:
        raise CatalogueError(f"{identifier}: {error}") from error


def _build(identifier: str, table: dict[str, Any]) -> Signature:
    known = {item.name for item in fields(Signature)} - {"id"}
    if unknown := table.keys() - known:
        raise CatalogueError(f"unknown key {', '.join(sorted(unknown))}")
    if missing := _REQUIRED - table.keys():
        raise CatalogueError(f"{' and '.join(sorted(missing))} is missing")
    for key, value in table.items():
        _check_type(key, value)
    for key, allowed in (
        ("category", CATEGORIES),
        ("kind", KINDS),
        ("confidence", CONFIDENCES),
        ("decisive", ("first", "last")),
    ):
        if key in table and table[key] not in allowed:
            raise CatalogueError(f"{key} is {table[key]!r}, not one of {', '.join(sorted(allowed))}")
    if not 1 <= table.get("lines", 1) <= MOST_WINDOW_LINES:
        raise CatalogueError(f"lines must be from 1 to {MOST_WINDOW_LINES}")
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    values["should_match"] = tuple(
        Positive(item["log"], {name: str(value) for name, value in item.get("captures", {}).items()})
        for item in table.get("should_match", [])
    )
    values["should_not_match"] = tuple(
        Negative(item["log"], item["because"]) for item in table.get("should_not_match", [])
    )
    return Signature(id=identifier, **values)


def _check_type(key: str, value: object) -> None:
    """What a key holds: a text, but for these. Raises CatalogueError."""
    if key in ("should_match", "should_not_match"):
        if not (isinstance(value, list) and all(isinstance(item, dict) for item in value)):
            raise CatalogueError(f"{key} is no list of tables: each begins with [[{key}]]")
        if not all(isinstance(item.get("log"), str) and isinstance(item.get("because", ""), str) for item in value):
            raise CatalogueError(f"a {key} lacks its log, or holds something else than texts")
        if not all(isinstance(item.get("captures", {}), dict) for item in value):
            raise CatalogueError(f"the captures of a {key} are no table")
    elif key in ("beats", "readers", "probes", "verify", "was"):
        if not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
            raise CatalogueError(f"{key} is no list of texts")
    elif not isinstance(value, {"lines": int, "gather": bool}.get(key, str)):
        raise CatalogueError(f"{key} is {value!r}, which is none of its values")
