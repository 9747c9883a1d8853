"""Stubs that mypy misses: their distribution, and the line that declares them."""

from __future__ import annotations

from pathlib import Path

import pytest

from diagnosis.probes import Answer
from diagnosis.repo import Unknown
from diagnosis.report import Place
from tests.tree import CI, Files, Tree, apply, ask, checkout

LOG = """
    shop/orders.py:7: error: Library stubs not installed for "yaml"  [import-untyped]
    shop/orders.py:7: note: Hint: "python3 -m pip install types-PyYAML"
    shop/orders.py:7: note: (or run "mypy --install-types" to install all missing stub packages)
    """
PYPROJECT = "[tool.poetry.group.dev.dependencies]\nmypy = '^1.10'\n"


def answer(files: Files | Tree, module: str = "yaml", log: str = LOG) -> Answer | None:
    return ask("missing_stubs", files, {"module": module}, log=log, places=(Place("shop/orders.py", 7),))


def test_the_stubs_that_mypy_names_are_declared_beside_it(tmp_path: Path) -> None:
    files = {"pyproject.toml": PYPROJECT, "poetry.lock": "", "shop/orders.py": ""}
    told = answer(files)
    assert told
    assert "`yaml` that `shop/orders.py` line 7 imports" in told.why
    assert told.fixes[0].commands == ("poetry lock",)
    checkout(tmp_path, files)
    apply(tmp_path, told.fixes[0])
    assert (tmp_path / "pyproject.toml").read_text() == PYPROJECT + 'types-PyYAML = "*"\n'


@pytest.mark.parametrize(
    ("module", "stubs"), [("django.db", "django-stubs"), ("rest_framework.views", "djangorestframework-stubs")]
)
def test_stubs_that_no_hint_names(module: str, stubs: str) -> None:
    told = answer({"requirements/dev.txt": "mypy==1.1\n"}, module, "")
    assert told
    assert told.facts == {"stubs": stubs}
    assert f"+{stubs}\n" in told.fixes[0].files[0].patch


def test_stubs_that_are_declared_were_not_installed() -> None:
    told = answer({"requirements-types.txt": "types-pyyaml\n"})
    assert told
    assert "declared in `requirements-types.txt` line 1" in told.why
    assert not told.fixes[0].files


@pytest.mark.parametrize(
    ("files", "module", "log"),
    [
        pytest.param({"pyproject.toml": PYPROJECT}, "shop.own", "", id="a module without known stubs"),
        pytest.param({}, "yaml", LOG, id="nothing is declared anywhere"),
        pytest.param({"requirements.txt": Unknown("big")}, "yaml", LOG, id="requirements unreadable"),
        pytest.param({"requirements.txt": "mypy\n"}, "other", LOG, id="the hint is for another module"),
        pytest.param(
            {"requirements.txt": "mypy\n", CI: "jobs: {test: {steps: [{name: Run pytest, run: pre-commit run -a}]}}\n"},
            "yaml",
            LOG,
            id="pre-commit runs mypy in its own environment",
        ),
        pytest.param(
            Tree({"requirements.txt": "mypy\n"}, paths=Unknown("truncated")), "yaml", LOG, id="the tree cannot be told"
        ),
    ],
)
def test_silent_where_stubs_or_their_place_are_not_sure(files: Files | Tree, module: str, log: str) -> None:
    assert answer(files, module, log) is None
