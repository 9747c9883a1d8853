"""Where a repository sets up its linters and formatters: the deciding line, and the versions that it names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from diagnosis.probes.declared import declarations
from diagnosis.repo import Repository
from diagnosis.report import Place

PRE_COMMIT: Final = ".pre-commit-config.yaml"


@dataclass(frozen=True, slots=True)
class _Settings:
    """The files that a tool reads, best first, with the section in those that belong to several tools."""

    files: Sequence[tuple[str, str]]
    keys: str
    """Names of the settings that decide most, best first."""
    hooks: str = ""
    """What the address of its pre-commit repository ends with."""


_SETTINGS: Final[Mapping[str, _Settings]] = {
    "ruff": _Settings(
        (("ruff.toml", ""), (".ruff.toml", ""), ("pyproject.toml", "tool.ruff")),
        "line-length|select",
        "ruff-pre-commit",
    ),
    "black": _Settings(
        (("pyproject.toml", "tool.black"),), "line-length|target-version", "black|black-pre-commit-mirror"
    ),
    "isort": _Settings(
        ((".isort.cfg", "settings"), ("pyproject.toml", "tool.isort"), ("setup.cfg", "isort"), ("tox.ini", "isort")),
        "profile|line_length",
        "isort",
    ),
    "flake8": _Settings(
        ((".flake8", "flake8"), ("setup.cfg", "flake8"), ("tox.ini", "flake8")),
        "max-line-length|extend-ignore|ignore|select|max-complexity",
        "flake8",
    ),
    "mypy": _Settings(
        (("mypy.ini", "mypy"), (".mypy.ini", "mypy"), ("pyproject.toml", "tool.mypy"), ("setup.cfg", "mypy")),
        "strict|disallow_untyped_defs|plugins|ignore_missing_imports",
        "mirrors-mypy",
    ),
    "eslint": _Settings(
        tuple((name, "") for name in ("eslint.config.js", "eslint.config.mjs", "eslint.config.ts", ".eslintrc.json")),
        "rules",
        "mirrors-eslint",
    ),
    "prettier": _Settings(
        tuple((name, "") for name in (".prettierrc", ".prettierrc.json", ".prettierrc.yaml", ".prettierrc.yml")),
        "printWidth|singleQuote|semi",
        "mirrors-prettier",
    ),
}

_LINT_RULES: Final = "select|extend-select|line-length"
_TOO_LONG: Final = "E501"
_LAYOUT: Final = "line-length|quote-style|indent-style"
_OF_LINT: Final = re.compile(r"(?:^|\.)lint(?:\.|$)")
"""The tables of Ruff that say nothing of the layout."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a tool, as it is written at a place."""

    text: str
    path: str
    line: int


def setting(repo: Repository, tool: str, folder: str, code: str = "") -> Place | None:
    """The line of the nearest configuration that decides most about what the tool complains of under this code."""
    known = _SETTINGS[tool.partition(" ")[0]]
    keys = _LINT_RULES if tool == "ruff check" and code != _TOO_LONG else known.keys
    keys = _LAYOUT if tool == "ruff format" else keys
    for name, section in known.files:
        path = repo.nearest(name, folder)
        found = _line(repo, path, section, keys) if path else None
        if path and found:
            return Place(path, found[0], found[1])
    return None


def hook_version(repo: Repository, tool: str) -> Version | None:
    """The version that the pre-commit hook of a tool runs, without the `v` before it."""
    ends = re.compile(rf"/(?:{_SETTINGS[tool].hooks})(?:\.git)?/?[\"']?\s*$")
    within = False
    for number, line in enumerate(repo.lines(PRE_COMMIT), 1):
        if re.match(r"\s*- +repo:", line):
            within = bool(ends.search(line.partition(" #")[0]))
        elif within and (found := re.match(r"\s*rev: *[\"']?v?(?P<version>\d[\w.]*)[\"']?\s*(?:#.*)?$", line)):
            return Version(found["version"], PRE_COMMIT, number)
    return None


def pinned_version(repo: Repository, tool: str, folder: str) -> Version | None:
    """The one version of a tool that the repository's requirements allow; None where there is none, or several."""
    found = {}
    for item in declarations(repo, folder) or ():
        exact = re.fullmatch(r"[\w.-]+(?:\[[^\]]*\])?\s*(==[^;]+)(?:;.*)?", item.text) if item.name == tool else None
        if exact and (version := _exact(exact[1].strip())):
            found[version] = Version(version, item.path, item.line)
    return next(iter(found.values())) if len(found) == 1 else None


def _exact(text: str) -> str:
    try:
        specifiers = list(SpecifierSet(text))
    except InvalidSpecifier:
        return ""
    return specifiers[0].version if len(specifiers) == 1 and "*" not in specifiers[0].version else ""


def _line(repo: Repository, path: str, section: str, keys: str) -> tuple[int, str] | None:
    """The best setting of the section; the section's own line where it holds none of these."""
    within, start, found = not section, (0, ""), dict[str, tuple[int, str]]()
    for number, line in enumerate(repo.lines(path), 1):
        if header := re.match(r"\[+(?P<name>[^\]]+)\]+\s*(?:#.*)?$", line):
            within = _belongs(header["name"], section) and not (keys == _LAYOUT and _OF_LINT.search(header["name"]))
            start = (number, line.strip()) if section and within and not start[0] else start
        elif within and (key := re.match(rf"\s*[\"']?(?P<key>{keys})[\"']?\s*[=:]", line)):
            found.setdefault(key["key"], (number, line.strip()))
    best = next((found[key] for key in keys.split("|") if key in found), None)
    if best or section:
        return best or (start if start[0] else None)
    return 1, path.rpartition("/")[2]


def _belongs(table: str, section: str) -> bool:
    return not section or table == section or table.startswith(f"{section}.")
