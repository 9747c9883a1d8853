"""What was kept of a catalogue says the same as the catalogue, as long as nothing changed."""

from __future__ import annotations

import marshal
from pathlib import Path

import pytest

from diagnosis import engine
from diagnosis.kept import FILE, load_kept

SIGNATURE = """
title = "Broken `{part}`"
category = "build"
kind = "cause"
pattern = \'\'\'shopbuild: broken part (?P<part>\\w+)\'\'\'
why = "w"
fix = "f"
source = "s"
beats = ["generic/*"]

[[should_match]]
captures = { part = "door" }
log = "shopbuild: broken part door"

[[should_not_match]]
because = "it is whole"
log = "shopbuild: part door"
"""
LOG = b"##[group]Run make\n##[endgroup]\nshopbuild: broken part door\n##[error]Process completed with exit code 1.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "signatures" / "shop").mkdir(parents=True)
    (tmp_path / "signatures" / "shop" / "broken.toml").write_text(SIGNATURE)
    return tmp_path / "signatures"


def test_what_was_kept_diagnoses_the_same(folder: Path, tmp_path: Path) -> None:
    first = load_kept(tmp_path / "cache", "1", folder)
    (folder / "shop" / "broken.toml").unlink()
    kept = load_kept(tmp_path / "cache", "1", folder)
    reports = [engine.diagnose([engine.JobLog("log", LOG)], known).findings for known in (first, kept)]
    assert reports[0] == reports[1] != ()
    assert [item.expression for item in kept.signatures] == [item.expression for item in first.signatures]


def test_another_stamp_reads_the_files_again(folder: Path, tmp_path: Path) -> None:
    load_kept(tmp_path / "cache", "1", folder)
    (folder / "shop" / "broken.toml").write_text(SIGNATURE.replace("Broken", "Shattered"))
    assert load_kept(tmp_path / "cache", "1", folder).signatures[0].title.startswith("Broken")
    assert load_kept(tmp_path / "cache", "2", folder).signatures[0].title.startswith("Shattered")


HEAD = f"1 {marshal.version}\n".encode()
TWO_OF_ONE = marshal.dumps(({"shop/broken": ()}, [b"x", b"y"], []))


@pytest.mark.parametrize(
    "content",
    [b"", HEAD, HEAD + b"(", HEAD + b"7", HEAD + marshal.dumps(7), HEAD + marshal.dumps((1, 2, 3)), HEAD + TWO_OF_ONE],
)
def test_a_broken_file_costs_only_time(folder: Path, tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    assert load_kept(tmp_path, "1", folder).get("shop/broken") is not None
    assert load_kept(tmp_path, "1", folder).get("shop/broken") is not None


def test_what_another_python_packed_is_not_read(folder: Path, tmp_path: Path) -> None:
    load_kept(tmp_path, "1", folder)
    kept = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(b"1 3\n" + kept.partition(b"\n")[2])
    (folder / "shop" / "broken.toml").write_text(SIGNATURE.replace("Broken", "Shattered"))
    assert load_kept(tmp_path, "1", folder).signatures[0].title.startswith("Shattered")
