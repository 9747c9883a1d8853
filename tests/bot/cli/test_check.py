"""`whyred check`: the gates on all signatures or some, a line for each problem, and grep's kind of exit status."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.cli.main import main
from diagnosis.catalogue import BUILT_IN

GOOD = """\
title = "Frobnicator has no profile `{profile}`"
category = "config"
kind = "cause"
pattern = '''^frob: no profile named '(?P<profile>[^']+)' '''
group_by = "{profile}"
why = "w"
fix = "f"
source = "frob 2.1"

[[should_match]]
captures = { profile = "ci" }
log = '''
frob: no profile named 'ci' here
'''

[[should_not_match]]
because = "a help text"
log = '''
frob fails with "no profile named"
'''
"""
RIVAL = GOOD.replace("^frob: no profile named '(?P<profile>[^']+)' ", "no profile named '(?P<profile>[^']+)'")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout's signatures: a small catalogue of good ones."""
    root = tmp_path / "signatures"
    shutil.copytree(BUILT_IN / "coverage", root / "coverage")
    (root / "frob").mkdir()
    (root / "frob" / "profile-missing.toml").write_text(GOOD)
    for path in (root / "coverage").glob("*.toml"):
        text = path.read_text("utf-8")
        path.write_text("\n".join(line for line in text.split("\n") if not line.startswith("beats")), "utf-8")
    monkeypatch.chdir(tmp_path)
    return root


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    told = capsys.readouterr()
    assert told.err == ""
    return told.out.splitlines()


@pytest.mark.parametrize(
    "target",
    [
        "frob/profile-missing",
        "frob",
        "signatures/frob/profile-missing.toml",
        "signatures/frob",
        "frob/profile-missing.toml",
    ],
)
def test_a_good_signature_passes_however_it_is_named(
    target: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", target]) == 0
    assert said(capsys) == ["1 signature checked: nothing to mend"]


def test_all_are_checked_when_none_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    count = len(list(folder.rglob("*.toml")))
    main(["check"])
    assert said(capsys)[-1].startswith(f"{count} signatures checked")


def test_a_problem_names_file_example_and_the_line_to_add(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "frob" / "rival.toml").write_text(RIVAL)
    assert main(["check", "frob/profile-missing"]) == 1
    lines = said(capsys)
    assert len(lines) == 3
    own = next(line for line in lines if line.startswith("signatures/frob/profile-missing.toml: should_match 1: "))
    assert own.endswith('; add: beats = ["frob/rival"]')
    assert lines[-1] == "1 signature checked: 2 to mend"


def test_what_a_new_signature_spoils_for_others_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "frob" / "rival.toml").write_text(RIVAL.replace("profile named 'ci' here", "profile named 'ci'"))
    assert main(["check", "frob/rival"]) == 1
    assert said(capsys)[0].startswith("signatures/frob/profile-missing.toml: should_match 1: frob/rival")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            'source = "frob 2.1"',
            'source = "<<fill in: the tool>>"',
            "line 8 is still to be filled in: <<fill in: the tool>>",
        ),
        ('category = "config"', 'category = "confusion"', "category is 'confusion', not one of "),
        ('why = "w"\n', "", "why is missing"),
        ('why = "w"', "why = ", "(at line 6, column 7)"),
        ('group_by = "{profile}"', 'group_by = "{wall}"', "its group_by names {wall}, which is no capture"),
        ("'''^frob: no", "'''^(frob: no", "its pattern can not be used: missing )"),
    ],
)
def test_each_problem_is_one_line(
    old: str, new: str, expected: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert old in GOOD
    (folder / "frob" / "profile-missing.toml").write_text(GOOD.replace(old, new))
    assert main(["check", "frob"]) == 1
    line, last = said(capsys)
    assert line.startswith("signatures/frob/profile-missing.toml: ")
    assert expected in line
    assert last == "1 signature checked: 1 to mend"


def test_a_file_from_elsewhere_is_checked_among_the_installed_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "profile-missing.toml").write_text(GOOD)
    assert main(["check", "profile-missing.toml"]) == 0
    assert said(capsys) == ["1 signature checked: nothing to mend"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["frob/absent"], "frob/absent: no signature, area, file"),
        (["empty"], "empty: no signature, area, file"),
        (["frob", "--folder", "absent"], "absent: no such folder"),
    ],
)
def test_bad_input_is_one_clear_line_and_status_2(
    arguments: list[str], reason: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder.parent / "empty").mkdir()
    assert main(["check", *arguments]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert reason in told.err
    assert told.err.count("\n") == 1
