"""A manifest against its lock file: the dependencies that differ, and nothing said where they agree."""

from __future__ import annotations

import json
from typing import Any

import pytest

from diagnosis.probes import Answer
from diagnosis.repo import Unknown
from tests.tree import CI, Files, Tree, ask

NPM, PNPM, UV, POETRY, RUBY = (
    "npm/lock-out-of-date",
    "pnpm/lock-out-of-date",
    "uv/lock-out-of-date",
    "poetry/lock-out-of-date",
    "ruby/bundler-lock",
)


def answer(signature: str, files: Files | Tree, **told: Any) -> Answer | None:
    return ask("lock_drift", files, {}, signature=signature, **told)


def package(**dependencies: str) -> str:
    return json.dumps({"name": "shop", "dependencies": dependencies}, indent=2)


def package_lock(**dependencies: str) -> str:
    return json.dumps({"lockfileVersion": 3, "packages": {"": {"dependencies": dependencies}, "node_modules/a": {}}})


def project(*dependencies: str, python: str = ">=3.11") -> str:
    return f'[project]\nname = "shop"\nrequires-python = "{python}"\ndependencies = {json.dumps(dependencies)}\n'


def uv(python: str = ">=3.11", **specifiers: str) -> str:
    listed = ", ".join(f'{{ name = "{name}", specifier = "{told}" }}' for name, told in specifiers.items())
    return (
        f'version = 1\nrequires-python = "{python}"\n[[package]]\nname = "shop"\nsource = {{ virtual = "." }}\n'
        f"[package.metadata]\nrequires-dist = [{listed}]\n"
    )


POETRY_LOCK = (
    '[[package]]\nname = "requests"\nversion = "2.30.0"\n[[package]]\nname = "flask-login"\nversion = "0.6.3"\n'
)
GEMS = 'source "x"\ngem "rails", "~> 7"\ngem \'puma\'\n'
GEM_LOCK = "GEM\n  specs:\n    rails (7.0)\n\nDEPENDENCIES\n  rails (~> 7)\n"
PNPM_LOCK = (
    "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      a:\n        specifier: ^1.0.0\n"
    "        version: 1.0.1\n\npackages:\n  a@1.0.1: {}\n"
)


@pytest.mark.parametrize(
    ("signature", "files", "differing", "told"),
    [
        pytest.param(
            NPM,
            {"package.json": package(a="^2", b="1"), "package-lock.json": package_lock(a="^1", c="3")},
            ["a", "b", "c"],
            "`a` (line 4) is asked for as `^2`, locked for `^1`",
            id="npm",
        ),
        pytest.param(
            PNPM,
            {"package.json": package(a="^1.0.0", b="^2"), "pnpm-lock.yaml": PNPM_LOCK},
            ["b"],
            "`b` (line 5) is not in the lock file",
            id="pnpm",
        ),
        pytest.param(
            UV,
            {"pyproject.toml": project("idna>=3", "rich"), "uv.lock": uv(idna=">=2")},
            ["idna", "rich"],
            "`idna` (line 4) is asked for as `>=3`, locked for `>=2`",
            id="uv",
        ),
        pytest.param(
            UV,
            {"pyproject.toml": project(python=">=3.12"), "uv.lock": uv()},
            ["requires-python"],
            "(line 3)",
            id="uv, another Python",
        ),
        pytest.param(
            POETRY,
            {
                "pyproject.toml": '[tool.poetry.dependencies]\npython = "^3.11"\n'
                'requests = "^2.31"\nFlask_Login = "^0.6"\n'
                '[tool.poetry.group.dev.dependencies]\nruff = "*"\n',
                "poetry.lock": POETRY_LOCK,
            },
            ["requests", "ruff"],
            "`requests` (line 3) is asked for as `^2.31`, locked at `2.30.0`",
            id="poetry",
        ),
        pytest.param(
            RUBY,
            {"Gemfile": GEMS, "Gemfile.lock": GEM_LOCK},
            ["puma"],
            "`puma` (line 3) is not in the lock file",
            id="bundler",
        ),
    ],
)
def test_what_differs_and_on_which_line(signature: str, files: Files, differing: list[str], told: str) -> None:
    found = answer(signature, files)
    assert found
    assert found.facts["differing"] == differing
    assert told in found.why


def test_the_files_of_the_steps_own_folder_are_compared() -> None:
    flow = (
        "on: push\njobs:\n  test:\n    runs-on: x\n    defaults: "
        "{run: {working-directory: web}}\n    steps: [{run: npm ci}]\n"
    )
    files = {
        CI: flow,
        "package.json": package(a="1"),
        "package-lock.json": package_lock(a="2"),
        "web/package.json": package(b="1"),
        "web/package-lock.json": package_lock(),
    }
    found = answer(NPM, files, step="Run npm ci")
    assert found
    assert found.facts["differing"] == ["b"]
    assert found.fixes[0].commands == ("cd web && npm install --package-lock-only",)


@pytest.mark.parametrize(
    ("signature", "files"),
    [
        pytest.param(
            NPM, {"package.json": package(a="^1"), "package-lock.json": package_lock(a="^1")}, id="npm: equal"
        ),
        pytest.param(
            NPM, {"package.json": package(a="^1"), "package-lock.json": '{"lockfileVersion": 1}'}, id="npm: an old form"
        ),
        pytest.param(
            NPM, {"package.json": "<<<<<<< HEAD\n", "package-lock.json": package_lock(a="1")}, id="npm: a conflict"
        ),
        pytest.param(NPM, {"package.json": package(a="^1")}, id="npm: no lock file"),
        pytest.param(PNPM, {"package.json": package(a="^1.0.0"), "pnpm-lock.yaml": PNPM_LOCK}, id="pnpm: equal"),
        pytest.param(
            UV,
            {"pyproject.toml": project("Idna >= 3, < 4"), "uv.lock": uv(idna=">=3,<4")},
            id="uv: equal but for blanks",
        ),
        pytest.param(
            POETRY,
            {
                "pyproject.toml": '[tool.poetry.dependencies]\nrequests = ">=2,<3"\n'
                'flask-login = {version = "~0.6", extras = ["x"]}\nlocal = {path = "x"}\n',
                "poetry.lock": POETRY_LOCK,
            },
            id="poetry: all are met",
        ),
        pytest.param(
            RUBY, {"Gemfile": "gemspec\n" + GEMS, "Gemfile.lock": GEM_LOCK}, id="bundler: a gemspec adds to it"
        ),
        pytest.param(
            NPM,
            {"package.json": Unknown("too big"), "package-lock.json": package_lock(a="1")},
            id="a file that cannot be read",
        ),
        pytest.param(
            NPM,
            Tree({"package.json": package(a="1"), "package-lock.json": package_lock()}, paths=Unknown("truncated")),
            id="the tree cannot be told",
        ),
    ],
)
def test_silent_where_they_agree_or_cannot_be_compared(signature: str, files: Files | Tree) -> None:
    assert answer(signature, files) is None


def test_silent_about_what_uv_takes_from_elsewhere_or_under_conditions() -> None:
    listed = (
        '{ name = "lib", editable = "libs/lib" }, { name = "tomli", marker = "python_full_version < \'3.12\'" }, '
        '{ name = "a", specifier = "<2", marker = "sys_platform == \'win32\'" }, { name = "a", specifier = ">=2" }'
    )
    lock = uv().replace("requires-dist = []", f"requires-dist = [{listed}]")
    asked = project("lib>=1", "tomli; python_version < '3.12'", "a<2; sys_platform == 'win32'", "a>=2")
    assert answer(UV, {"pyproject.toml": asked, "uv.lock": lock}) is None
