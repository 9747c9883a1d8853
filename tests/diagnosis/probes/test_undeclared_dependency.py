"""A missing module of others: which distribution provides it, where it is declared, and which step leaves it out."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from diagnosis.probes import Answer
from diagnosis.repo import Unknown
from tests.tree import CI, Files, Tree, apply, ask, checkout, texts

WORKFLOW = """
name: CI
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - run: {install}
      - name: Run pytest
        run: pytest
"""
PYPROJECT = """
[project]
name = "shop"
dependencies = [
  "flask>=3",
  "requests>=2",  # for the bank
]

[project.optional-dependencies]
test = ["pytest>=8", "freezegun"]
all = ["shop[test]"]

[dependency-groups]
dev = ["ruff", {include-group = "load"}]
load = ["locust"]
extra-checks = ["respx"]
"""
CODE: Files = {"src/shop/__init__.py": "", "src/shop/cart.py": "import yaml\n", "tests/test_cart.py": "import yaml\n"}
LOG = "src/shop/cart.py:1: in <module>\n    import yaml\n"


def tree(install: str = "pip install -e .", pyproject: str = PYPROJECT, **more: str) -> Files:
    return {CI: WORKFLOW.format(install=install), "pyproject.toml": pyproject, **CODE, **more}


def answer(files: Files | Tree, module: str = "yaml", **told: Any) -> Answer | None:
    return ask("undeclared_dependency", files, {"module": module}, log=told.pop("log", LOG), **told)


def test_what_no_file_declares_is_put_into_the_list_that_the_job_installs(tmp_path: Path) -> None:
    told = answer(tree())
    assert told
    assert told.why == (
        "The module `yaml` comes from the distribution `pyyaml`, which `pyproject.toml` does not declare. "
        "`src/shop/cart.py` line 1 imports it. Locally it works because it was installed there by hand, or came with "
        "another package."
    )
    checkout(tmp_path, tree())
    apply(tmp_path, told.fixes[0])
    (text,) = texts(tmp_path, ["pyproject.toml"])
    assert tomllib.loads(text)["project"]["dependencies"] == ["flask>=3", "pyyaml", "requests>=2"]
    assert "# for the bank" in text
    assert answer(tree(pyproject=text)) is None


def test_what_only_a_test_imports_goes_beside_pytest(tmp_path: Path) -> None:
    files = {**tree('pip install -e ".[test]"'), "src/shop/cart.py": ""}
    told = answer(files, log="tests/test_cart.py:1: in <module>")
    assert told
    checkout(tmp_path, files)
    apply(tmp_path, told.fixes[0])
    (text,) = texts(tmp_path, ["pyproject.toml"])
    assert tomllib.loads(text)["project"]["optional-dependencies"]["test"] == ["pytest>=8", "freezegun", "pyyaml"]


def test_a_requirement_file_of_a_monorepo_takes_the_line(tmp_path: Path) -> None:
    files = {
        CI: WORKFLOW.format(install="pip install -r backend/requirements.txt pytest").replace(
            "run: pytest\n", "run: pytest\n        working-directory: backend\n"
        ),
        "backend/requirements.txt": "django==5.2\nredis==6.4  # cache\n",
        "backend/store/views.py": "from PIL import Image\n",
    }
    told = answer(files, "PIL", log="store/views.py:1: in <module>")
    assert told
    assert told.facts == {"distribution": "pillow", "declared_in": ["backend/requirements.txt"]}
    checkout(tmp_path, files)
    apply(tmp_path, told.fixes[0])
    assert texts(tmp_path, ["backend/requirements.txt"]) == ["django==5.2\npillow\nredis==6.4  # cache\n"]


def test_of_several_distributions_none_is_chosen() -> None:
    told = answer(tree(), "psycopg2", log="")
    assert told
    assert told.fixes[0].says == "Declare `psycopg2-binary` or `psycopg2` where this job installs from."
    assert not told.fixes[0].files


@pytest.mark.parametrize(
    ("install", "module", "corrected"),
    [
        pytest.param("pip install -e .", "freezegun", 'pip install -e ".[test]"', id="an extra"),
        pytest.param('pip install ".[docs]"', "freezegun", 'pip install ".[docs,test]"', id="another extra"),
        pytest.param("uv sync --locked", "freezegun", "uv sync --locked --extra test", id="an extra of uv"),
        pytest.param("uv sync --locked --no-dev", "ruff", "uv sync --locked", id="the group dev of uv"),
        pytest.param("uv sync", "respx", "uv sync --group extra-checks", id="a group of uv"),
        pytest.param("pip install -e .", "respx", "pip install -e . --group extra-checks", id="a group of pip"),
    ],
)
def test_the_step_that_leaves_a_declared_list_out_is_corrected(
    install: str, module: str, corrected: str, tmp_path: Path
) -> None:
    files = tree(install)
    told = answer(files, module)
    assert told
    assert f"`{CI}` line 8 (`{install}`) does not install that." in told.why
    checkout(tmp_path, files)
    apply(tmp_path, told.fixes[0])
    (text,) = texts(tmp_path, [CI])
    assert f"      - run: {corrected}\n" in text
    assert answer({**files, CI: text}, module) is None


POETRY = """
[tool.poetry]
name = "shop"

[tool.poetry.dependencies]
python = "^3.12"
flask = "^3.0"

[tool.poetry.group.test.dependencies]
freezegun = "^1.5"

[tool.poetry.group.load]
optional = true

[tool.poetry.group.load.dependencies]
locust = "^2.0"
"""


@pytest.mark.parametrize(
    ("install", "module", "corrected"),
    [
        ("poetry install --only main", "freezegun", "poetry install --only main,test"),
        ("poetry install --without test,docs", "freezegun", "poetry install --without docs"),
        ("poetry install --without test --no-root", "freezegun", "poetry install --no-root"),
        ("poetry install", "locust", "poetry install --with load"),
    ],
)
def test_the_groups_of_poetry_are_known(install: str, module: str, corrected: str, tmp_path: Path) -> None:
    files = tree(install, POETRY)
    told = answer(files, module)
    assert told
    checkout(tmp_path, files)
    apply(tmp_path, told.fixes[0])
    assert f"run: {corrected}\n" in texts(tmp_path, [CI])[0]


def test_a_second_requirement_file_is_named(tmp_path: Path) -> None:
    files = {
        CI: WORKFLOW.format(install="python -m pip install -r requirements.txt"),
        "requirements.txt": "flask\n",
        "requirements-dev.txt": "-r requirements.txt\nfreezegun==1.5\n",
    }
    told = answer(files, "freezegun")
    assert told
    checkout(tmp_path, files)
    apply(tmp_path, told.fixes[0])
    assert "pip install -r requirements.txt -r requirements-dev.txt\n" in texts(tmp_path, [CI])[0]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("setup.cfg", "[options]\ninstall_requires =\n  flask\n[options.extras_require]\ntest =\n  freezegun>=1\n"),
        ("setup.py", "setup(install_requires=['flask'], extras_require={'test': ['freezegun>=1']})\n"),
    ],
)
def test_extras_of_the_older_files_are_known(path: str, text: str) -> None:
    told = answer({CI: WORKFLOW.format(install="pip install -e ."), path: text}, "freezegun")
    assert told
    assert told.fixes[0].commands == ('pip install -e ".[test]"',)


@pytest.mark.parametrize(
    ("files", "module"),
    [
        pytest.param(tree('pip install ".[test]"'), "freezegun", id="declared and installed"),
        pytest.param(tree('pip install ".[all]"'), "freezegun", id="installed by an extra that names the extra"),
        pytest.param(tree("uv sync"), "locust", id="installed by a group that includes the group"),
        pytest.param(tree("pip install -e . freezegun"), "freezegun", id="installed by name"),
        pytest.param(
            {
                **tree(),
                CI: WORKFLOW.format(install="pip install -e .").replace("ubuntu-latest", "[self-hosted, linux]"),
            },
            "yaml",
            id="a machine that may have packages of its own",
        ),
        pytest.param(
            {
                **tree(),
                CI: WORKFLOW.format(install="pip install -e .").replace(
                    "    steps:", "    container: python:3.12\n    steps:"
                ),
            },
            "yaml",
            id="an image that may have packages of its own",
        ),
        pytest.param(
            {
                **tree(),
                CI: WORKFLOW.format(install="pip install -e .").replace(
                    "actions/checkout@v5", "./.github/actions/setup"
                ),
            },
            "yaml",
            id="an action that may install",
        ),
        pytest.param(tree("make install"), "yaml", id="installed by something that is not read"),
        pytest.param(tree("pip install -e . pyyaml"), "yaml", id="undeclared but installed by name"),
        pytest.param(tree(**{"yaml/__init__.py": "", "yaml/a.py": ""}), "yaml", id="a package of the repository"),
        pytest.param(tree(**{"tools/yaml.py": ""}), "yaml", id="a file of the repository"),
        pytest.param(tree(), "tkinter", id="a module of Python"),
        pytest.param(tree(), "acme_internal", id="nobody knows who provides it"),
        pytest.param(tree(**{"environment.yml": "dependencies:\n  - pyyaml\n"}), "PIL", id="conda's names are others"),
        pytest.param(
            tree(pyproject=PYPROJECT.replace('"flask>=3"', '"opencv-python-rolling"')),
            "cv2",
            id="a kin of it is declared",
        ),
        pytest.param(
            tree(pyproject=PYPROJECT.replace('"pytest>=8"', '"pytest-cov"')), "pytest", id="a plugin of it is declared"
        ),
        pytest.param(
            tree("pip install -r requirements.txt", **{"requirements.txt": "-r deps/base.txt\n-r more.txt\nflask\n"}),
            "yaml",
            id="a list that is not read",
        ),
        pytest.param({CI: WORKFLOW.format(install="pip install flask"), **CODE}, "yaml", id="nothing is declared"),
        pytest.param({**tree(), "pyproject.toml": Unknown("forbidden")}, "yaml", id="a list that cannot be read"),
        pytest.param(Tree(tree(), paths=Unknown("truncated")), "yaml", id="the tree cannot be told"),
    ],
)
def test_silent_where_it_is_installed_or_nobody_can_tell(files: Files | Tree, module: str) -> None:
    assert answer(files, module) is None


def test_silent_where_the_job_is_not_known_and_another_installs_it_by_name() -> None:
    assert answer(tree("pip install -e . pyyaml"), job="another") is None
    assert answer(tree(**{"noxfile.py": 'session.install("PyYAML")\n'}), job="another") is None
    assert answer(tree(), job="another") is not None
