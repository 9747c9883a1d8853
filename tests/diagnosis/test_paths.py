"""The checkout's folder is taken from paths, whatever the runner."""

from __future__ import annotations

import pytest

from diagnosis.engine import JobLog, diagnose
from diagnosis.paths import in_repository
from tests.whole import CATALOGUE


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("/home/runner/work/shop/shop/src/cart.py", "src/cart.py"),
        ("/Users/runner/work/shop/shop/App/Cart.swift", "App/Cart.swift"),
        ("/__w/shop/shop/src/cart.py:3", "src/cart.py:3"),
        ("/github/workspace/src/cart.py", "src/cart.py"),
        ("file:///home/runner/work/shop/shop/src/cart.js", "src/cart.js"),
        (r"D:\a\shop\shop\src\cart.cs(3,4)", r"src\cart.cs(3,4)"),
        ("D:/a/shop/shop/src/cart.cpp", "src/cart.cpp"),
        (
            "no such file: '/home/runner/work/shop/shop/a', nor /home/runner/work/shop/shop/b",
            "no such file: 'a', nor b",
        ),
        ("/home/runner/work/shop/other/src/cart.py", "/home/runner/work/shop/other/src/cart.py"),
        ("/home/runner/work/_temp/a.sh", "/home/runner/work/_temp/a.sh"),
        ("/home/dana/work/shop/shop/cart.py", "/home/dana/work/shop/shop/cart.py"),
        ("src/cart.py", "src/cart.py"),
    ],
)
def test_the_path_in_the_repository(told: str, expected: str) -> None:
    assert in_repository(told) == expected


def test_texts_and_places_show_the_path_in_the_repository_and_captures_what_was_printed() -> None:
    log = "##[group]Run black --check .\n##[endgroup]\nwould reformat /home/runner/work/shop/shop/src/cart.py\n"
    log += "\nOh no!\n1 file would be reformatted.\n##[error]Process completed with exit code 1.\n"
    best = diagnose([JobLog("a", log.encode())], CATALOGUE).findings[0]
    assert best.title == "Black would reformat `src/cart.py`"
    assert [place.path for place in best.places] == ["src/cart.py"]
    assert best.captures["path"] == "/home/runner/work/shop/shop/src/cart.py"
