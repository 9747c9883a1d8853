"""The scanner may find too much, never too little: everything that RE2 finds on a line must be a candidate."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnosis import prefilter
from diagnosis.clean import clean
from diagnosis.prefilter import PatternError, certain_captures, expression
from diagnosis.regex import compile_regex
from diagnosis.scan import MOST_KEPT, Candidate, Scanner
from diagnosis.source import CHUNK, Text
from tests.whole import CATALOGUE


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (r"No module named '(?P<module>[\w.]+)'$", b"ImportError: No module named 'shop'"),
        (
            r"^FAIL Required test coverage of (?P<required>\d+)%",
            b"2026-03-06T06:11:13.6887008Z FAIL Required test coverage of 80%",
        ),
        (r"(?i)permission denied(?: \(publickey\))?", b"PERMISSION denied (publickey)"),
        (r"✖ (?P<count>\d+) problems?", "✖ 3 problems".encode()),
        (r"(?:error|fatal): repository '(?P<url>[^']+)' not found.*", b"fatal: repository 'x' not found  (why)"),
        (r"could not (?:read|write) .{1,40}? file\b", "could not read café file".encode()),
        (r"NO_SCRIPT[^\w\"]{1,4}missing", "NO_SCRIPT\xa0missing".encode()),
        (r"exit(?:ed)? with \w+ 137", b"exited with ^[[1mcode^[[0m 137"),
        (r"exit(?:ed)? with \w+ 137", b"exited with [31;1mcode[0m 137"),
        (r"lint error +(?P<rule>@?[a-z]\w*)$", b"lint error  @scope"),
        (r"table [^│]+│ failed", "table ünits │ failed".encode()),
        (r"exit(?:ed)? with \w+ 137", b"exited with \x1b[31mcode\x1b[0m 137"),
    ],
)
def test_a_line_that_matches_is_a_candidate(pattern: str, line: bytes) -> None:
    assert compile_regex(pattern).search(clean(line))
    found = Scanner([expression(pattern, one_line=True)]).scan(Text.of(b"before\n" + line + b"\nafter"))
    assert [candidate.line for candidate in found[0].kept] == [2]


def test_of_several_lines_only_the_first_is_looked_for() -> None:
    assert expression(r"certificate not found:\s*\n(?P<path>\S+)", one_line=False) == rb"certificate\x20not\x20found:"


@pytest.mark.parametrize("pattern", [r"\d+", r"(?:error|no)", r"a.*b", r"\n(?P<path>/etc/hosts)"])
def test_a_pattern_without_a_literal_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        expression(pattern, one_line=False)


def test_captures_that_may_be_missing_are_not_certain() -> None:
    assert certain_captures(r"(?P<a>x)(?P<b>y)?(?:(?P<c>z)|w)(?P<d>v)+") == {"a", "d"}


def test_lines_are_counted_across_chunks() -> None:
    filler = (b"x" * 99 + b"\n") * (CHUNK // 100 + 1000)
    needle = b"needle in \x1b[1mthe\x1b[0m log\n"
    found = Scanner([b"needle\\x20in\\x20the"]).scan(Text.of(filler + needle + filler + needle))
    lines = filler.count(b"\n")
    assert [candidate.line for candidate in found[0].kept] == [lines + 1, 2 * lines + 2]


def test_a_line_longer_than_a_chunk_is_one_candidate() -> None:
    found = Scanner([b"needle"]).scan(Text.of(b"first\n" + b"needle" + b"x" * (2 * CHUNK) + b"\nlast needle"))
    assert [candidate.line for candidate in found[0].kept] == [2, 3]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_every_signature_finds_what_its_own_pattern_generates(data: st.DataObject) -> None:
    signature = data.draw(st.sampled_from([item for item in CATALOGUE.signatures if item.lines == 1]))
    text = data.draw(st.from_regex(re.compile(signature.pattern, re.ASCII), fullmatch=True))
    line = clean(text.replace("\n", " ").replace("\r", " ").encode("utf-8", "replace"))
    if signature.regex.search(line):
        found = Scanner([prefilter.expression(signature.pattern, one_line=True)]).scan(Text.of(line.encode()))
        assert found[0].count, signature.id


def test_the_compiled_database_is_kept_and_taken_from_the_cache(tmp_path: Path) -> None:
    first = Scanner([rb"needle \d+"], tmp_path)
    (kept,) = tmp_path.iterdir()
    written = kept.stat().st_mtime_ns
    for scanner in (first, Scanner([rb"needle \d+"], tmp_path)):
        assert scanner.scan(Text.of(b"a needle 7\n"))[0].kept == [Candidate(1, 0)]
    assert kept.stat().st_mtime_ns == written
    Scanner([rb"needle \d\d"], tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_broken_or_unwritable_cache_costs_only_time(tmp_path: Path) -> None:
    Scanner([rb"needle"], tmp_path)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(b"no database")
    (tmp_path / "file").touch()
    for folder in (tmp_path, tmp_path / "file" / "below"):
        assert Scanner([rb"needle"], folder).scan(Text.of(b"needle\n"))[0].kept == [Candidate(1, 0)]


def test_of_very_many_candidates_the_first_and_the_last_are_kept_and_all_are_counted() -> None:
    (hits,) = Scanner([b"needle"]).scan(Text.of(b"needle\n" * 5000))
    half = MOST_KEPT // 2
    assert hits.count == 5000
    assert [candidate.line for candidate in hits.kept] == [*range(1, half + 1), *range(5001 - half, 5001)]
    (marks,) = Scanner([b"needle"]).scan(Text.of(b"needle\n" * 5000), whole=1)
    assert len(marks.kept) == 5000


def test_a_pattern_with_long_literals_is_looked_for_by_them_alone() -> None:
    pattern = r"(?P<path>\S+): (?:cannot open|Permission denied)(?P<rest>.*)"
    assert expression(pattern, one_line=True) == rb":\x20Permission\x20denied|:\x20cannot\x20open"


def test_what_two_expressions_share_is_found_for_both_once_a_line() -> None:
    log = b"error: no\nerror: fatal: no\nfatal: \x1b[1merror\x1b[0m: no\nfine\n"
    both, one, doubtful = Scanner([rb"error:\x20|fatal:", rb"error:\x20", rb"fatal:.*\x20no"]).scan(Text.of(log))
    assert [candidate.line for candidate in both.kept] == [1, 2, 3]
    assert [candidate.line for candidate in one.kept] == [1, 2, 3]
    assert [candidate.line for candidate in doubtful.kept] == [2, 3]


def test_an_expression_without_anything_rare_is_looked_for_in_all_bytes() -> None:
    (hits,) = Scanner([rb"test.*\d:\d"]).scan(Text.of(b"test 1\n1:1\ntest at 1:1\n"))
    assert [candidate.line for candidate in hits.kept] == [3]


def test_the_database_of_a_scanner_without_doubt_is_kept_too(tmp_path: Path) -> None:
    for _ in range(2):
        assert Scanner([rb"needle"], tmp_path).scan(Text.of(b"a needle\n"))[0].kept == [Candidate(1, 0)]
