"""What the job's token lacks, told from the step, and the lines that give it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from diagnosis.probes import Answer
from diagnosis.repo import Unknown
from diagnosis.workflow_yaml import parse
from tests.tree import CI, Files, Tree, apply, ask, checkout

COMMENT = "gh pr comment 7 --body done"


def flow(step: str, permissions: str = "", job: str = "", on: str = "push") -> str:
    return (
        f"on: {on}\n{permissions}jobs:\n  tell:\n    runs-on: ubuntu-latest\n{job}    steps:\n"
        f"      - uses: actions/checkout@v4\n      - name: Tell\n{step}"
    )


def run(command: str) -> str:
    return f"        run: {command}\n"


def answer(files: Files | Tree, **told: Any) -> Answer | None:
    return ask("token_permission", files, {}, job="tell", step="Tell", **told)


@pytest.mark.parametrize(
    ("text", "missing", "after"),
    [
        pytest.param(
            flow(run(COMMENT), "permissions:\n  contents: read # to check out\n"),
            ["pull-requests: write"],
            {"contents": "read", "pull-requests": "write"},
            id="into the workflow's block",
        ),
        pytest.param(
            flow(run("git push"), "permissions: read-all\n", "    permissions:\n      contents: read\n"),
            ["contents: write"],
            {"contents": "write"},
            id="a level of the job's block",
        ),
        pytest.param(
            flow(run(COMMENT), "permissions: {contents: read}\n"),
            ["pull-requests: write"],
            {"contents": "read", "pull-requests": "write"},
            id="a block of one line",
        ),
        pytest.param(
            flow(run(COMMENT), "permissions: {}\n"),
            ["pull-requests: write"],
            {"pull-requests": "write"},
            id="an empty block",
        ),
        pytest.param(
            flow(run("gh release create v1")),
            ["contents: write"],
            {"contents": "write"},
            id="no block at all",
        ),
        pytest.param(
            flow("        uses: github/codeql-action/upload-sarif@v3\n"),
            ["security-events: write"],
            {"contents": "read", "security-events": "write"},
            id="results of code scanning",
        ),
        pytest.param(
            flow("        uses: actions/deploy-pages@v4\n", "", "    permissions:\n      pages: 'read'\n"),
            ["pages: write", "id-token: write"],
            {"pages": "write", "id-token": "write"},
            id="two at once",
        ),
        pytest.param(
            flow(
                (
                    "        uses: actions/github-script@v7\n        with:\n          "
                    "script: await github.rest.issues.addLabels({})\n"
                ),
                "permissions: {contents: read}\n",
                on="pull_request",
            ),
            ["pull-requests: write"],
            {"contents": "read", "pull-requests": "write"},
            id="a script, on a pull request",
        ),
    ],
)
def test_the_lines_that_are_missing(text: str, missing: list[str], after: dict[str, str], tmp_path: Path) -> None:
    told = answer({CI: text})
    assert told
    assert told.facts["missing"] == missing
    checkout(tmp_path, {CI: text})
    apply(tmp_path, told.fixes[0])
    mended = (tmp_path / CI).read_text()
    model = parse(CI, mended)
    assert model
    block = model.jobs[0].permissions or model.permissions
    assert {name: value.text for name, value in (block or {}).items()} == after
    assert answer({CI: mended}) is None


def test_an_identity_token_and_what_forks_do_not_get() -> None:
    path = ".github/workflows/ci.yml"
    text = flow(run("./sign-in"), on="[pull_request, push]")
    told = answer({path: text}, signature="github/oidc-permission-missing")
    assert told
    assert told.facts["missing"] == ["id-token: write"]
    assert "from a fork" in told.fixes[0].consequence


def test_silent_where_somebody_else_was_refused() -> None:
    assert ask("token_permission", {CI: flow(run("git push"))}, {"user": "mona"}, job="tell", step="Tell") is None


def test_words_where_all_is_set_at_once() -> None:
    told = answer({CI: flow(run("git push"), "permissions: read-all\n")})
    assert told
    assert "`contents: read`" in told.why
    assert not told.fixes[0].files


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({CI: flow(run(COMMENT), "permissions: write-all\n")}, id="all is granted"),
        pytest.param({CI: flow(run(COMMENT), "permissions: {pull-requests: write}\n")}, id="it is granted"),
        pytest.param({CI: flow(run("gh api /x"))}, id="the command does not tell"),
        pytest.param({CI: flow("        uses: octo/unheard-of@v1\n")}, id="an action that is not known"),
        pytest.param(
            {CI: flow(run(COMMENT) + "        env: {GH_TOKEN: '${{ secrets.BOT }}'}\n")}, id="a token of its own"
        ),
        pytest.param({CI: flow(run(COMMENT), on="workflow_call")}, id="its caller may be what limits it"),
        pytest.param({CI: flow(run("'# git push'"))}, id="only a comment"),
        pytest.param({CI: "on: push\njobs: {}\n"}, id="the step is not found"),
        pytest.param({CI: Unknown("forbidden")}, id="the file cannot be read"),
    ],
)
def test_silent_where_nothing_is_known_to_be_missing(files: Files | Tree) -> None:
    assert answer(files) is None
