"""Lines that are made to take for ever: what a diagnosis costs depends on the size of a log, not on what it holds."""

from __future__ import annotations

import time

import pytest

from diagnosis import engine
from diagnosis.clean import MOST_BYTES
from tests.whole import CATALOGUE

LINES = 16
"""Of the greatest length that is read whole: a megabyte in all."""

MOST_SECONDS = 10.0
"""The worst of them takes a second or two; what is quadratic takes minutes."""


def seconds(block: str) -> float:
    line = block * (MOST_BYTES // len(block.encode()))
    lines = [
        "##[group]Run ./build",
        "##[endgroup]",
        *[line] * LINES,
        "##[error]Process completed with exit code 1.",
        "",
    ]
    jobs = [engine.JobLog("a.txt", "\n".join(lines).encode())]
    started = time.process_time()
    engine.diagnose(jobs, CATALOGUE)
    return time.process_time() - started


BLOCKS = [
    *(
        "A",
        "a.",
        "/",
        "a/",
        "a/b.c:",
        "\\",
        " ",
        "\t",
        "-",
        "=",
        "1",
        "1,",
        "0x1 ",
        "::",
        "(",
        "[",
        "[1;",
        "{",
        "'",
        '"',
        "`",
    ),
    *("\x1b[", "\x1b[1;", "\r", "\x00", "é", "👩", "password=", "https://u:p@h/", "ghp_", "C:\\a\\"),
    *("E ", "error: ", "Error: error", "FAILED ", "a.py::", "test_a.py::test - ", "1 failed, ", "src/a.c:1:1: error: "),
    *(
        "Traceback (most recent call last):",
        "ModuleNotFoundError: No module named ",
        "Caused by: java.lang.",
        "npm ERR! ",
    ),
    "file:///home/runner/work/",
]


@pytest.mark.parametrize("block", BLOCKS)
def test_a_megabyte_of_hostile_lines_is_read_in_time(block: str) -> None:
    engine.prepare(CATALOGUE)
    assert min(seconds(block) for _ in range(2)) < MOST_SECONDS
