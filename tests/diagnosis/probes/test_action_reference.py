"""An action that cannot be found or is switched off: its lines and what to write there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from diagnosis.probes import Answer
from diagnosis.repo import Unknown
from tests.tree import CI, Files, Tree, apply, ask, checkout

OFF = "github/artifact-version-deprecated"


def flow(*uses: str) -> str:
    steps = "".join(f"      - uses: {use}\n" for use in uses)
    return f"on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n{steps}"


def answer(files: Files | Tree, action: str, **told: Any) -> Answer | None:
    return ask("action_reference", files, {"action": action}, job="build", **told)


@pytest.mark.parametrize(
    ("uses", "action", "after"),
    [
        (["actions/checkout@v99 # the newest"], "actions/checkout@v99", ["actions/checkout@v5 # the newest"]),
        (
            ["actions/checkout@4", "'actions/checkout@4'"],
            "actions/checkout@4",
            ["actions/checkout@v4", "'actions/checkout@v4'"],
        ),
        (["action/checkout@v4"], "action/checkout", ["actions/checkout@v4"]),
        (["actions/setup-pyton@v5"], "actions/setup-pyton@v5", ["actions/setup-python@v5"]),
        (["actions/cache/restore@v44"], "actions/cache@v44", ["actions/cache/restore@v4"]),
    ],
)
def test_the_lines_and_what_to_write_there(uses: list[str], action: str, after: list[str], tmp_path: Path) -> None:
    files = {CI: flow(*uses)}
    told = answer(files, action)
    assert told
    assert told.places[0].line == 6
    checkout(tmp_path, files)
    apply(tmp_path, told.fixes[0])
    assert (tmp_path / CI).read_text() == flow(*after)


def test_both_halves_of_a_pair_that_is_switched_off_and_in_own_actions_too(tmp_path: Path) -> None:
    own = ".github/actions/keep/action.yaml"
    files = {
        CI: flow("actions/upload-artifact@v3", "actions/download-artifact@v3.0.2", "actions/checkout@v3"),
        own: "runs:\n  using: composite\n  steps:\n    - uses: actions/upload-artifact@v2\n",
    }
    told = answer(files, "actions/upload-artifact: v3", signature=OFF)
    assert told
    checkout(tmp_path, files)
    apply(tmp_path, told.fixes[0])
    kept = flow("actions/upload-artifact@v4", "actions/download-artifact@v4", "actions/checkout@v3")
    assert (tmp_path / CI).read_text() == kept
    assert "upload-artifact@v4" in (tmp_path / own).read_text()
    assert "merge-multiple" in told.fixes[0].consequence


def test_words_where_only_the_actions_page_knows() -> None:
    told = answer({CI: flow("octo/deploy@v9")}, "octo/deploy@v9")
    assert told
    assert "line 6" in told.why
    assert not told.fixes[0].files


@pytest.mark.parametrize(
    ("files", "action"),
    [
        pytest.param({CI: flow("actions/checkout@v4")}, "actions/checkout@v99", id="another version"),
        pytest.param({CI: flow("actions/cache@v4")}, "actions/checkout@v99", id="another action"),
        pytest.param({CI: flow("./actions/checkout")}, "actions/checkout@v99", id="an action of the repository"),
        pytest.param({CI: flow("octo/checkout@v99")}, "actions/checkout@v99", id="another owner"),
        pytest.param({CI: flow("actions/checkout@v99")}, "", id="none is named"),
        pytest.param(
            {CI: "# - uses: actions/checkout@v99\non: push\njobs: {}\n"}, "actions/checkout@v99", id="a comment"
        ),
        pytest.param({CI: Unknown("forbidden")}, "actions/checkout@v99", id="the file cannot be read"),
        pytest.param(Tree({}, paths=Unknown("truncated")), "actions/checkout@v99", id="the tree cannot be told"),
    ],
)
def test_silent_where_no_line_asks_for_it(files: Files | Tree, action: str) -> None:
    assert answer(files, action) is None
