"""The commands that show a finding locally: in the repository's own dialect, what failed alone first."""

from __future__ import annotations

from typing import Any

import pytest

from diagnosis.prober import Prober
from diagnosis.repo import Unknown
from diagnosis.report import Place
from tests.tree import CI, Files, Tree, finding


def commands(files: Files | Tree, *verify: str, **told: Any) -> tuple[str, ...]:
    tree = files if isinstance(files, Tree) else Tree(files)
    return Prober(tree.around()).explain(finding(verify=verify, **told), (), ()).verify


def workflow(run: str, folder: str = ".") -> str:
    job = f"    defaults: {{run: {{working-directory: {folder}}}}}\n    steps: [{{name: Run pytest, run: {run}}}]\n"
    return f"jobs:\n  test:\n{job}"


FAILING: dict[str, Any] = {"facts": {"failing": ["tests/test_a.py::test_one[x y]", "tests/test_a.py::test_two"]}}
MAKEFILE = """
PYTHON ?= python
.PHONY: lint format test

lint: deps  ## look for faults
\t@$(PYTHON) -m ruff check . && \\
\t  mypy shop
format:
\truff format .
\tblack .
test: ; true
unit:
\tpytest -q
"""


@pytest.mark.parametrize(
    ("files", "verify", "expected"),
    [
        pytest.param({"uv.lock": ""}, "ruff check a.py", ("uv run ruff check a.py",), id="uv"),
        pytest.param({"poetry.lock": ""}, "mypy a.py", ("poetry run mypy a.py",), id="poetry"),
        pytest.param(
            {"pyproject.toml": "[tool.poetry]\nname = 'shop'\n"}, "mypy a.py", ("poetry run mypy a.py",), id="no lock"
        ),
        pytest.param({"Pipfile": ""}, "black --check a.py", ("pipenv run black --check a.py",), id="pipenv"),
        pytest.param(
            {CI: workflow("hatch run pytest")},
            "python -m pytest a.py",
            ("hatch run python -m pytest a.py", "hatch run pytest"),
            id="as the step does",
        ),
        pytest.param({"pnpm-lock.yaml": ""}, "npx eslint a.js", ("pnpm exec eslint a.js",), id="pnpm"),
        pytest.param({"yarn.lock": ""}, "npx prettier --check a.js", ("yarn prettier --check a.js",), id="yarn"),
        pytest.param({"a.py": ""}, "ruff check a.py", ("ruff check a.py",), id="no runner"),
    ],
)
def test_a_tool_is_started_as_the_repository_starts_it(files: Files, verify: str, expected: tuple[str, ...]) -> None:
    assert commands(files, verify) == expected


def test_pytest_is_told_the_failing_tests_without_their_parameters() -> None:
    told = commands({"poetry.lock": ""}, "python -m pytest", **FAILING)
    assert told == ("poetry run pytest tests/test_a.py::test_one tests/test_a.py::test_two",)


def test_of_several_failing_tests_those_of_the_finding_are_told() -> None:
    tree = {"tests/test_a.py": "def test_one():\n    pass\n\n\ndef test_two():\n    x = 1\n    y = 2\n"}
    assert commands(tree, "pytest", places=(Place("tests/test_a.py", 6),), **FAILING) == (
        "pytest tests/test_a.py::test_two",
    )
    assert commands(tree, "pytest", places=(Place("shop/a.py", 6),), **FAILING) == (
        "pytest tests/test_a.py::test_one tests/test_a.py::test_two",
    )


def test_a_makefile_target_that_runs_the_same_tool_comes_second() -> None:
    files = {"Makefile": MAKEFILE, "uv.lock": ""}
    assert commands(files, "ruff check shop/a.py") == ("uv run ruff check shop/a.py", "make lint")
    assert commands(files, "mypy shop/a.py") == ("uv run mypy shop/a.py", "make lint")
    assert commands(files, "pytest", **FAILING)[1] == "make unit"


def test_a_target_that_rewrites_files_checks_nothing() -> None:
    assert commands({"Makefile": MAKEFILE}, "black --check shop/a.py") == ("black --check shop/a.py",)
    assert commands({"Makefile": MAKEFILE}, "ruff format --check .") == ("ruff format --check .",)


def test_in_a_monorepo_the_commands_enter_the_folder() -> None:
    files = {
        CI: workflow("poetry run pytest", "backend"),
        "backend/poetry.lock": "",
        "backend/tests/test_a.py": "",
        "backend/Makefile": "check:\n\tpoetry run pytest\n",
        "frontend/package.json": '{"scripts": {"test": "pytest"}}',
    }
    assert commands(files, "python -m pytest", **FAILING) == (
        "cd backend && poetry run pytest tests/test_a.py::test_one tests/test_a.py::test_two",
        "cd backend && make check",
    )


def test_a_makefile_above_the_folder_is_run_where_it_stands() -> None:
    files = {CI: workflow("ruff check .", "./services/api"), "Makefile": "lint:\n\tcd services/api && ruff check .\n"}
    assert commands(files, "ruff check .") == ("cd services/api && ruff check .", "make lint")


def test_paths_are_told_as_seen_from_the_folder() -> None:
    files = {CI: workflow("mypy app", "api"), "api/app/a.py": "", "lib/b.py": ""}
    assert commands(files, "mypy api/app/a.py")[0] == "cd api && mypy app/a.py"
    assert commands(files, "mypy lib/b.py")[0] == "cd api && mypy ../lib/b.py"


@pytest.mark.parametrize(
    ("files", "wide"),
    [
        pytest.param(
            {CI: workflow("tox -e py312"), "tox.ini": "[testenv]\ncommands = pytest\n"}, "tox -e py312", id="tox"
        ),
        pytest.param(
            {"tox.ini": "[testenv:unit]\ncommands =\n    coverage erase\n    pytest {posargs}\n"},
            "tox -e unit",
            id="tox env",
        ),
        pytest.param(
            {"noxfile.py": "import nox\n@nox.session(name='tests')\ndef run(s):\n    s.run('pytest')\n"},
            "nox -s tests",
            id="nox",
        ),
        pytest.param({"package.json": '{"scripts": {"test:py": "pytest -q"}}'}, "npm run test:py", id="npm"),
        pytest.param(
            {"pyproject.toml": "[tool.hatch.envs.default.scripts]\ncov = 'pytest --cov'\n"}, "hatch run cov", id="hatch"
        ),
        pytest.param(
            {"scripts/run_ci_checks.sh": "#!/bin/sh\nset -e\necho pytest\npython -m pytest -x\n"},
            "./scripts/run_ci_checks.sh",
            id="a script",
        ),
        pytest.param(
            {CI: workflow("python -m pytest -q --cov=shop")}, "python -m pytest -q --cov=shop", id="the step's own"
        ),
    ],
)
def test_the_repositorys_own_command_comes_second(files: Files, wide: str) -> None:
    assert commands(files, "python -m pytest", **FAILING)[1:] == (wide,)


def test_a_finding_without_a_command_gets_the_steps_check() -> None:
    assert commands({CI: workflow("make test-unit")}) == ("make test-unit",)
    assert commands({CI: workflow("npm run lint")}) == ("npm run lint",)


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({CI: workflow("make deploy-test")}, id="a task that deploys"),
        pytest.param({CI: workflow("make test", "'my app'")}, id="a folder that cannot be typed plainly"),
        pytest.param({CI: workflow("npm ci")}, id="an installation"),
        pytest.param({CI: workflow("npm run release")}, id="a release"),
        pytest.param({CI: workflow("'make test TOKEN=$TOKEN; rm -rf x'")}, id="more than plain words"),
        pytest.param({CI: workflow("'make test | tee log'")}, id="a pipe"),
        pytest.param(
            {"Makefile": Unknown("forbidden"), "tox.ini": Unknown("forbidden")}, id="files that cannot be read"
        ),
        pytest.param(
            {"tox.ini": "broken\n", "noxfile.py": "def (:\n", "package.json": "[", "pyproject.toml": "="}, id="broken"
        ),
        pytest.param({"package.json": '{"scripts": {"a b; c": "pytest", "test": 3}}'}, id="a script's odd name"),
        pytest.param(Tree({"Makefile": MAKEFILE}, paths=Unknown("truncated")), id="the tree cannot be told"),
    ],
)
def test_silent_where_no_command_is_surely_a_check(files: Files | Tree) -> None:
    assert commands(files) == ()


@pytest.mark.parametrize(
    ("files", "verify"),
    [
        pytest.param({"node_modules/x/Makefile": "t:\n\tpytest\n"}, "pytest a.py", id="the work of others"),
        pytest.param(
            {"Makefile": "docs:\n\tpip install pytest\n\techo pytest\n"}, "pytest a.py", id="pytest installed only"
        ),
        pytest.param({"Makefile": "pytest = 1\nA := pytest x\n"}, "pytest a.py", id="a variable"),
        pytest.param({"poetry.lock": ""}, "git ls-files a.py", id="a program that is no Python tool"),
        pytest.param({"poetry.lock": ""}, "curl -fsS http://127.0.0.1:8000/health", id="an address"),
    ],
)
def test_a_command_stays_as_it_is_where_the_repository_says_nothing_else(files: Files, verify: str) -> None:
    told = commands(files, verify)
    assert told == (verify,)


def test_names_that_could_act_as_shell_are_left_out() -> None:
    told = commands({}, "python -m pytest", facts={"failing": ["tests/a b.py::test_x", "tests/$(id).py::test_y"]})
    assert told == ("python -m pytest",)


@pytest.mark.parametrize("option", ["random-order", "randomly"])
def test_an_order_that_was_drawn_is_repeated_with_its_seed(option: str) -> None:
    lines = ["plugins: x", f"Using --{option}-seed=48213", "tests/test_a.py F"]
    tree = Tree({"uv.lock": "", "Makefile": MAKEFILE})
    told = Prober(tree.around()).explain(finding(verify=("python -m pytest",), **FAILING), (), lines).verify
    assert told[1] == f"uv run pytest --{option}-seed=48213"


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["Using --randomly-seed=1", "Using --randomly-seed=2"], id="two runs"),
        pytest.param(["E   Using --randomly-seed=1"], id="a test's output"),
        pytest.param(["Using --randomly-seed=x"], id="no number"),
    ],
)
def test_silent_about_a_seed_that_is_not_surely_the_runs(lines: list[str]) -> None:
    told = Prober(Tree({}).around()).explain(finding(verify=("python -m pytest",), **FAILING), (), lines).verify
    assert not any("seed" in command for command in told)


def test_no_more_than_two_commands() -> None:
    assert len(commands({"Makefile": MAKEFILE}, "ruff check a.py", "ruff check b.py", "ruff check c.py")) == 2


LONG = "tests/integration/test_listeners.py::test_a_listener_that_goes_leaves_its_place_to_number_{}"


@pytest.mark.parametrize(
    ("failing", "expected"),
    [
        pytest.param([LONG.format(1), LONG.format(2)], "pytest tests/integration/test_listeners.py", id="of one file"),
        pytest.param([LONG.format(1)], f"pytest {LONG.format(1)}", id="one alone, however long"),
        pytest.param(
            [f"tests/{'deep/' * 10}test_{name}.py::test_it" for name in "ab"],
            f"pytest tests/{'deep/' * 10}test_a.py::test_it",
            id="whose files are too long as well",
        ),
    ],
)
def test_tests_that_no_line_holds_are_told_by_their_files(failing: list[str], expected: str) -> None:
    assert commands({}, "pytest", facts={"failing": failing})[0] == expected


@pytest.mark.parametrize(
    "command",
    ["DATABASE_URL=postgresql://shop:sesame-open@localhost:5432/shop pytest -q", "DB_PASSWORD=sesame-open pytest -q"],
)
def test_silent_about_a_command_with_a_secret_in_it(command: str) -> None:
    assert commands({CI: workflow(f"'{command}'")}, "psql shop", **FAILING) == (
        "psql shop",
        "pytest tests/test_a.py::test_one tests/test_a.py::test_two",
    )
    assert commands({CI: workflow(f"'{command}'")}, "pytest") == ("pytest",)
