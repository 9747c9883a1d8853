"""`whyred check --config`: the words and the exit status."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.cli.main import main
from tests.own_signature import GIZMO


def test_a_file_that_can_be_used_has_nothing_to_mend(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "whyred.yml"
    file.write_text("shadow: true\n")
    assert main(["check", "--config", str(file)]) == 0
    assert capsys.readouterr().out == f"{file}: nothing to mend\n"


@pytest.mark.parametrize("guide", ["README.md", "docs/configuration.md"])
def test_the_examples_of_the_guides_have_nothing_to_mend(guide: str, tmp_path: Path) -> None:
    text = Path(__file__).parents[3].joinpath(guide).read_text("utf-8")
    file = tmp_path / "whyred.yml"
    for example in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL):
        file.write_text(example)
        assert main(["check", "--config", str(file)]) == 0, example


def test_what_is_wrong_has_its_line_and_column(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "whyred.yml"
    file.write_text("early: true\noutlets: [checks]\n")
    assert main(["check", "--config", str(file)]) == 1
    assert capsys.readouterr().out == f"{file}:2:11: `checks` can not stand here; did you mean `check`?\n"


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("linting", "did you mean `lint`?"),
        ("rubbish/*", "`whyred signatures` lists them"),
        ("local/gizmos", "did you mean `local/gizmo`?"),
    ],
)
def test_what_it_ignores_without_effect_is_said(
    name: str, instead: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "whyred").mkdir()
    (tmp_path / "whyred" / "gizmo.toml").write_text(GIZMO)
    file = tmp_path / "whyred.yml"
    file.write_text(f'ignore: [lint, "python/*", coverage/below-threshold, local/gizmo, "{name}"]\n')
    assert main(["check", "--config", str(file)]) == 1
    said = f"`ignore` names `{name}`, which is no category and no signature; {instead}"
    assert capsys.readouterr().out == f"{file}: {said}\n"


def test_a_file_that_is_not_there_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--config", str(tmp_path / "none.yml")]) == 2
    assert "No such file" in capsys.readouterr().err


def test_the_signatures_beside_it_are_put_to_their_gates(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "whyred.yml"
    file.write_text("shadow: true\n")
    (tmp_path / "whyred").mkdir()
    own = tmp_path / "whyred" / "gizmo.toml"
    own.write_text(GIZMO)
    assert main(["check", "--config", str(file)]) == 0
    own.write_text(GIZMO.replace("has come loose", "is gone", 2))
    assert main(["check", "--config", str(file)]) == 1
    assert f"{own}: should_match 1: it is not found" in capsys.readouterr().out
