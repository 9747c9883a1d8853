"""A module that a .gitignore keeps out of the commit: which pattern, and the narrower ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from diagnosis.probes import Answer
from diagnosis.repo import Unknown
from tests.tree import Files, Tree, apply, ask, checkout, git

FILES: Files = {
    "backend/.gitignore": "# local\n.env\n*secret*\n*SECRET*\n",
    "backend/src/shop/__init__.py": "",
    "backend/src/shop/config.py": "from shop.utils.secrets_manager import load\n",
    "backend/src/shop/utils/__init__.py": "",
}
HIDDEN = "backend/src/shop/utils/secrets_manager.py"


def answer(files: Files | Tree = FILES, module: str = "shop.utils.secrets_manager") -> Answer | None:
    return ask("gitignored_module", files, {"module": module})


def test_the_pattern_and_its_line_are_named() -> None:
    told = answer()
    assert told
    assert told.facts == {"expected": HIDDEN, "ignored_by": "backend/.gitignore:3", "pattern": "*secret*"}
    assert "`backend/.gitignore` line 3 (`*secret*`)" in told.why
    assert told.fixes[0].commands == (f"git add {HIDDEN}",)
    assert told.fixes[1].commands == (f"git add -f {HIDDEN}",)


def test_with_the_patch_git_takes_the_file_and_still_ignores_secrets(tmp_path: Path) -> None:
    told = answer()
    assert told
    checkout(tmp_path, FILES)
    apply(tmp_path, told.fixes[0])
    for name in (HIDDEN, "backend/prod.secret", "backend/secrets.txt"):
        (tmp_path / name).write_text("x = 1\n")
    git(tmp_path, "add", "--all")
    assert git(tmp_path, "diff", "--cached", "--name-only").split() == ["backend/.gitignore", HIDDEN]


@pytest.mark.parametrize(
    ("files", "where"),
    [
        pytest.param({".gitignore": "build/\n", "shop/__init__.py": ""}, ".gitignore:1", id="a folder at the root"),
        pytest.param({"shop/.gitignore": "/build\n", "shop/__init__.py": ""}, "shop/.gitignore:1", id="anchored"),
        pytest.param(
            {".gitignore": "!build\n", "shop/.gitignore": "#\nbuild\n", "shop/__init__.py": ""},
            "shop/.gitignore:2",
            id="the deeper file decides",
        ),
    ],
)
def test_patterns_are_read_as_git_reads_them(files: Files, where: str) -> None:
    told = answer(files, "shop.build.wheel")
    assert told
    assert told.facts["ignored_by"] == where
    assert [fix.commands for fix in told.fixes] == [("git add -f shop/build/wheel.py",)]


@pytest.mark.parametrize(
    ("files", "module"),
    [
        pytest.param({**FILES, HIDDEN: ""}, "shop.utils.secrets_manager", id="the file is committed"),
        pytest.param(
            {**FILES, "backend/.gitignore": "*.secret\n"}, "shop.utils.secrets_manager", id="no pattern takes it"
        ),
        pytest.param(
            {**FILES, "backend/.gitignore": "*secret*\n!secrets_manager.py\n"},
            "shop.utils.secrets_manager",
            id="a later pattern takes it back",
        ),
        pytest.param(FILES, "boto3.secrets", id="a package of others"),
        pytest.param(FILES, "secrets_manager", id="no package is named"),
        pytest.param(
            {**FILES, "frontend/.gitignore": "*secret*\n", "backend/.gitignore": ""},
            "shop.utils.secrets_manager",
            id="the pattern stands in another folder",
        ),
        pytest.param(
            Tree(FILES, paths=Unknown("truncated")), "shop.utils.secrets_manager", id="the tree cannot be told"
        ),
        pytest.param(
            {**FILES, "backend/.gitignore": Unknown("forbidden")},
            "shop.utils.secrets_manager",
            id="the ignore file cannot be read",
        ),
    ],
)
def test_silent_where_nothing_is_ignored_or_known(files: Files | Tree, module: str) -> None:
    assert answer(files, module) is None
