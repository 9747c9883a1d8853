"""The gates of the catalogue: what each signature must keep to, and in words what to do where it does not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from diagnosis import prefilter, template, toml_text
from diagnosis.catalogue import Catalogue, CatalogueError, Negative, Positive, Signature
from diagnosis.engine import JobLog, diagnose
from diagnosis.probes import PROBES
from diagnosis.readers import FACTS, READERS
from diagnosis.regex import RegexError, compile_regex
from diagnosis.report import Finding

COUNTED: Final = frozenset({"occurrences"})
"""Known where a failure is seen more than once."""

MOST_TITLE: Final = 160
UNFILLED: Final = re.compile(r"<<fill in\b[^\n]*?>>")
"""What `whyred new` leaves to the author."""

_HOW: Final = "the one that explains the other says so; if it is this one"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a signature: `where` names the example, `add` is the line that would mend it."""

    signature: str
    says: str
    where: str = ""
    add: str = ""

    def __str__(self) -> str:
        said = f"{self.where}: {self.says}" if self.where else self.says
        return f"{said}; add: {self.add}" if self.add else said


def problems(signature: Signature, catalogue: Catalogue, cache: Path | None = None) -> Iterator[Problem]:
    """All that is wrong with a signature among the others, which must be usable. `cache` is the engine's."""
    flaws = list(unusable(signature))
    alone = [*of_form(signature), *flaws, *of_references(signature, catalogue)]
    yield from (Problem(signature.id, says) for says in alone)
    if not flaws and signature.id not in catalogue.beaten_by(signature.id):
        yield from examples(signature, catalogue, cache)


def unusable(signature: Signature) -> Iterator[str]:
    """Why the engine can not work with a signature, whatever the others are."""
    flaws = list(of_pattern(signature))
    yield from flaws or of_texts(signature)
    for reader in signature.readers:
        if reader not in READERS:
            yield f"its readers names {reader}, which is no reader"
    for probe in signature.probes:
        if probe not in PROBES:
            yield f"its probes names {probe}, which is no probe"


def examples(
    signature: Signature, catalogue: Catalogue, cache: Path | None = None, touched_by: Sequence[Signature] | None = None
) -> Iterator[Problem]:
    """What is wrong with the examples, each run through the whole engine and the whole catalogue.

    With `touched_by` only those are run in which one of these others matches: they are what a change of it may spoil.
    """

    def chosen(log: str) -> bool:
        return touched_by is None or any(other.regex.search(log) for other in touched_by)

    for number, positive in enumerate(signature.should_match, 1):
        if chosen(positive.log):
            yield from of_positive(signature, positive, catalogue, f"should_match {number}", cache)
    for number, negative in enumerate(signature.should_not_match, 1):
        if chosen(negative.log):
            yield from of_negative(signature, negative, catalogue, f"should_not_match {number}", cache)


def unfilled(text: str) -> list[tuple[int, str]]:
    """The line numbers of a signature's file on which something is left to be filled in, with what that is."""
    return [(number, found[0]) for number, line in enumerate(text.split("\n"), 1) for found in UNFILLED.finditer(line)]


def of_positive(
    signature: Signature, example: Positive, catalogue: Catalogue, where: str = "", cache: Path | None = None
) -> Iterator[Problem]:
    """A positive example must be found, first, with its captures, and alone on its line."""
    findings = _findings(example.log, catalogue, cache)
    own = next((item for item in findings if item.signature == signature.id), None)
    first = next((item for item in findings if item.severity == "error"), None)
    rival = first.signature if first and first.signature != signature.id else None
    guessed = first is not None and first.signature is None and signature.kind != "wrapper"
    if rival and signature.kind not in ("note", "wrapper"):
        yield Problem(signature.id, f"{rival} comes before it ({_HOW})", where, _beats(signature, rival))
    elif own is None or guessed:
        yield Problem(signature.id, f"it is not found; {_why_not(signature, example)}", where)
    elif own.captures != dict(example.captures):
        says = f"its captures are not {dict(example.captures)}; if those found are right"
        yield Problem(signature.id, says, where, f"captures = {toml_text.inline_table(own.captures)}")
    elif rivals := [str(item.signature) for item in findings if _rival(item, own)]:
        says = f"{' and '.join(rivals)} stands on the same line ({_HOW})"
        yield Problem(signature.id, says, where, _beats(signature, *rivals))


def of_negative(
    signature: Signature, example: Negative, catalogue: Catalogue, where: str = "", cache: Path | None = None
) -> Iterator[Problem]:
    """A negative example must not be taken for the failure."""
    if not example.because.strip():
        yield Problem(signature.id, "it has no `because`", where)
    for finding in _findings(example.log, catalogue, cache):
        if finding.signature == signature.id:
            lines = ", ".join(map(str, finding.lines))
            yield Problem(signature.id, f"it is found (line {lines}) although this is {example.because}", where)
            return


def of_form(signature: Signature) -> Iterator[str]:
    """Examples of both sorts, a source, and a title that is one short line."""
    if not signature.should_match:
        yield "it has no [[should_match]]"
    if not signature.should_not_match:
        yield "it has no [[should_not_match]]"
    if not signature.source.strip():
        yield "its source is empty"
    if len(signature.title) > MOST_TITLE:
        yield f"its title has {len(signature.title)} characters, more than {MOST_TITLE}"
    if signature.title.endswith("."):
        yield "its title ends with a full stop"
    if "\n" in signature.title:
        yield "its title has more than one line"


def of_pattern(signature: Signature) -> Iterator[str]:
    """A pattern that both regular expression engines take and that gives the scanner a word to look for."""
    try:
        re.compile(signature.pattern, re.MULTILINE)
        compile_regex(signature.pattern)
        # Kept by the signature: to find it out takes the longest of all.
        _ = signature.expression
    except (re.error, RegexError, CatalogueError) as error:
        yield f"its pattern can not be used: {error.__cause__ or error}"


def of_texts(signature: Signature) -> Iterator[str]:
    """Texts that name captures and facts only, and outside `[? ?]` only those that every match has."""
    always = prefilter.certain_captures(signature.pattern)
    captures = set(signature.regex.groupindex)
    known = (captures | COUNTED).union(*(FACTS.get(reader, ()) for reader in signature.readers))
    for key in ("title", "why", "fix"):
        text = getattr(signature, key)
        for name in sorted(template.required_names(text) & known - always):
            yield f"its {key} needs {{{name}}}, which may be unknown: put the part between [? and ?]"
    for key, text in (
        *((key, getattr(signature, key)) for key in ("title", "why", "fix")),
        ("verify", "\n".join(signature.verify)),
    ):
        for name in sorted(template.names(text) - known):
            yield f"its {key} names {{{name}}}, which is neither a capture nor a fact"
    for name in sorted(set(re.findall(r"\{(\w+)\}", signature.group_by)) - captures):
        yield f"its group_by names {{{name}}}, which is no capture"


def of_references(signature: Signature, catalogue: Catalogue) -> Iterator[str]:
    """Other signatures that exist, and no circle."""
    for name in signature.beats:
        if "*" not in name and not catalogue.get(name):
            yield f"its beats names {name}, which is no signature"
    beaten = catalogue.beaten_by(signature.id)
    if signature.id in beaten:
        circle = sorted(name for name in beaten if signature.id in catalogue.beaten_by(name))
        yield f"its beats go round in a circle, of which one has to give way: {', '.join(circle)}"


def _findings(log: str, catalogue: Catalogue, cache: Path | None) -> tuple[Finding, ...]:
    return diagnose([JobLog("example.log", log.encode("utf-8", "surrogatepass"))], catalogue, cache=cache).findings


def _rival(item: Finding, own: Finding) -> bool:
    """Whether it claims a line that is the signature's own, as an error of its own."""
    known = item.signature not in (None, own.signature)
    return known and item.severity == "error" and item.lines[0] in own.lines


def _beats(signature: Signature, *others: str) -> str:
    return f"beats = {toml_text.array(dict.fromkeys((*signature.beats, *others)))}"


def _why_not(signature: Signature, example: Positive) -> str:
    if not signature.regex.search(example.log):
        return "its pattern matches nowhere in the example"
    return "its pattern matches, but the log looks like a job that passed (end it with the runner's ##[error] line)"
