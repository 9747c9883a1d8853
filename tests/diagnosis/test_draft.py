"""The draft of a signature: what of a line becomes a capture, and what of the log its example."""

from __future__ import annotations

import pytest

from diagnosis import catalogue, draft, gates
from diagnosis.draft import DraftError


@pytest.mark.parametrize(
    ("line", "captures"),
    [
        ("frob: no profile named 'ci' in conf/frob.ini", {"profile": "ci", "path": "conf/frob.ini"}),
        ('  File "/shop/api.py", line 12, in main', {"path": "/shop/api.py", "line": "12"}),
        ("shop/api.py:12:5: broken wall", {"path": "shop/api.py", "line": "12", "column": "5"}),
        ("src/main.ts(12,5): broken wall", {"path": "src/main.ts", "line": "12", "column": "5"}),
        ("no version of frob==2.1 fits", {"package": "frob", "version": "2.1"}),
        ("needs frob v2.1.0-rc1, really", {"version": "v2.1.0-rc1"}),
        ("GET https://shop.example/x, refused", {"url": "https://shop.example/x"}),
        ("cannot open 'https://shop.example/x' now", {"url": "https://shop.example/x"}),
        ("connection to 10.0.0.1:5432 refused", {"address": "10.0.0.1", "port": "5432"}),
        ("1 failed, 3 passed in 0.2s", {"failed": "1", "passed": "3", "number": "0.2"}),
        ("gave up after 12.5 MB at exit code 3.", {"number": "12.5", "code": "3"}),
        ("commit 2a15757c0ffee is gone", {"commit": "2a15757c0ffee"}),
        ("type 'string' is no type 'number'", {"type": "string", "type2": "number"}),
        ("the server said 503 to everybody", {}),
        ("don't open the vault: it's gone", {}),
        ("utf8 and python3 and E501 stay", {}),
        ("what (is) [this] a.b*c+d? {x} ^$ |", {}),
    ],
)
def test_what_varies_becomes_a_capture_with_a_name(line: str, captures: dict[str, str]) -> None:
    pattern = draft.pattern_of(line)
    assert draft.captures_of(pattern, line) == captures
    assert pattern.startswith("^")


def test_a_pattern_fits_another_run_of_the_same_failure() -> None:
    pattern = draft.pattern_of("2024-05-01 12:00:00,123 frob: no profile 'ci' in a/b.ini:3 after 3 attempts")
    other = "2025-01-02 03:04:05,678 frob: no profile 'release' in c.ini:44 after 17 attempts"
    assert draft.captures_of(pattern, other) == {"profile": "release", "path": "c.ini", "line": "44", "attempts": "17"}


def test_a_line_of_which_nothing_could_be_looked_for_is_refused() -> None:
    with pytest.raises(DraftError, match="too little"):
        draft.pattern_of("a 1")


def test_a_line_that_only_varies_is_taken_as_it_stands() -> None:
    assert draft.pattern_of("'abcdef'") == "^'abcdef'"


LOG = [
    "##[group]Run something before",
    "##[endgroup]",
    "fine",
    "##[group]Run frob build",
    *(f"echo {number}" for number in range(20)),
    "##[endgroup]",
    *(f"progress {number}" for number in range(30)),
    "frob: broken",
    *(f"advice {number}" for number in range(9)),
    "##[error]Process completed with exit code 2.",
    "##[group]Run something after",
    "##[error]not ours",
]


def test_the_example_is_the_step_s_head_the_neighbours_and_how_it_ended() -> None:
    lines = draft.example(LOG, LOG.index("frob: broken")).splitlines()
    assert lines[0] == "##[group]Run frob build"
    assert lines[11:13] == ["echo 10", "##[endgroup]"]
    assert lines[13:] == [
        *(f"progress {number}" for number in range(22, 30)),
        "frob: broken",
        *(f"advice {number}" for number in range(4)),
        "##[error]Process completed with exit code 2.",
    ]


def test_the_example_of_a_log_without_steps_is_what_stands_around() -> None:
    assert draft.example(["one", "two", "three"], 1) == "one\ntwo\nthree\n"


def test_the_example_ends_with_its_step() -> None:
    lines = draft.example(["a", "frob: broken", "##[error]x", "Post job cleanup.", "##[group]Run b"], 1)
    assert lines == "a\nfrob: broken\n##[error]x\n"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"2026-01-02T03:04:05.6789012Z \x1b[31mred\x1b[0m  ", "red"),
        (b"reading /home/mona/shop and /Users/mona/x", "reading /home/runner/shop and /Users/runner/x"),
        (b"GET https://packages.frob.io/simple/", "GET https://packages.frob.example/simple/"),
        (b"GET https://github.com/octo/shop", "GET https://github.com/octo/shop"),
        (b"GET http://127.0.0.1:80/ and http://localhost:80/", "GET http://127.0.0.1:80/ and http://localhost:80/"),
        (b"token=ghp_" + b"a" * 36, "token=***"),
    ],
)
def test_an_example_shows_no_clock_secret_home_or_host(raw: bytes, shown: str) -> None:
    assert draft.told(raw) == shown


def test_a_draft_can_be_read_once_it_is_filled_in() -> None:
    line = "frob: no profile named 'ci'"
    text = draft.signature(line, f"it's '''quoted'''\n{line}\n", "config")
    assert len(gates.unfilled(text)) == 7
    for old, new in (("<<fill in cause, symptom, wrapper or note>>", "cause"),):
        text = text.replace(old, new)
    signature = catalogue.read("frob/x", text)
    assert signature.category == "config"
    assert signature.group_by == "{profile}"
    assert signature.should_match[0].log == f"it's '''quoted'''\n{line}\n"
    assert dict(signature.should_match[0].captures) == {"profile": "ci"}
