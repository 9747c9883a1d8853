"""What a linter or formatter complains of, in the words of the repository: its command, its settings, its versions."""

from __future__ import annotations

from pathlib import Path

import pytest

from diagnosis.probes import Answer
from diagnosis.repo import Unknown
from tests.tree import CI, Files, Tree, apply, ask, checkout


def workflow(run: str, folder: str = ".") -> str:
    step = f"{{name: Lint, run: {run}, working-directory: {folder}}}"
    return f"jobs:\n  test:\n    steps: [{step}]\n"


def answer(files: Files | Tree, signature: str = "ruff/lint") -> Answer | None:
    return ask("own_tool_command", files, {}, signature=signature, step="Lint")


MAKEFILE = "lint:\n\truff check .\nfix:\n\truff check --fix src\nformat:\n\tblack .\n\truff format .\n"


@pytest.mark.parametrize(
    ("signature", "command", "where"),
    [
        ("ruff/lint", "make fix", "Makefile:4"),
        ("ruff/lint-framed", "make fix", "Makefile:4"),
        ("black/would-reformat", "make format", "Makefile:6"),
        ("ruff/format-needed", "make format", "Makefile:7"),
    ],
)
def test_the_target_that_mends_it_is_named(signature: str, command: str, where: str) -> None:
    told = answer({"Makefile": MAKEFILE, CI: workflow("make lint")}, signature)
    assert told
    assert told.fixes[0].commands == (command,)
    assert f"`{where}`" in told.fixes[0].says


@pytest.mark.parametrize(
    ("run", "signature", "command"),
    [
        ("poetry run ruff check src tests", "ruff/lint", "poetry run ruff check --fix src tests"),
        ("poetry run black --check .", "black/would-reformat", "poetry run black ."),
        ("ruff format --check --diff .", "ruff/format", "uv run ruff format ."),
        ("ruff check --output-format github src", "ruff/lint", "uv run ruff check --fix src"),
        ("python -m isort --check-only app", "isort/would-sort", "uv run isort app"),
        ("npx prettier --check src", "prettier/would-reformat", "npx prettier --write src"),
    ],
)
def test_without_a_target_the_steps_own_call_is_told_to_write(run: str, signature: str, command: str) -> None:
    told = answer({CI: workflow(run), "uv.lock": ""}, signature)
    assert told
    assert told.fixes[0].commands == (command,)


def test_a_target_that_only_checks_tells_what_to_write() -> None:
    told = answer({"api/Makefile": "lint:\n\tpoetry run ruff check src\n", CI: workflow("make lint", "api")})
    assert told
    assert told.fixes[0].commands == ("cd api && poetry run ruff check --fix src",)


def test_a_script_of_package_json_in_a_monorepo() -> None:
    package = '{\n  "scripts": {\n    "lint": "eslint .",\n    "lint:fix": "eslint . --fix"\n  }\n}\n'
    files = {"web/package.json": package, "web/pnpm-lock.yaml": "", CI: workflow("pnpm lint", "web")}
    told = answer(files, "eslint/error")
    assert told
    assert told.fixes[0].commands == ("cd web && pnpm run lint:fix",)
    assert told.facts == {"own_command": "cd web && pnpm run lint:fix"}


@pytest.mark.parametrize(
    ("signature", "path", "text", "line"),
    [
        ("black/would-reformat", "pyproject.toml", "[tool.black]\ntarget-version = ['py311']\nline-length = 100\n", 3),
        ("ruff/lint", "api/ruff.toml", "[lint]\nselect = ['E']\n", 2),
        ("ruff/lint", "pyproject.toml", "[project]\nname = 'x'\n\n[tool.ruff.lint]\nselect = ['E']\n", 5),
        ("flake8/violation", "setup.cfg", "[metadata]\nname = x\n[flake8]\nmax-line-length = 88\n", 4),
        ("mypy/error", "mypy.ini", "[mypy]\nstrict = True\n", 2),
        ("isort/would-sort", ".isort.cfg", "[settings]\nprofile=black\n", 2),
        (
            "ruff/format",
            "pyproject.toml",
            "[tool.ruff.lint]\nselect = []\n[tool.ruff.format]\nquote-style = 'single'\n",
            4,
        ),
    ],
)
def test_the_line_that_sets_the_rules_is_told(signature: str, path: str, text: str, line: int) -> None:
    told = answer({path: text, CI: workflow("make check", "api")}, signature)
    assert told
    assert told.facts["configured_at"] == f"{path}:{line}"
    assert told.why.startswith("Why. The rules are set in")
    assert not told.places, "an annotation belongs to the code, not to the settings"


@pytest.mark.parametrize(
    ("signature", "code", "line"), [("ruff/lint", "F401", 4), ("ruff/lint", "E501", 2), ("ruff/format", "", 2)]
)
def test_the_line_length_is_told_only_where_it_decides(signature: str, code: str, line: int) -> None:
    text = "[tool.ruff]\nline-length = 100\n[tool.ruff.lint]\nselect = ['E', 'F']\n"
    files = {"pyproject.toml": text, CI: workflow("make check")}
    told = ask("own_tool_command", files, {"code": code}, signature=signature, job="test", step="Check")
    assert told
    assert told.facts["configured_at"] == f"pyproject.toml:{line}"


def test_a_table_is_told_by_the_name_that_it_has_there() -> None:
    told = answer({"pyproject.toml": "[tool.ruff.lint]\nignore = ['E501']\n", CI: workflow("make check")}, "ruff/lint")
    assert told
    assert "`pyproject.toml` line 1 (`[tool.ruff.lint]`)" in told.why


def test_the_rules_of_the_linter_say_nothing_of_the_layout() -> None:
    files = {"pyproject.toml": "[tool.ruff.lint]\nselect = ['E']\n", CI: workflow("make check")}
    assert answer(files, "ruff/format") is None


def test_a_file_that_is_nothing_but_settings_is_named_alone() -> None:
    told = answer({"web/.prettierrc": '{"semi": true}', CI: workflow("make check", "web")}, "prettier/would-reformat")
    assert told
    assert told.why == "Why. The rules are set in `web/.prettierrc`."


HOOKS = """
    repos:
      - repo: https://github.com/psf/black  # layout
        rev: 23.1.0
        hooks: [{id: black}]
      - repo: https://github.com/astral-sh/ruff-pre-commit
        rev: v0.4.1  # pinned
        hooks:
          - id: ruff
    """


def test_a_hook_of_another_version_is_named_and_raised(tmp_path: Path) -> None:
    files = {".pre-commit-config.yaml": HOOKS, "requirements-dev.txt": "ruff==0.9.10\n", CI: workflow("ruff check .")}
    told = answer(files)
    assert told
    assert "`0.4.1` (`.pre-commit-config.yaml` line 6)" in told.why
    assert "`0.9.10` (`requirements-dev.txt` line 1)" in told.why
    checkout(tmp_path, files)
    apply(tmp_path, told.fixes[-1])
    assert "    rev: v0.9.10  # pinned\n" in (tmp_path / ".pre-commit-config.yaml").read_text()
    told = answer({**files, "requirements-dev.txt": "black==24.1.0\n"}, "black/would-reformat")
    assert told
    assert told.facts == {"hook_version": "23.1.0", "pinned_version": "24.1.0"}


@pytest.mark.parametrize(
    ("files", "signature"),
    [
        pytest.param({}, "ruff/lint", id="an empty repository"),
        pytest.param({"Makefile": "lint:\n\truff check a\n\truff check b\n"}, "ruff/lint", id="two checks that differ"),
        pytest.param({"Makefile": "deploy:\n\tblack .\n\t./deploy\n"}, "black/would-reformat", id="it deploys"),
        pytest.param({"pyproject.toml": "[tool.ruff]\nselect = 3\n"}, "flake8/violation", id="another tool"),
        pytest.param({"setup.cfg": "[metadata]\nselect = 3\n"}, "flake8/violation", id="another section"),
        pytest.param({"web/.prettierrc": "semi: true\n"}, "prettier/would-reformat", id="another folder"),
        pytest.param({"pyproject.toml": Unknown("big"), "Makefile": Unknown("big")}, "ruff/lint", id="unreadable"),
        pytest.param({CI: workflow("'black --check $(git ls-files)'")}, "black/would-reformat", id="not plain words"),
        pytest.param({CI: workflow("flake8 .")}, "flake8/violation", id="a tool that mends nothing"),
        pytest.param(Tree({"Makefile": MAKEFILE}, paths=Unknown("truncated")), "ruff/lint", id="no tree is known"),
    ],
)
def test_silent_where_the_repository_adds_nothing(files: Files | Tree, signature: str) -> None:
    assert answer(files, signature) is None


@pytest.mark.parametrize(
    ("run", "requirements"),
    [
        pytest.param("ruff check .", "ruff==0.4.1\n", id="the same version"),
        pytest.param("ruff check .", "ruff>=0.9\n", id="no one version"),
        pytest.param("ruff check .", "ruff==0.9.*\n", id="a range"),
        pytest.param("ruff check .", "ruff==0.9.1\nruff==0.9.2\n", id="two versions"),
        pytest.param("pre-commit run --all-files", "ruff==0.9.10\n", id="the step runs the hook itself"),
        pytest.param("ruff check .", "mypy==1\n", id="another tool"),
    ],
)
def test_silent_about_versions_where_they_cannot_differ(run: str, requirements: str) -> None:
    files = {".pre-commit-config.yaml": HOOKS, "requirements.txt": requirements, CI: workflow(run)}
    told = answer(files)
    assert told is None or "hook_version" not in told.facts
