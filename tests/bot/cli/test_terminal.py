"""The width that is written for: what the user says, else the terminal's, else a usual one."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios

import pytest

from bot.cli.terminal import USUAL

PROGRAM = (sys.executable, "-c", "from bot.cli.terminal import width; print(width())")


@pytest.mark.parametrize(
    ("told", "columns"), [("72", 72), ("wide", USUAL), ("0", USUAL), ("-5", USUAL), ("9" * 9, USUAL), ("", USUAL)]
)
def test_columns_are_believed_when_they_are_a_number(told: str, columns: int) -> None:
    assert int(subprocess.check_output(PROGRAM, env={**os.environ, "COLUMNS": told})) == columns


def test_a_terminal_tells_its_own() -> None:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 87, 0, 0))
    environ = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    subprocess.run(PROGRAM, env=environ, stdout=theirs, check=True)
    told = os.read(ours, 100)
    os.close(ours)
    os.close(theirs)
    assert int(told) == 87
