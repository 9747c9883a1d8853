"""`whyred signatures --pages`: the catalogue as files whose links all lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.cli.main import main
from tests.whole import CATALOGUE


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "signatures"
    assert main(["signatures", "--pages", str(folder)]) == 0
    return folder


def test_every_signature_has_its_file(site: Path) -> None:
    ids = {item.id for item in CATALOGUE.signatures}
    assert {path.relative_to(site).with_suffix("").as_posix() for path in site.rglob("*/*.html")} == ids


def test_every_link_leads_to_a_file_and_a_place_in_it(site: Path) -> None:
    missing = set()
    ids: dict[Path, set[str]] = {}
    for path in site.rglob("*.html"):
        for link in re.findall(r'(?:href|src|action)="([^"]+)"', path.read_text("utf-8")):
            name, _, place = link.partition("#")
            target = (path.parent / name).resolve()
            if target not in ids:
                ids[target] = set(re.findall(r'id="([^"]+)"', target.read_text("utf-8"))) if target.exists() else set()
            if not target.exists() or (place and place not in ids[target]):
                missing.add((path.name, link))
    assert missing == set()


def test_written_again_over_what_is_there(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["signatures", "--pages", str(site)]) == 0
    assert "begin with" in capsys.readouterr().out


def test_a_folder_that_is_a_file_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("x")
    assert main(["signatures", "--pages", str(tmp_path / "file")]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1


def test_an_id_and_a_folder_exclude_each_other(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["signatures", "coverage/below-threshold", "--pages", str(tmp_path)])
    assert ended.value.code == 2
