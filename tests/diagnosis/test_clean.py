"""Raw lines of every kind that logs hold, and what a person should read of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnosis.clean import CUT_MARK, MOST_BYTES, clean, printed, split_prefix, strip_controls

CLOCK = b"2026-03-06T06:11:13.6887008Z "


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        pytest.param(CLOCK + b"hello", "hello", id="the runner's clock"),
        pytest.param(CLOCK.rstrip(), "", id="a clock without a text"),
        pytest.param(b"\xef\xbb\xbf" + CLOCK + b"hello", "hello", id="a byte order mark"),
        pytest.param(b"build\tRun tests\t" + CLOCK + b"hello\tworld", "hello\tworld", id="gh run view"),
        pytest.param(
            b"build\tRun tests\t\xef\xbb\xbf" + CLOCK + b"hello", "hello", id="gh run view with a mark inside"
        ),
        pytest.param("build\tRun tests\t∩╗┐".encode() + CLOCK + b"hello", "hello", id="a mark in a wrong code page"),
        pytest.param(b"[2026-07-13T19:39:31Z] hello", "hello", id="a clock in brackets"),
        pytest.param(b"a\tb\tc", "a\tb\tc", id="tabs of the tool's own"),
        pytest.param(CLOCK + b"\x1b[31mFAILED\x1b[0m tests", "FAILED tests", id="colour"),
        pytest.param(b"\x1b[36;1mpython test.py\x1b[0m", "python test.py", id="colour with two codes"),
        pytest.param(b"\x1b]8;;http://host.example\x07link\x1b]8;;\x07", "link", id="a terminal hyperlink"),
        pytest.param(b"\x1b_bk;t=1778140778619\x07~~~ Preparing", "~~~ Preparing", id="an application command"),
        pytest.param(b"\\x1b[31mred\\x1b[0m", "red", id="colour written out"),
        pytest.param(b"[31mred[0m", "red", id="colour without its escape character"),
        pytest.param(b"rate(errors[5m])", "rate(errors[5m])", id="a range that looks like colour"),
        pytest.param(b"10%\r50%\r100%\r", "100%", id="a progress bar"),
        pytest.param(b"hello\r", "hello", id="a carriage return at the end"),
        pytest.param(b"a\x00b", "ab", id="NUL"),
        pytest.param(b"caf\xe9", "caf\ufffd", id="invalid UTF-8"),
        pytest.param("âœ… done".encode(), "✅ done", id="UTF-8 read as cp1252"),
        pytest.param("ok\u202egnp.exe".encode(), "okgnp.exe", id="a bidirectional override"),
        pytest.param("a\u200bb\U000e0041".encode(), "ab", id="zero-width and tag characters"),
        pytest.param("naïve ✓".encode(), "naïve ✓", id="text that is right already"),
        pytest.param(CLOCK + b"#12 34.567 E: Unable to locate", "E: Unable to locate", id="a step of docker build"),
        pytest.param(b"#12 ERROR: failed to solve", "#12 ERROR: failed to solve", id="docker build's own words"),
        pytest.param(b"\x1b[36mweb-1  | \x1b[0mready", "ready", id="a service of docker compose"),
        pytest.param(b"cart.py | 80 | 3", "cart.py | 80 | 3", id="a table"),
        pytest.param(
            b"apps/server typecheck: src/a.ts(1,2): error TS2322: x", "src/a.ts(1,2): error TS2322: x", id="pnpm -r"
        ),
        pytest.param(b"@shop/web:lint:   4:12  error  x", "  4:12  error  x", id="Turborepo"),
        pytest.param(b"[@shop/web]:   4:12  error  x", "  4:12  error  x", id="yarn workspaces foreach"),
        pytest.param(b"[0] ERROR in ./src/cart.js", "ERROR in ./src/cart.js", id="concurrently"),
        pytest.param(b"[1/4] Resolving packages...", "[1/4] Resolving packages...", id="a counter is no relay"),
        pytest.param(b"[@shop/web]:", "", id="yarn workspaces foreach, an empty line"),
        pytest.param(b"src/shop/tax.c:12: error: x", "src/shop/tax.c:12: error: x", id="a compiler's path"),
        pytest.param(b"E   ValueError: lint: x", "E   ValueError: lint: x", id="a script's name in a message"),
    ],
)
def test_a_line_reads_as_it_would_on_a_terminal(raw: bytes, shown: str) -> None:
    assert clean(raw) == shown


def test_the_runner_s_own_lines_are_told_from_those_that_others_relay() -> None:
    """A worker in a container that writes `Job succeeded` ends no job."""
    assert printed(CLOCK + b"worker-1  | Job succeeded") == "worker-1  | Job succeeded"
    assert clean(CLOCK + b"#7 1.234 apps/shop test: Job succeeded") == "Job succeeded"


def test_an_endless_line_is_cut_and_says_so() -> None:
    shown = clean(b"x" * (MOST_BYTES + 1))
    assert shown.endswith(CUT_MARK)
    assert len(shown) == MOST_BYTES + len(CUT_MARK)


def test_job_and_step_are_read_from_the_prefix() -> None:
    assert split_prefix(b"test (3.12)\tRun pytest\t" + CLOCK + b"x")[:2] == ("test (3.12)", "Run pytest")
    assert split_prefix(b"no\tprefix here")[:2] == (None, None)


@given(st.binary(max_size=300))
def test_no_control_character_survives(raw: bytes) -> None:
    shown = clean(raw.replace(b"\n", b""))
    assert shown == strip_controls(shown)
    assert not [character for character in shown if ord(character) < 32 and character != "\t"]
