"""A signature as a page: what the failure looks like, why it comes about, what to change, what it explains away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.render import prose
from bot.render.prose import Block, Span
from diagnosis.catalogue import Catalogue, Signature
from diagnosis.clean import clean
from diagnosis.template import fill

KINDS: Final = {
    "cause": "explains the failure",
    "symptom": "follows from a cause that may stand elsewhere",
    "wrapper": "says only that something failed",
    "note": "worth a line, but never the cause",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an example; a hit is one that the pattern finds."""

    text: str
    hit: bool


@dataclass(frozen=True, slots=True)
class Example:
    """A log and, of one that shows the failure, the title that a reader gets; of another, why it is none."""

    lines: tuple[Line, ...]
    title: tuple[Span, ...] = ()
    because: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """What a signature explains away: another one, or all whose id fits `name`. `area` is where to look for those."""

    name: str
    exists: bool
    area: str


@dataclass(frozen=True, slots=True)
class Page:
    """All that the page of a signature shows."""

    id: str
    area: str
    plain_title: str
    title: tuple[Span, ...]
    category: str
    kind: str
    kind_means: str
    confidence: str
    why: tuple[Block, ...]
    fix: tuple[Block, ...]
    verify: tuple[tuple[Span, ...], ...]
    examples: tuple[Example, ...]
    confusers: tuple[Example, ...]
    explains: tuple[Reference, ...]
    pattern: str
    source: str
    file: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A signature in the list. `words` are what a search looks through."""

    id: str
    area: str
    title: tuple[Span, ...]
    category: str
    kind: str
    words: str


def page(signature: Signature, catalogue: Catalogue) -> Page:
    """The page of one signature; the others tell which names of those that it explains away lead somewhere."""
    return Page(
        id=signature.id,
        area=signature.area,
        plain_title=_plain(signature.title),
        title=prose.spans(signature.title),
        category=signature.category,
        kind=signature.kind,
        kind_means=KINDS[signature.kind],
        confidence=signature.confidence,
        why=prose.blocks(signature.why),
        fix=prose.blocks(signature.fix),
        verify=tuple(prose.spans(f"``{command}``") for command in signature.verify),
        examples=tuple(_examples(signature)),
        confusers=tuple(_confusers(signature)),
        explains=tuple(_reference(name, catalogue) for name in signature.beats),
        pattern=signature.pattern,
        source=signature.source.strip(),
        file=f"signatures/{signature.id}.toml",
    )


def entries(signatures: Iterable[Signature], words: str = "", area: str = "") -> tuple[Entry, ...]:
    """The signatures of an area (all when it is empty) in which each of the words occurs."""
    wanted = words.lower().split()
    return tuple(
        entry
        for entry in map(_entry, signatures)
        if area in ("", entry.area) and all(word in entry.words for word in wanted)
    )


def _entry(signature: Signature) -> Entry:
    title = _plain(signature.title)
    words = " ".join((signature.id, title, signature.category, signature.kind)).lower()
    return Entry(signature.id, signature.area, prose.spans(signature.title), signature.category, signature.kind, words)


def _examples(signature: Signature) -> Iterator[Example]:
    for example in signature.should_match:
        title = fill(signature.title, example.captures)
        yield Example(_lines(example.log, signature), prose.spans(title, slots=False))


def _confusers(signature: Signature) -> Iterator[Example]:
    for example in signature.should_not_match:
        yield Example(tuple(Line(line, False) for line in _cleaned(example.log)), because=example.because)


def _lines(log: str, signature: Signature) -> tuple[Line, ...]:
    lines = _cleaned(log)
    hits = set(_hits(lines, signature))
    return tuple(Line(line, number in hits) for number, line in enumerate(lines))


def _hits(lines: Sequence[str], signature: Signature) -> Iterator[int]:
    """The lines that belong to a match, which begins on one of them and ends within the signature's window."""
    for number in range(len(lines)):
        window = "\n".join(lines[number : number + signature.lines])
        found = signature.regex.search(window)
        if found and found.start() <= len(lines[number]):
            yield from range(number, number + window[: found.end()].rstrip("\n").count("\n") + 1)


def _cleaned(log: str) -> list[str]:
    return [clean(line.encode("utf-8", "surrogatepass")) for line in log.strip("\n").split("\n")]


def _reference(name: str, catalogue: Catalogue) -> Reference:
    return Reference(name, catalogue.get(name) is not None, name.partition("/")[0].replace("*", ""))


def _plain(title: str) -> str:
    return "".join(part.text for span in prose.spans(title) for part in span.parts)
