"""`whyred new`: a signature begun from a line of a log, which `whyred check` refuses until it is finished."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli.main import main

LOG = """\
2026-01-02T03:04:05.6789012Z ##[group]Run frob build
2026-01-02T03:04:05.6789012Z frob build
2026-01-02T03:04:05.6789012Z ##[endgroup]
2026-01-02T03:04:06.6789012Z reading /home/mona/frob.ini with token=ghp_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
2026-01-02T03:04:06.6789012Z \x1b[31mfrob: error: no vault named 'ci'\x1b[0m

2026-01-02T03:04:06.6789012Z ##[error]Process completed with exit code 2.
"""
FILLED = {
    "the fault, in one short line; captures to name it by: {vault}": "Frobnicator has no vault `{vault}`",
    "one: test, build, dependency, config, network, ...": "config",
    "cause, symptom, wrapper or note": "cause",
    "how it comes about": "The vault is not in the file.",
    "what to change, and where": "Add the vault to the file.",
    "the tool and its versions, or where the text can be read": "frob 2.1",
    "why one could take this for the failure": "a help text",
    "lines that look like it and are harmless": "frob fails with no vault named",
}


@pytest.fixture(autouse=True)
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "signatures").mkdir()
    (tmp_path / "red.log").write_text(LOG)
    return tmp_path


def test_a_line_of_a_log_becomes_a_file_to_fill_in(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "frob/vault-missing", "--from", "red.log:5"]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("wrote signatures/frob/vault-missing.toml\n")
    assert "fill in its 8 places" in said.out
    assert said.out.endswith("then: whyred check frob/vault-missing\n")
    text = (checkout / "signatures" / "frob" / "vault-missing.toml").read_text("utf-8")
    assert "pattern = '''^frob: error: no vault named '(?P<vault>[^'\\n]+)''''\n" in text
    assert 'captures = { vault = "ci" }' in text
    assert "reading /home/runner/frob.ini with token=***\nfrob: error: no vault named 'ci'\n\n##[error]" in text
    assert "2026-01-02" not in text


def test_check_refuses_the_draft_and_takes_it_when_it_is_filled_in(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["new", "frob/vault-missing", "--from", "red.log:5"])
    capsys.readouterr()
    assert main(["check"]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "1 signature checked: 8 to mend"
    path = checkout / "signatures" / "frob" / "vault-missing.toml"
    text = path.read_text("utf-8")
    for place, filling in FILLED.items():
        assert f"<<fill in {place}>>" in text
        text = text.replace(f"<<fill in {place}>>", filling)
    path.write_text(text)
    assert main(["check", "frob/vault-missing"]) == 0


def test_says_what_is_known_already(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (checkout / "red.log").write_text("E   ModuleNotFoundError: No module named 'shop.x'\n")
    main(["new", "frob/x", "--from", "red.log:1"])
    assert "today python/module-not-found explains these lines" in capsys.readouterr().out


def test_the_category_is_taken_from_an_area_whose_signatures_agree(checkout: Path) -> None:
    main(["new", "coverage/vault-missing", "--from", "red.log:5"])
    assert 'category = "coverage"\n' in (checkout / "signatures" / "coverage" / "vault-missing.toml").read_text("utf-8")


def test_a_folder_can_be_told(checkout: Path) -> None:
    (checkout / "elsewhere").mkdir()
    assert main(["new", "frob/x", "--from", "red.log:5", "--folder", "elsewhere"]) == 0
    assert (checkout / "elsewhere" / "frob" / "x.toml").is_file()


def test_an_existing_file_is_never_overwritten(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = checkout / "signatures" / "frob" / "x.toml"
    path.parent.mkdir()
    path.write_text("mine")
    assert main(["new", "frob/x", "--from", "red.log:5"]) == 2
    assert path.read_text() == "mine"
    assert "frob/x exists already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("identifier", "spot", "reason"),
    [
        ("frob", "red.log:5", "an id is AREA/NAME"),
        ("frob/Vault", "red.log:5", "an id is AREA/NAME"),
        ("../frob/x", "red.log:5", "an id is AREA/NAME"),
        ("coverage/below-threshold", "red.log:5", "exists already"),
        ("frob/x", "red.log", "--from takes LOG:LINE"),
        ("frob/x", "red.log:0", "--from takes LOG:LINE"),
        ("frob/x", "red.log:x", "--from takes LOG:LINE"),
        ("frob/x", "red.log:99", "has no line 99, only 7"),
        ("frob/x", "red.log:6", "that line is blank"),
        ("frob/x", "absent.log:1", "no such file or folder"),
        ("frob/x", "short.log:1", "too little that could be looked for"),
        ("frob/x", "long.log:1", "that line has 2000 characters"),
        ("frob/x", "logs:1", "holds 2 logs; name one of them"),
    ],
)
def test_bad_input_is_one_clear_line_and_status_2_and_nothing_is_written(
    identifier: str, spot: str, reason: str, checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (checkout / "short.log").write_text("a 1\n")
    (checkout / "long.log").write_text("a long line" + "x" * 1989 + "\n")
    (checkout / "logs").mkdir()
    for name in ("1_a.txt", "2_b.txt"):
        (checkout / "logs" / name).write_text(LOG)
    assert main(["new", identifier, "--from", spot]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert reason in said.err
    assert said.err.count("\n") == 1
    assert list((checkout / "signatures").rglob("*.toml")) == []


def test_a_folder_that_is_not_there_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "frob/x", "--from", "red.log:5", "--folder", "absent"]) == 2
    assert "absent: no such folder; name the one with the signatures" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_bad_input(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (checkout / "signatures" / "frob").write_text("a file in the way")
    assert main(["new", "frob/x", "--from", "red.log:5"]) == 2
    assert "signatures/frob" in capsys.readouterr().err
