"""A fixture that is not found: defined out of sight, a plugin's, or misspelt."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from diagnosis.probes import Answer
from diagnosis.repo import Unknown
from tests.tree import CI, Files, Tree, apply, ask, checkout

LOG = """
    ==================================== ERRORS ====================================
    _________________________ ERROR at setup of test_user __________________________
    file /home/runner/work/shop/shop/{path}, line {line}
      def test_user({name}):
    E       fixture '{name}' not found
    >       available fixtures: cache, capsys, database_session, tmp_path
    >       use 'pytest --fixtures [testpath]' for help on them.
    """
FIXTURE = "import pytest\n\n\n@pytest.fixture\ndef {name}():\n    return 1\n"
TEST = "tests/unit/test_user.py"
ASKING = {TEST: "def test_user({name}):\n    assert {name}\n"}


def answer(files: Files | Tree, name: str, path: str = TEST, line: int = 1) -> Answer | None:
    return ask("fixture_missing", files, {"fixture": name}, log=LOG.format(path=path, line=line, name=name))


def asking(name: str, more: Files) -> Files:
    return {TEST: ASKING[TEST].format(name=name), **more}


def test_a_conftest_of_a_sibling_folder_is_out_of_sight() -> None:
    told = answer(
        asking("orders", {"tests/api/conftest.py": FIXTURE.format(name="orders"), "tests/conftest.py": ""}), "orders"
    )
    assert told
    assert "`tests/api/conftest.py` line 5" in told.why
    assert "to `tests/conftest.py`." in told.fixes[0].says
    assert told.facts == {"defined_at": "tests/api/conftest.py:5", "asked_at": f"{TEST}:1"}


def test_a_fixture_may_be_named_by_its_decorator() -> None:
    conftest = "from pytest import fixture\n\n@fixture(scope='session', name='orders')\ndef _orders(): ...\n"
    told = answer(
        {"app/spec/test_a.py": "def test_a(orders): ...\n", "app/it/conftest.py": conftest},
        "orders",
        "app/spec/test_a.py",
    )
    assert told
    assert told.facts["defined_at"] == "app/it/conftest.py:4"
    assert "`app/conftest.py` (a new file)" in told.fixes[0].says


def test_a_file_of_fixtures_has_to_be_handed_on() -> None:
    files = asking(
        "orders", {"tests/fixtures/data.py": FIXTURE.format(name="orders"), "tests/conftest.py": "import os\n"}
    )
    told = answer(files, "orders")
    assert told
    assert "`tests/fixtures/data.py` line 5" in told.why
    assert "`tests.fixtures.data`" in told.fixes[0].says


def test_a_plugin_that_nobody_declares_is_declared_beside_pytest(tmp_path: Path) -> None:
    files = asking("mocker", {"pyproject.toml": '[dependency-groups]\ndev = [\n    "pytest>=8",\n]\n', "uv.lock": ""})
    told = answer(files, "mocker")
    assert told
    assert told.facts == {"plugin": "pytest-mock"}
    assert told.fixes[0].commands == ("uv lock",)
    checkout(tmp_path, files)
    apply(tmp_path, told.fixes[0])
    assert '    "pytest>=8",\n    "pytest-mock",\n' in (tmp_path / "pyproject.toml").read_text()


def test_a_plugin_that_is_declared_was_not_installed() -> None:
    told = answer(asking("mocker", {"requirements-dev.txt": "pytest\npytest_mock==3\n"}), "mocker")
    assert told
    assert "declared in `requirements-dev.txt` line 2" in told.why
    assert not any(fix.files for fix in told.fixes)


def test_a_fixture_that_its_plugin_dropped() -> None:
    told = answer(asking("event_loop", {"requirements.txt": "pytest-asyncio\n"}), "event_loop")
    assert told
    assert "gone since 1.0" in told.why


def test_with_the_patch_the_test_asks_for_the_fixture_that_there_is(tmp_path: Path) -> None:
    files = {
        "tests/conftest.py": FIXTURE.format(name="database_session"),
        TEST: 'import pytest\n\n@pytest.mark.slow\ndef test_user(a, database_sessions):\n    "ü", database_sessions\n',
    }
    told = answer(files, "database_sessions", line=3)
    assert told
    assert "`database_session` (`tests/conftest.py` line 5)" in told.why
    checkout(tmp_path, files)
    apply(tmp_path, told.fixes[0])
    text = (tmp_path / TEST).read_text()
    assert "sessions" not in text
    assert "(a, database_session)" in text
    ast.parse(text)


@pytest.mark.parametrize(
    ("files", "name"),
    [
        pytest.param(asking("orders", {"tests/conftest.py": FIXTURE.format(name="orders")}), "orders", id="in sight"),
        pytest.param(
            asking("orders", {"tests/api/conftest.py": "def orders(): ...\n"}), "orders", id="a plain function"
        ),
        pytest.param(asking("orders", {"tests/api/conftest.py": "def ("}), "orders", id="a conftest that is no Python"),
        pytest.param(
            asking(
                "orders",
                {"tests/fixtures.py": FIXTURE.format(name="orders"), "conftest.py": "from tests.fixtures import *\n"},
            ),
            "orders",
            id="handed on",
        ),
        pytest.param(asking("client", {"requirements.txt": "pytest\n"}), "client", id="a name of several plugins"),
        pytest.param(asking("mocker", {}), "mocker", id="nothing is declared anywhere"),
        pytest.param(asking("mocker", {"requirements.txt": Unknown("big")}), "mocker", id="requirements unreadable"),
        pytest.param(
            asking("mocker", {"requirements.txt": "", CI: "jobs: {test: {steps: [{run: pip install pytest-mock}]}}\n"}),
            "mocker",
            id="a step installs it",
        ),
        pytest.param({}, "orders", id="the test is not in the commit"),
        pytest.param(
            {"docs/sample/tests/unit/test_user.py": "def test_user(client): ...\n", "requirements.txt": "pytest\n"},
            "mocker",
            id="the only file of that name asks for nothing of the kind",
        ),
        pytest.param(
            asking("capsis", {TEST: "def test_user(other): ...\n"}), "capsis", id="another line than at that commit"
        ),
        pytest.param(asking("nothing_alike", {}), "nothing_alike", id="no name is near"),
        pytest.param(Tree(asking("mocker", {}), paths=Unknown("truncated")), "mocker", id="the tree cannot be told"),
    ],
)
def test_silent_where_the_repository_shows_no_reason(files: Files | Tree, name: str) -> None:
    assert answer(files, name) is None
