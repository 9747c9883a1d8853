"""What was kept of the catalogue is taken only while no file of it, and none of the code that read it, changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.known import installed, stamp


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "broken.toml").write_text("title = 1")
    (tmp_path / "prefilter.py").write_text("pass")
    return tmp_path


def test_the_same_as_long_as_nothing_changes(folder: Path) -> None:
    before = stamp(folder)
    (folder / "notes.txt").write_text("nothing that counts")
    assert stamp(folder) == before


@pytest.mark.parametrize("name", ["shop/broken.toml", "shop/other.toml", "prefilter.py"])
def test_another_when_a_file_changes_or_comes(folder: Path, name: str) -> None:
    before = stamp(folder)
    (folder / name).write_text("something longer than before")
    assert stamp(folder) != before


def test_another_when_a_file_goes(folder: Path) -> None:
    before = stamp(folder)
    (folder / "shop" / "broken.toml").unlink()
    assert stamp(folder) != before


def test_what_was_installed_is_known_by_the_installers_record(tmp_path: Path) -> None:
    (tmp_path / "whyred.py").touch()
    assert installed(tmp_path) is None
    record = tmp_path / "whyred-1.0.dist-info" / "RECORD"
    record.parent.mkdir()
    assert installed(tmp_path) is None
    seen = set()
    for line in ("diagnosis/scan.py,sha256=a,1", "diagnosis/scan.py,sha256=b,1"):
        record.write_text(line)
        seen.add(installed(tmp_path))
    assert len(seen - {None}) == 2
