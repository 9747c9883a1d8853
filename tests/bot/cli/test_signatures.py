"""`whyred signatures`: the list, and one whole."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.main import main


def test_the_list_has_a_line_for_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["signatures"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("coverage/below-threshold ") for line in lines)
    assert lines[-1] == f"{len(lines) - 1} signatures"


def test_one_is_shown_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["signatures", "coverage/below-threshold"]) == 0
    said = capsys.readouterr().out
    for part in ("category coverage", "Why", "Fix", "Pattern", "Source", "An example", "Not taken for it"):
        assert part in said


def test_a_misspelt_id_is_answered_with_its_neighbours(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["signatures", "coverage/below-treshold"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "did you mean coverage/below-threshold" in said.err


def test_a_catalogue_with_a_broken_file_is_one_clear_line_and_status_2(tmp_path: Path) -> None:
    for room in ("bot", "diagnosis", "signatures"):
        shutil.copytree(Path(__file__).parents[3] / room, tmp_path / room)
    (tmp_path / "signatures" / "coverage" / "below-threshold.toml").write_text("title = 1\n")
    told = subprocess.run(
        [sys.executable, "-m", "bot.cli.main", "signatures"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert told.returncode == 2
    assert told.stdout == ""
    assert told.stderr.startswith("whyred: coverage/below-threshold: category and fix and kind")
    assert told.stderr.endswith("(`whyred check` says what to mend)\n")
    assert told.stderr.count("\n") == 1
