"""Which of the lists that declare dependencies a job's commands install."""

from __future__ import annotations

import ast
import configparser
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from posixpath import dirname, join, normpath
from typing import Any, Final, Literal

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from diagnosis.probes.declared import Declared
from diagnosis.probes.installs import Install
from diagnosis.repo import Repository

Kind = Literal["main", "extra", "group", "file"]
_INCLUDE: Final = re.compile(r"^\s*(?:-r|--requirement)[\s=]+(?P<path>\S+)")


@dataclass(frozen=True, slots=True)
class Group:
    """A list of dependencies: what kind of list, its name, and the file that it stands in."""

    kind: Kind
    name: str
    path: str


def group_of(repo: Repository, item: Declared) -> Group | None:
    """The list that a declaration belongs to; None where the file does not tell it plainly."""
    name = item.path.rpartition("/")[2]
    if name.endswith((".txt", ".in")):
        return Group("file", item.path, item.path)
    if name == "setup.cfg":
        return _of_setup_cfg(repo, item)
    if name == "setup.py":
        return _of_setup_py(repo, item)
    if name == "Pipfile":
        return Group("main" if item.group == "main" else "group", item.group, item.path)
    return _of_pyproject(repo, item) if name == "pyproject.toml" else None


def is_installed(repo: Repository, group: Group, done: Sequence[Install]) -> bool:
    """Whether one of the commands installs this list."""
    return any(_installs(repo, group, install) for install in done)


def includes(repo: Repository, paths: Iterable[str]) -> set[str]:
    """The requirement files that these name with `-r`, and those again."""
    found: set[str] = set()
    waiting = list(paths)
    while waiting and len(found) < 10:
        path = waiting.pop()
        for line in repo.lines(path):
            if include := _INCLUDE.match(line):
                below = normpath(join(dirname(path), include["path"]))
                waiting += [below] if below not in found else []
                found.add(below)
    return found


def _installs(repo: Repository, group: Group, install: Install) -> bool:
    if group.kind == "file":
        return group.path in {*install.files, *includes(repo, install.files)}
    if dirname(group.path) not in (install.project, install.folder):
        return False
    settings = pyproject(repo, group.path) or {}
    if group.kind == "group":
        return group.name in _with_included(settings, _groups(settings, install))
    if group.kind == "extra":
        return "--all-extras" in install.words or group.name in _with_named(settings, install.extras)
    if install.tool == "pip":
        return install.project == dirname(group.path)
    only = install.names("--only", "--only-group")
    return not only or "main" in only


def _groups(settings: Mapping[str, Any], install: Install) -> set[str]:
    """The groups that a command asks for, those of its tool's own accord included."""
    if install.tool == "pip":
        return {name.rpartition(":")[2] for name in install.names("--group")}
    if install.tool == "pipenv":
        return {"dev"} if {"--dev", "-d"} & set(install.words) else set()
    only = install.names("--only", "--only-group")
    if only:
        return only
    tool = settings.get("tool", {})
    if install.tool == "poetry":
        poetry = tool.get("poetry", {}).get("group", {})
        default = {name for name, table in poetry.items() if not table.get("optional")}
        default |= {"dev"} if "dev-dependencies" in tool.get("poetry", {}) else set()
        default |= set(settings.get("dependency-groups", {})) - set(poetry)
        asked = install.names("--with")
    else:
        default = set(tool.get("uv", {}).get("default-groups", ["dev"])) | {"dev-dependencies"}
        default = set() if "--no-default-groups" in install.words else default
        asked = install.names("--group")
    if "--all-groups" in install.words:
        asked |= set(settings.get("dependency-groups", {}))
    gone = {"dev", "dev-dependencies"} if "--no-dev" in install.words else set()
    return (default | asked) - gone - install.names("--without", "--no-group")


def _with_included(settings: Mapping[str, Any], names: set[str]) -> set[str]:
    """The groups with those that they include."""
    groups = settings.get("dependency-groups", {})
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        found.add(name)
        inner = [
            item["include-group"] for item in groups.get(name, ()) if isinstance(item, dict) and "include-group" in item
        ]
        waiting += [other for other in inner if other not in found]
    return found


def _with_named(settings: Mapping[str, Any], names: Iterable[str]) -> set[str]:
    """The extras with those that they name by the project's own name: `all = ["shop[test]"]`."""
    project = settings.get("project", {})
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        found.add(name)
        for text in project.get("optional-dependencies", {}).get(name, ()):
            try:
                requirement = Requirement(text)
            except InvalidRequirement:
                continue
            if canonicalize_name(requirement.name) == canonicalize_name(project.get("name", "")):
                waiting += [extra for extra in requirement.extras if extra not in found]
    return found


def pyproject(repo: Repository, path: str) -> dict[str, Any] | None:
    """The settings of a pyproject.toml; None where it is none, or does not parse."""
    text = repo.text(path) if path.endswith("pyproject.toml") else None
    try:
        return tomllib.loads(text) if text else None
    except tomllib.TOMLDecodeError:
        return None


def _of_pyproject(repo: Repository, item: Declared) -> Group | None:
    settings = pyproject(repo, item.path)
    if settings is None:
        return None
    extras = settings.get("project", {}).get("optional-dependencies", {})
    groups = {*settings.get("dependency-groups", {}), *settings.get("tool", {}).get("poetry", {}).get("group", {})}
    if item.group == "main":
        optional = re.search(r"optional\s*=\s*true", repo.lines(item.path)[item.line - 1])
        return None if optional else Group("main", "main", item.path)
    if item.group in extras and item.group in groups:
        return None
    return Group("extra" if item.group in extras else "group", item.group, item.path)


def _of_setup_cfg(repo: Repository, item: Declared) -> Group | None:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(repo.text(item.path) or "")
    except configparser.Error:
        return None
    places = [("options", "install_requires")]
    places += [("options.extras_require", key) for key in _keys(parser, "options.extras_require")]
    found = [key for section, key in places if item.text in parser.get(section, key, fallback="").split("\n")]
    return _one(found, item)


def _keys(parser: configparser.ConfigParser, section: str) -> list[str]:
    return parser.options(section) if parser.has_section(section) else []


def _of_setup_py(repo: Repository, item: Declared) -> Group | None:
    try:
        tree = ast.parse(repo.text(item.path) or "")
    except SyntaxError:
        return None
    found: list[str] = []
    for word in (node for node in ast.walk(tree) if isinstance(node, ast.keyword)):
        if word.arg == "install_requires" and item.text in _strings(word.value):
            found.append("install_requires")
        if word.arg == "extras_require" and isinstance(word.value, ast.Dict):
            pairs = zip(word.value.keys, word.value.values, strict=True)
            found += [
                str(key.value) for key, value in pairs if isinstance(key, ast.Constant) and item.text in _strings(value)
            ]
    return _one(found, item)


def _one(found: Sequence[str], item: Declared) -> Group | None:
    if len(found) != 1:
        return None
    return Group("main", "main", item.path) if found[0] == "install_requires" else Group("extra", found[0], item.path)


def _strings(node: ast.expr) -> set[str]:
    inside = node.elts if isinstance(node, ast.List | ast.Tuple) else ()
    return {str(part.value) for part in inside if isinstance(part, ast.Constant)}
