"""The files of a checkout: what git tracks, or what is there; and what cannot be told."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import UserError
from bot.local.view import LocalView
from diagnosis.repo import Unknown
from tests.tree import checkout


def test_a_checkout_holds_what_is_tracked(tmp_path: Path) -> None:
    checkout(tmp_path, {"shop/a b.py": "x = 1\n", "ä.txt": "y\n"})
    (tmp_path / "untracked.py").write_text("z")
    view = LocalView(tmp_path)
    assert view.paths() == ("shop/a b.py", "ä.txt")
    assert view.read("shop/a b.py") == b"x = 1\n"
    assert view.read("untracked.py") is None


def test_a_folder_without_git_holds_all_its_files(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/a.py").write_text("x")
    assert LocalView(tmp_path).paths() == ("shop/a.py",)


def test_what_cannot_be_told_is_a_value(tmp_path: Path) -> None:
    folder = tmp_path / "repo"
    folder.mkdir()
    (tmp_path / "outside").write_text("secret")
    (folder / "link").symlink_to(tmp_path / "outside")
    (folder / "large").write_bytes(b"x" * (1 << 21))
    (folder / "binary").write_bytes(b"a\0b")
    view = LocalView(folder)
    assert [view.read(name) for name in ("link", "large", "binary", "../outside", "absent")] == [
        Unknown("a link out of the repository"),
        Unknown("too big"),
        Unknown("binary"),
        None,
        None,
    ]


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is no folder"):
        LocalView(tmp_path / "absent")
