"""CONTRIBUTING.md can be followed as it stands: its commands, one after the other, in a checkout."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from diagnosis.catalogue import BUILT_IN

pytestmark = pytest.mark.timeout(300)

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("## The code")[0]
STEPS = [textwrap.dedent(block) for block in re.findall(r"^ *```sh\n(.*?)^ *```$", GUIDE, re.MULTILINE | re.DOTALL)]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder that looks like a checkout to the commands."""
    shutil.copytree(BUILT_IN, tmp_path / "signatures")
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    # The suite itself runs the gates, on what lies in the real checkout.
    for name, arguments in (("whyred", "-m bot.cli.main"), ("python", "-c 'raise SystemExit'")):
        (programs / name).write_text(f'#!/bin/sh\nexec {sys.executable} {arguments} "$@"\n')
        (programs / name).chmod(0o755)
    return tmp_path


def follow(step: str, checkout: Path) -> str:
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["sh", "-e", "-c", step], cwd=checkout, env=environ, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return done.stdout


def test_a_signature_is_added_by_the_steps_as_they_are_written(checkout: Path) -> None:
    seen, begun, filled, checked = (follow(step, checkout) for step in STEPS)
    assert "No known failure recognised" in seen
    assert "red.log:5 " in seen
    assert begun.startswith("wrote signatures/kilnctl/cone-missing.toml\n")
    assert "its 8 places" in begun
    assert filled == ""
    assert checked == "1 signature checked: nothing to mend\n"


def test_a_step_that_fails_would_be_seen(checkout: Path) -> None:
    with pytest.raises(AssertionError):
        follow(".venv/bin/whyred check kilnctl/cone-missing", checkout)
