"""The gates of the catalogue: every signature's examples run through the whole engine and the whole catalogue."""

from __future__ import annotations

import re

import pytest

from diagnosis import catalogue as catalogue_module
from diagnosis import prefilter, template
from diagnosis.catalogue import Catalogue, Negative, Positive, Signature
from diagnosis.engine import JobLog, diagnose
from diagnosis.readers import FACTS, READERS
from diagnosis.report import Report

CATALOGUE = catalogue_module.load()
ALWAYS_KNOWN = {"occurrences"}


def signatures() -> list[object]:
    return [pytest.param(signature, id=signature.id) for signature in CATALOGUE.signatures]


def positives() -> list[object]:
    return [
        pytest.param(signature, example, id=f"{signature.id}-{number}")
        for signature in CATALOGUE.signatures
        for number, example in enumerate(signature.should_match)
    ]


def negatives() -> list[object]:
    return [
        pytest.param(signature, example, id=f"{signature.id}-{number}")
        for signature in CATALOGUE.signatures
        for number, example in enumerate(signature.should_not_match)
    ]


def report_of(log: str, catalogue: Catalogue = CATALOGUE) -> Report:
    return diagnose([JobLog("example.log", log.encode("utf-8", "surrogatepass"))], catalogue)


def problem_with_positive(signature: Signature, example: Positive, catalogue: Catalogue = CATALOGUE) -> str:
    """What is wrong with a positive example, in words that say what to do; empty when nothing is."""
    findings = report_of(example.log, catalogue).findings
    if not findings or (findings[0].signature is None and signature.kind != "wrapper"):
        return f"{signature.id} is not found in its own example"
    first = next((item for item in findings if item.severity == "error"), findings[0])
    if signature.kind in ("note", "wrapper"):
        own = [item for item in findings if item.signature == signature.id]
        if not own:
            return f"the {signature.kind} {signature.id} is not found in its own example"
        first = own[0]
    if first.signature != signature.id:
        return (
            f"{first.signature} comes before {signature.id}. If {signature.id} explains it, add to its file:\n"
            f'beats = ["{first.signature}"]'
        )
    if dict(first.captures) != dict(example.captures):
        return f"captures of {signature.id} are {dict(first.captures)}; declared are {dict(example.captures)}"
    rivals = [
        item.signature
        for item in findings
        if item.signature not in (None, signature.id) and item.severity == "error" and item.lines[0] in first.lines
    ]
    if rivals:
        return f"undeclared rival on the same line. Add to {signature.id}:\nbeats = {rivals}"
    return ""


def problem_with_negative(signature: Signature, example: Negative, catalogue: Catalogue = CATALOGUE) -> str:
    found = [item for item in report_of(example.log, catalogue).findings if item.signature == signature.id]
    return f"{signature.id} is found at {found[0].lines} although: {example.because}" if found else ""


@pytest.mark.parametrize(("signature", "example"), positives())
def test_a_signature_comes_first_in_its_own_examples(signature: Signature, example: Positive) -> None:
    assert problem_with_positive(signature, example) == ""


@pytest.mark.parametrize(("signature", "example"), negatives())
def test_a_signature_is_not_found_where_it_must_not_be(signature: Signature, example: Negative) -> None:
    assert problem_with_negative(signature, example) == ""


@pytest.mark.parametrize("signature", signatures())
def test_a_signature_has_a_positive_and_a_negative_example_and_a_source(signature: Signature) -> None:
    assert signature.should_match, "no [[should_match]]"
    assert signature.should_not_match, "no [[should_not_match]]"
    assert signature.source.strip()
    assert all(example.because.strip() for example in signature.should_not_match)


@pytest.mark.parametrize("signature", signatures())
def test_a_pattern_compiles_under_both_engines_and_gives_the_scanner_a_literal(signature: Signature) -> None:
    re.compile(signature.pattern, re.MULTILINE)
    assert signature.regex
    assert prefilter.expression(signature.pattern, one_line=signature.lines == 1)


@pytest.mark.parametrize("signature", signatures())
def test_texts_use_only_what_the_pattern_always_captures(signature: Signature) -> None:
    """A placeholder outside `[? ?]` must be known whenever the pattern matches."""
    always = prefilter.certain_captures(signature.pattern) | ALWAYS_KNOWN
    for text in (signature.title, signature.why, signature.fix):
        assert template.required_names(text) <= always, f"{template.required_names(text) - always} may be unknown"
    known = set(signature.regex.groupindex) | ALWAYS_KNOWN
    known = known.union(*(FACTS[reader] for reader in signature.readers))
    for text in (signature.title, signature.why, signature.fix, *signature.verify):
        assert template.names(text) <= known, f"{template.names(text) - known} is neither a capture nor a fact"
    assert set(re.findall(r"\{(\w+)\}", signature.group_by)) <= set(signature.regex.groupindex)


@pytest.mark.parametrize("signature", signatures())
def test_references_to_other_signatures_and_readers_exist(signature: Signature) -> None:
    for name in signature.beats:
        assert "*" in name or CATALOGUE.get(name), f"beats names {name}, which is no signature"
    assert set(signature.readers) <= READERS.keys()
    assert signature.id not in CATALOGUE.beaten_by(signature.id), "beats itself, directly or through others"


@pytest.mark.parametrize("signature", signatures())
def test_a_title_is_short_and_specific(signature: Signature) -> None:
    assert len(signature.title) <= 160
    assert not signature.title.endswith(".")
    assert "\n" not in signature.title


class TestTheGatesCanFail:
    """A gate that cannot fail guards nothing."""

    GOOD = Signature(
        id="shop/broken",
        title="Broken `{part}`",
        category="build",
        kind="cause",
        pattern=r"shopbuild: broken part (?P<part>\w+)",
        why="w",
        fix="f",
        source="s",
    )
    RIVAL = Signature(
        id="shop/rival",
        title="t",
        category="build",
        kind="cause",
        pattern="shopbuild: broken",
        why="w",
        fix="f",
        source="s",
    )

    def test_a_positive_that_is_not_found(self) -> None:
        assert "not found" in problem_with_positive(self.GOOD, Positive("all is well", {}), Catalogue([self.GOOD]))

    def test_a_positive_with_other_captures(self) -> None:
        example = Positive("shopbuild: broken part door", {"part": "window"})
        assert "captures" in problem_with_positive(self.GOOD, example, Catalogue([self.GOOD]))

    def test_an_undeclared_rival_prints_the_line_to_add(self) -> None:
        example = Positive("shopbuild: broken part door", {"part": "door"})
        assert "beats = ['shop/rival']" in problem_with_positive(self.GOOD, example, Catalogue([self.GOOD, self.RIVAL]))

    def test_a_negative_that_is_found(self) -> None:
        example = Negative("shopbuild: broken part door", "it is only talked about")
        assert "although" in problem_with_negative(self.GOOD, example, Catalogue([self.GOOD]))
