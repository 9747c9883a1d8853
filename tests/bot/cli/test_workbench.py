"""Files of signatures are judged once for each text that they hold, and then remembered."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli.workbench import KEPT, File, below, identifier, read
from tests.bot.cli.test_check import GOOD


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "signatures" / "frob").mkdir(parents=True)
    (tmp_path / "signatures" / "frob" / "profile-missing.toml").write_text(GOOD)
    return tmp_path / "signatures"


def files(root: Path) -> list[File]:
    return read([(path, root) for path in below(root)], root.parent / "cache")


def test_what_is_remembered_is_what_was_read(root: Path) -> None:
    first, second = files(root), files(root)
    assert first == second
    assert first[0].signature is not None
    assert second[0].signature is not None
    assert first[0].signature.expression == second[0].signature.expression
    assert second[0].signature.should_match[0].captures == {"profile": "ci"}


def test_another_text_is_read_anew_and_so_is_the_same_text_under_another_name(root: Path) -> None:
    files(root)
    path = root / "frob" / "profile-missing.toml"
    path.write_text(GOOD.replace("has no profile", "lacks the profile"))
    (root / "frob" / "other.toml").write_text(GOOD)
    other, changed = (file.signature for file in files(root))
    assert other and other.id == "frob/other"
    assert changed and changed.title == "Frobnicator lacks the profile `{profile}`"


def test_what_can_not_be_used_is_never_remembered(root: Path) -> None:
    (root / "frob" / "draft.toml").write_text(GOOD.replace('why = "w"', 'why = "<<fill in: how>>"'))
    (root / "frob" / "flawed.toml").write_text(GOOD.replace('fix = "f"', 'fix = "{wall}"'))
    for _ in range(2):
        assert [(file.id, bool(file.problems)) for file in files(root)] == [
            ("frob/draft", True),
            ("frob/flawed", True),
            ("frob/profile-missing", False),
        ]


@pytest.mark.parametrize("length", [0, 20, 70, 90, 200])
def test_a_memory_that_was_cut_costs_only_time(root: Path, length: int) -> None:
    first = files(root)
    kept = root.parent / "cache" / KEPT
    kept.write_bytes(kept.read_bytes()[:length])
    assert files(root) == first


def test_a_file_is_named_from_its_root_wherever_it_lies(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root.parent)
    path = Path("signatures", "frob", "profile-missing.toml")
    for told in (path, path.absolute(), Path("signatures", "frob", "..", "frob", "profile-missing.toml")):
        assert identifier(told, Path("signatures")) == "frob/profile-missing"
    assert identifier(Path("elsewhere", "x.toml"), Path("signatures")) == "elsewhere/x"
