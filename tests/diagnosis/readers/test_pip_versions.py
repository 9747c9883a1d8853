"""Which version there is instead of the one that pip was asked for."""

from __future__ import annotations

import pytest

from diagnosis.readers import READERS
from diagnosis.report import Value

NOT_FOUND = "ERROR: Could not find a version that satisfies the requirement {0} (from versions: {1})"
LEFT_OUT = "ERROR: Ignored the following versions that require a different python version: {0}"


@pytest.mark.parametrize(
    ("requirement", "listed", "expected"),
    [
        pytest.param("shop==1.4", "1.2, 1.3, 1.5rc1, 2.0", {"nearest": "1.3"}, id="the next older one"),
        pytest.param("shop>=9", "1.9, 1.10", {"nearest": "1.10"}, id="numbers are no text"),
        pytest.param("shop<1", "1.2, 1.3", {"nearest": "1.2"}, id="the oldest where all are newer"),
        pytest.param("shop==1.4", "1.5rc1, 1.6b2", {}, id="no unfinished ones"),
        pytest.param("shop==1.4", "none", {}, id="there is none"),
        pytest.param("shop", "1.2", {}, id="no version was asked for"),
    ],
)
def test_the_nearest_version(requirement: str, listed: str, expected: dict[str, Value]) -> None:
    lines = ["Collecting shop", NOT_FOUND.format(requirement, listed)]
    assert READERS["pip_versions"](lines, {"requirement": requirement}) == expected


def test_the_python_that_the_version_asked_for_wants() -> None:
    lines = [
        LEFT_OUT.format("1.4 Requires-Python >=3.12; 1.5 Requires-Python >=3.13,!=3.13.1"),
        NOT_FOUND.format("shop==1.5 (from -r requirements.txt (line 1))", "1.2"),
    ]
    told = READERS["pip_versions"](lines, {"requirement": "shop==1.5"})
    assert told == {"python": ">=3.13,!=3.13.1", "nearest": "1.2"}


def test_silent_about_what_was_left_out_of_another_package() -> None:
    lines = [
        LEFT_OUT.format("1.4 Requires-Python >=3.12"),
        NOT_FOUND.format("tax==1.4", "1.2"),
        NOT_FOUND.format("shop==1.4", "1.3"),
    ]
    assert READERS["pip_versions"](lines, {"requirement": "shop==1.4"}) == {"nearest": "1.3"}
