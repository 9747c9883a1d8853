"""A workflow command that is switched off: the lines that print it, and what they become."""

from __future__ import annotations

from pathlib import Path

import pytest

from diagnosis.probes import Answer
from diagnosis.repo import Unknown
from diagnosis.workflow_yaml import parse
from tests.tree import CI, Files, apply, ask, checkout

HEAD = "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n"


def answer(files: Files, command: str = "set-env") -> Answer | None:
    return ask("disabled_command", files, {"command": command}, job="build", step="Set")


@pytest.mark.parametrize(
    ("command", "before", "after"),
    [
        (
            "set-env",
            '      - run: |\n          echo "::set-env name=TAG::v$(cat V)"\n          echo ::set-env name=B::1\n',
            '      - run: |\n          echo "TAG=v$(cat V)" >> "$GITHUB_ENV"\n          echo "B=1" >> "$GITHUB_ENV"\n',
        ),
        (
            "add-path",
            "      - run: echo '::add-path::/opt/bin'\n",
            "      - run: echo '/opt/bin' >> \"$GITHUB_PATH\"\n",
        ),
        (
            "set-output",
            "      - id: x\n        run: echo ::set-output name=sha::$(git rev-parse HEAD)\n",
            '      - id: x\n        run: echo "sha=$(git rev-parse HEAD)" >> "$GITHUB_OUTPUT"\n',
        ),
    ],
)
def test_the_lines_are_written_to_the_file_instead(command: str, before: str, after: str, tmp_path: Path) -> None:
    files = {CI: HEAD + before}
    told = answer(files, command)
    assert told
    checkout(tmp_path, files)
    apply(tmp_path, told.fixes[0])
    mended = (tmp_path / CI).read_text()
    assert mended == HEAD + after
    assert parse(CI, mended)
    assert answer({CI: mended}, command) is None


@pytest.mark.parametrize(
    ("files", "command"),
    [
        pytest.param({CI: HEAD + "      - run: echo ::set-env name=A::1\n"}, "add-path", id="another command"),
        pytest.param(
            {CI: HEAD + "      - run: echo ::set-env name=A::1\n"}, "stop-commands", id="one that has no file"
        ),
        pytest.param({CI: HEAD + "      - uses: octo/setup@v1\n"}, "set-env", id="an action prints it"),
        pytest.param({CI: HEAD + "      # echo ::set-env name=A::1\n      - run: x\n"}, "set-env", id="a comment"),
        pytest.param({CI: HEAD + "      - run: echo ::set-env name=A::1 | tee x\n"}, "set-env", id="more than an echo"),
        pytest.param({CI: Unknown("forbidden")}, "set-env", id="the file cannot be read"),
    ],
)
def test_silent_where_no_line_of_the_workflow_prints_it(files: Files, command: str) -> None:
    assert answer(files, command) is None
