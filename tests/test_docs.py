"""The documents say what is so: ids, settings and commands in them exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.main import main
from diagnosis.probes import PROBES
from tests.whole import CATALOGUE

ROOT = Path(__file__).parents[1]
KNOWN = {item.id for item in CATALOGUE.signatures}


def ids(text: str) -> list[str]:
    """What stands in the last column of a table's rows."""
    rows = [line.split("|") for line in text.splitlines() if re.match(r"\| \d", line)]
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row[3])]


def missing(text: str) -> set[str]:
    return set(ids(text)) - KNOWN


def test_every_signature_of_the_checklist_exists() -> None:
    text = (ROOT / "docs" / "failures.md").read_text("utf-8")
    assert len(ids(text)) > 100
    assert missing(text) == set()


def test_a_signature_that_is_gone_would_be_seen() -> None:
    assert missing("| 1 | x | `no/such`, `coverage/below-threshold` |") == {"no/such"}


def named_in(text: str) -> set[str]:
    """The code spans in the columns of a table behind the first one."""
    rows = [line.split("|") for line in text.splitlines() if line.startswith("| ")]
    return {name for row in rows for cell in row[2:] for name in re.findall(r"`([^`]+)`", cell)}


def test_every_probe_and_its_test_is_listed() -> None:
    listed = named_in((ROOT / "docs" / "probes.md").read_text("utf-8"))
    assert set(PROBES) <= listed
    assert [name for name in listed if name.startswith(("tests/", "diagnosis/")) and not (ROOT / name).exists()] == []


def test_a_probe_that_is_not_listed_would_be_seen() -> None:
    assert named_in("| 1: `a` | `b` | `tests/c.py` |\n`d`") == {"b", "tests/c.py"}


def settings_of(readme: str) -> set[str]:
    """The names in the first column of its table of settings."""
    table = readme.partition("## Settings")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}


def test_the_readme_tells_every_setting_and_no_other() -> None:
    source = (ROOT / "bot" / "settings.py").read_text("utf-8")
    names = set(re.findall(r'environ, "([A-Z_]+)"', source)) | {"PRIVATE_KEY", "PRIVATE_KEY_PATH"}
    assert len(names) > 10
    assert settings_of((ROOT / "README.md").read_text("utf-8")) == names


def test_a_setting_that_is_gone_would_be_seen() -> None:
    assert settings_of("## Settings\n\n| `OLD_NAME`, `PORT` | `3000` | see `HOST` |\n\n## Other\n| `X` |") == {
        "OLD_NAME",
        "PORT",
    }


@pytest.mark.parametrize("command", ["explain", "signatures", "new", "check", "feedback", "backtest", "serve"])
def test_every_command_of_the_readme_is_there(command: str) -> None:
    assert f"whyred {command}" in (ROOT / "README.md").read_text("utf-8")
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0


def misspelt(text: str) -> str:
    """What codespell finds; of the signatures it sees the texts alone, as examples keep what a tool printed."""
    command = [sys.executable, "-m", "codespell_lib", "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, cwd=ROOT, check=False).stdout


def test_the_texts_of_the_signatures_are_spelt_right() -> None:
    items = CATALOGUE.signatures
    assert misspelt("\n".join(f"{item.title}\n{item.why}\n{item.fix}" for item in items)) == ""


def test_a_misspelt_text_would_be_seen() -> None:
    wrong = "t" + "eh"
    assert f"{wrong} ==> the" in misspelt(f"{wrong} cause")
