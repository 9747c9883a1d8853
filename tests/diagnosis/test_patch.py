"""Patches that git takes, whatever the file's line ends and names are."""

from __future__ import annotations

from pathlib import Path

import pytest

from diagnosis.patch import created, inserted, replaced
from diagnosis.report import FilePatch, Fix
from tests.tree import apply, checkout, texts

TEXTS = [
    "one\ntwo\nthree\n",
    "one\ntwo\nthree",
    "one\r\ntwo\r\nthree\r\n",
    "one\r\ntwo\r\nthree",
    "one\n\x0ctwo\nthree\n",
]
PATHS = ["a.txt", 'with blank/ä "quoted".txt', "tab\there.txt"]


def changed(folder: Path, path: str, text: str, patch: FilePatch) -> str:
    checkout(folder, {path: text.encode()})
    apply(folder, Fix(says="", files=(patch,)))
    return texts(folder, [path])[0]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("path", PATHS)
def test_a_line_is_replaced_and_all_other_bytes_stay(tmp_path: Path, path: str, text: str) -> None:
    assert changed(tmp_path, path, text, replaced(path, text, {1: ["uno", "due"]})) == text.replace(
        "one", "uno\r\ndue" if "\r\n" in text else "uno\ndue"
    )


@pytest.mark.parametrize("text", TEXTS)
def test_a_last_line_is_replaced(tmp_path: Path, text: str) -> None:
    assert changed(tmp_path, "a.txt", text, replaced("a.txt", text, {3: ["tre"]})) == text.replace("three", "tre")


@pytest.mark.parametrize("text", TEXTS)
def test_a_line_is_taken_out(tmp_path: Path, text: str) -> None:
    lines = text.splitlines(keepends=True) if "\x0c" not in text else ["one\n", "\x0ctwo\n", "three\n"]
    assert changed(tmp_path, "a.txt", text, replaced("a.txt", text, {1: []})) == "".join(lines[1:])


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("after", [0, 1, 3])
def test_lines_are_inserted(tmp_path: Path, after: int, text: str) -> None:
    end = "\r\n" if "\r\n" in text else "\n"
    lines = [line.rstrip("\r") for line in text.removesuffix("\n").split("\n")]
    new = changed(tmp_path, "a.txt", text, inserted("a.txt", text, after, ["new"]))
    assert new.replace("\r", "").removesuffix("\n").split("\n") == [*lines[:after], "new", *lines[after:]]
    assert f"new{end}" in new


def test_a_file_is_created(tmp_path: Path) -> None:
    checkout(tmp_path, {"a.txt": "x\n"})
    apply(tmp_path, Fix(says="", files=(created("new/b.txt", "y\n"),)))
    assert texts(tmp_path, ["new/b.txt"]) == ["y\n"]
