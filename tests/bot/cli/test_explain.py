"""`whyred explain` as a user meets it: what is printed where, and with which exit status."""

from __future__ import annotations

import io
import json
import os
import random
import shlex
import subprocess
import sys
import zipfile
from pathlib import Path

import jsonschema_rs
import pytest

from bot.cli.main import main

ROOT = Path(__file__).parents[3]
SCENES = ROOT / "sandbox" / "scenes"
COVERAGE = SCENES / "coverage.log"
SCHEMA = jsonschema_rs.validator_for(json.loads((ROOT / "docs" / "report.schema.json").read_text("utf-8")))
RUN = "##[group]Run ./frob\n##[endgroup]\n"
UNKNOWN = f"{RUN}frob: cannot open the vault\n##[error]Process completed with exit code 3.\n"
PASSING = f"{RUN}opened the vault\nCleaning up orphan processes\n"


@pytest.fixture(autouse=True)
def _without_github(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_TOKEN", "GH_TOKEN", "GITHUB_URL", "GHE_HOST"):
        monkeypatch.delenv(name, raising=False)


def reports(text: str) -> list[dict[str, object]]:
    """The reports of `--format json`, each as docs/report.schema.json describes it."""
    found = [json.loads(line) for line in text.splitlines()]
    for report in found:
        assert [error.message for error in SCHEMA.iter_errors(report)] == []
    return found


def first_signature(text: str) -> object:
    findings = reports(text)[0]["findings"]
    assert isinstance(findings, list)
    return findings[0]["signature"]


def test_a_known_failure_is_explained_and_the_status_is_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(COVERAGE)]) == 0
    said = capsys.readouterr()
    assert "Coverage gate missed" in said.out
    assert "coverage.log:37" in said.out
    assert "  37 │ FAIL Required test coverage" in said.out
    assert "\x1b" not in said.out
    assert said.err == ""


def test_an_unknown_failure_shows_the_most_telling_line_and_the_status_is_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "frob.log"
    log.write_text(UNKNOWN)
    assert main(["explain", str(log)]) == 1
    assert "cannot open the vault" in capsys.readouterr().out


def test_silent_about_a_run_that_passed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "frob.log"
    log.write_text(PASSING)
    assert main(["explain", str(log)]) == 1
    assert capsys.readouterr().out == "No failure found.\n"


def test_json_is_one_report_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "frob.log"
    log.write_text(UNKNOWN)
    assert main(["explain", "--format", "json", str(COVERAGE), str(log)]) == 0
    outcomes = [report["outcome"] for report in reports(capsys.readouterr().out)]
    assert outcomes == ["diagnosed", "unrecognised"]


@pytest.mark.parametrize("scene", ["coverage", "module", "database"])
@pytest.mark.parametrize("form", ["text", "markdown"])
def test_every_form_names_the_cause(scene: str, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["explain", "--format", "json", str(SCENES / f"{scene}.log")])
    signature = first_signature(capsys.readouterr().out)
    assert main(["explain", "--format", form, str(SCENES / f"{scene}.log")]) == 0
    assert str(signature) in capsys.readouterr().out


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with COVERAGE.open() as log:
        monkeypatch.setattr(sys, "stdin", log)
        assert main(["explain", "--format", "json", "-"]) == 0
    assert first_signature(capsys.readouterr().out) == "coverage/below-threshold"


def github_zip(path: Path) -> None:
    """Logs as GitHub hands them out: whole jobs at the root, steps and the runner's own in folders."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0_lint.txt", PASSING)
        archive.writestr("1_test (3.12).txt", COVERAGE.read_text("utf-8"))
        archive.writestr("test (3.12)/2_Run pytest.txt", COVERAGE.read_text("utf-8"))
        archive.writestr("test (3.12)/system.txt", "Error: not for us\n")


def test_a_zip_of_logs_is_one_report_that_names_the_job(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    github_zip(tmp_path / "logs.zip")
    assert main(["explain", "--format", "json", str(tmp_path / "logs.zip")]) == 0
    (report,) = reports(capsys.readouterr().out)
    findings = report["findings"]
    assert isinstance(findings, list)
    assert [(item["log"], item["job"]) for item in findings] == [("1_test (3.12).txt", "test (3.12)")]


def test_a_job_whose_log_tells_nothing_is_not_passed_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "1_test.txt").write_text("E   ModuleNotFoundError: No module named 'yaml'\n")
    (tmp_path / "2_build.txt").write_text("frob: the vault is sealed\n##[error]Process completed with exit code 1.\n")
    assert main(["explain", str(tmp_path)]) == 0
    assert "line 1: build failed too; no known cause was recognised" in capsys.readouterr().out


def test_a_folder_of_step_logs_is_read_where_whole_ones_are_absent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "test").mkdir()
    (tmp_path / "test" / "2_Run pytest.txt").write_bytes(COVERAGE.read_bytes())
    (tmp_path / "test" / "system.txt").write_text("Error: not for us\n")
    assert main(["explain", "--format", "json", str(tmp_path)]) == 0
    (report,) = reports(capsys.readouterr().out)
    findings = report["findings"]
    assert isinstance(findings, list)
    assert (findings[0]["log"], findings[0]["job"]) == ("test/2_Run pytest.txt", "test")


def test_a_utf16_log_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "ps.log").write_text(COVERAGE.read_text("utf-8"), encoding="utf-16")
    assert main(["explain", "--format", "json", str(tmp_path / "ps.log")]) == 0
    assert first_signature(capsys.readouterr().out) == "coverage/below-threshold"


def test_a_workflow_file_that_is_no_yaml_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    file = SCENES / "workflow" / ".github" / "workflows" / "ci.yml"
    assert main(["explain", str(file)]) == 0
    said = capsys.readouterr().out
    assert "8 │" not in said
    assert "sqlite+aiosqlite:///:memory:" in said
    assert "^" in said
    assert '+      DATABASE_URL: "sqlite+aiosqlite:///:memory:"' in said


def test_what_is_new_against_a_passing_log_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "red.log").write_text(UNKNOWN.replace("frob:", "error: retry 1\nrune of doom\nerror: retry 2\nfrob:"))
    (tmp_path / "green.log").write_text(PASSING + "error: retry 7\nfrob: cannot open the vault\n")
    assert main(["explain", "--passing", str(tmp_path / "green.log"), str(tmp_path / "red.log")]) == 1
    assert "rune of doom" in capsys.readouterr().out


def bad_zip(folder: Path) -> Path:
    github_zip(folder / "x.zip")
    data = (folder / "x.zip").read_bytes()
    broken = folder / "broken.zip"
    broken.write_bytes(data[: len(data) // 2])
    return broken


def damaged_zip(folder: Path) -> Path:
    github_zip(folder / "damaged.zip")
    data = bytearray((folder / "damaged.zip").read_bytes())
    data[300:400] = bytes(100)
    (folder / "damaged.zip").write_bytes(data)
    return folder / "damaged.zip"


def empty_folder(folder: Path) -> Path:
    (folder / "readme.md").write_text("no log")
    return folder


def empty_log(folder: Path) -> Path:
    (folder / "empty.log").touch()
    return folder / "empty.log"


def noise(folder: Path) -> Path:
    (folder / "noise.log").write_bytes(random.Random(7).randbytes(200_000))
    return folder / "noise.log"


def unreadable_workflow(folder: Path) -> Path:
    if sys.platform != "linux":
        pytest.skip("needs a file whose reading fails for everybody")
    (folder / "ci.yml").symlink_to("/proc/self/mem")
    return folder / "ci.yml"


def binary_workflow(folder: Path) -> Path:
    (folder / "ci.yml").write_bytes(b"\xff\xfe\x00\x01bin")
    return folder / "ci.yml"


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        (lambda folder: folder / "absent.log", "no such file or folder"),
        (empty_folder, "holds no logs"),
        (empty_log, "empty.log: is empty"),
        (noise, "noise.log: is not text"),
        (unreadable_workflow, "ci.yml: Input/output error"),
        (binary_workflow, "ci.yml: is not text"),
        (bad_zip, "is no zip, or a broken one"),
        (damaged_zip, "a broken or encrypted zip"),
        (lambda _: "", "an empty name is no file"),
        (lambda _: "https://github.com/octo/shop", "is no URL of a run or a job"),
        (lambda _: "https://github.com/octo/shop/actions/runs/1", "set GITHUB_TOKEN or GH_TOKEN"),
        (lambda _: "https://evil.example/octo/shop/actions/runs/1", "is not known to be GitHub"),
        (lambda _: "http://github.com/octo/shop/actions/runs/1", "is not known to be GitHub"),
    ],
)
def test_bad_input_is_one_clear_line_and_status_2(
    target: object, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert callable(target)
    assert main(["explain", str(target(tmp_path))]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert reason in said.err
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    "damage",
    [b"\0" * 400_000, b"\xe9\xe8\xff\n" * 40, b"\x89PNG\r\n\x1a\n\0\0\x01\x02\x03\n", "тест\n".encode("cp1251")],
)
def test_a_log_with_some_bytes_that_are_no_text_stays_a_log(
    damage: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "frob.log").write_bytes(damage + COVERAGE.read_bytes())
    assert main(["explain", "--format", "json", str(tmp_path / "frob.log")]) == 0
    assert first_signature(capsys.readouterr().out) == "coverage/below-threshold"


def test_an_empty_step_does_not_keep_the_others_from_being_explained(tmp_path: Path) -> None:
    empty_log(tmp_path)
    (tmp_path / "test.log").write_bytes(COVERAGE.read_bytes())
    assert main(["explain", str(tmp_path)]) == 0


def test_a_zip_can_not_name_files_outside_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("../../etc/./frob.log", UNKNOWN)
    assert main(["explain", "--format", "json", str(tmp_path / "x.zip")]) == 1
    (report,) = reports(capsys.readouterr().out)
    findings = report["findings"]
    assert isinstance(findings, list)
    assert findings[0]["log"] == "etc/frob.log"


def in_a_shell(words: str, **environ: str) -> subprocess.CompletedProcess[bytes]:
    """What the command does when it is typed."""
    command = f"{shlex.quote(sys.executable)} -m bot.cli.main {words}"
    return subprocess.run(
        ["bash", "-c", command], cwd=ROOT, env={**os.environ, **environ}, capture_output=True, check=False
    )


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "ascii"])
def test_no_encoding_of_the_terminal_stops_the_answer(encoding: str) -> None:
    ended = in_a_shell(f"explain {COVERAGE}", PYTHONIOENCODING=encoding)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert ended.stdout.startswith(b"x Coverage gate missed")
    assert b"  37 | FAIL Required test coverage" in ended.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(
            f"explain {COVERAGE} >/dev/full",
            "standard output: No space left on device",
            marks=pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full"),
        ),
        (f"explain {COVERAGE} >&-", "standard output is closed"),
        ("explain - <&-", "standard input is closed"),
        ("explain - </dev/null", "standard input: is empty"),
    ],
)
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_streams_that_can_not_be_used_are_one_line_and_status_2(words: str, says: str, unbuffered: str) -> None:
    ended = in_a_shell(words, PYTHONUNBUFFERED=unbuffered)
    assert (ended.returncode, ended.stderr.decode()) == (2, f"whyred: {says}\n")


def test_silent_when_its_reader_has_seen_enough_or_standard_error_is_closed() -> None:
    ended = in_a_shell(f"explain {COVERAGE} | true; echo ${{PIPESTATUS[0]}}")
    assert (ended.stdout, ended.stderr) == (b"0\n", b"")
    assert in_a_shell("explain absent.log 2>&-").returncode == 2


def test_bad_input_does_not_keep_the_others_from_being_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "absent.log", str(COVERAGE)]) == 2
    said = capsys.readouterr()
    assert "Coverage gate missed" in said.out
    assert "absent.log" in said.err


def test_control_characters_of_a_log_never_reach_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile = "E   ModuleNotFoundError: No module named 'shop.x'\x1b]0;owned\x07\x1b[2J\u202e\n"
    (tmp_path / "h.log").write_text(UNKNOWN.replace("frob: cannot open the vault\n", hostile))
    main(["explain", str(tmp_path / "h.log")])
    said = capsys.readouterr().out
    assert "shop.x" in said
    assert not {"\x1b", "\x07", "\u202e"} & set(said)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_colour_is_for_terminals_and_no_color_is_heard(
    no_color: str, coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setenv("TERM", "xterm")
    main(["explain", str(COVERAGE)])
    assert ("\x1b[" in screen.getvalue()) is coloured
