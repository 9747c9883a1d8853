"""The reported cases on the command line: listed, shown, and made into a case under tests/logs/."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.cli.main import main
from bot.store.database import location
from bot.store.store import open_store
from bot.store.values import Complaint
from diagnosis import engine
from diagnosis.report import Excerpt
from tests.bot.store.test_store import CANARY, ON_PULL, PULL
from tests.whole import CATALOGUE

LOG = (
    "##[group]Run python -m shop",
    "##[endgroup]",
    f"TOKEN={CANARY} /home/dana/shop/main.py",
    "ModuleNotFoundError: No module named 'discounts'",
    "##[error]Process completed with exit code 1.",
)


@pytest.fixture
def reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two complaints in the history of the folder."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    store = open_store(location(None, tmp_path / "data"))
    case = replace(ON_PULL, report=replace(ON_PULL.report, excerpt=Excerpt((40, 44), LOG)))
    store.record(case, "commented", 1.0)
    for comment, words in ((1, "it is the disk"), (2, f"no, {CANARY} " + "it is the network " * 9)):
        assert store.report(Complaint(case.repository, PULL.number, comment, "mona", words)) == 1
    store.close()
    return tmp_path


def test_they_are_listed_newest_first(reported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feedback"]) == 0
    second, first, count = capsys.readouterr().out.splitlines()
    assert first.endswith("clinic/api#4  python/module-not-found  mona: it is the disk")
    assert second.endswith("…")
    assert count == "2 reported; `whyred feedback NUMBER` shows one"


def test_one_is_shown_whole(reported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feedback", "1"]) == 0
    said = capsys.readouterr().out
    for part in ("it is the disk", "Run 100, attempt 1, of CI at abababa", "Log, from line 40", "No module named"):
        assert part in said
    assert CANARY not in said


def test_one_becomes_a_case_that_the_engine_reads(reported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = reported / "logs"
    assert main(["feedback", "1", "--write", str(folder)]) == 0
    (path,) = folder.rglob("*.log")
    assert path.relative_to(folder).as_posix() == "python/reported-1.log"
    assert f"wrote {path}" in capsys.readouterr().out
    text = path.read_text("utf-8")
    assert CANARY not in text
    assert "/home/runner/shop/main.py" in text
    best = engine.diagnose([engine.JobLog(path.name, text.encode())], CATALOGUE).best
    assert best
    assert best.signature == "python/module-not-found"
    assert main(["feedback", "1", "--write", str(folder)]) == 2
    assert "File exists" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [(["99"], "no reported case 99"), (["--write", "x"], "name its number")],
)
def test_what_can_not_be_done_is_said(
    reported: Path, arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["feedback", *arguments]) == 2
    assert reason in capsys.readouterr().err


def test_an_empty_history_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    assert main(["feedback"]) == 0
    assert capsys.readouterr().out == "Nobody has reported a wrong diagnosis.\n"
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "absent"))
    assert main(["feedback"]) == 2
    monkeypatch.setenv("DATABASE_URL", "sqlite:////dev/null/nowhere")
    assert main(["feedback"]) == 2
    assert "the history does not answer" in capsys.readouterr().err
