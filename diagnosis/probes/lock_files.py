"""What a manifest asks for and what its lock file was made for, read from both."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

Asked = Mapping[str, str]
"""By the name of a dependency: the versions that are asked for."""

_NPM_PARTS: Final = ("dependencies", "devDependencies", "optionalDependencies")
_GEM: Final = re.compile(r"""^\s*gem[ (]+["'](?P<name>[^"'#]+)["']""", re.MULTILINE)
_GEM_ELSEWHERE: Final = re.compile(r"^\s*(?:gemspec|eval_gemfile|instance_eval|\w+\.each)\b|#\{", re.MULTILINE)


ANY: Final = "?"
"""In place of versions that cannot be compared."""


class Unreadable(Exception):
    """A file is not what its name says, or holds more than can be compared."""


def npm_manifest(text: str) -> dict[str, str]:
    """All that package.json asks for."""
    told = _json(text)
    return {name: version for part in _NPM_PARTS for name, version in _strings(told.get(part)).items()}


def npm_lock(text: str) -> dict[str, str]:
    """What the lock file repeats of package.json, from the second version of its form on."""
    packages = _json(text).get("packages")
    root = packages.get("") if isinstance(packages, dict) else None
    if not isinstance(root, dict):
        raise Unreadable
    return {name: version for part in _NPM_PARTS for name, version in _strings(root.get(part)).items()}


def pnpm_lock(text: str) -> dict[str, str]:
    """Only the head of the file, which repeats what package.json asked for."""
    head = re.split(r"^(?:packages|snapshots):", text, maxsplit=1, flags=re.MULTILINE)[0]
    try:
        told = YAML(typ="safe", pure=True).load(head)
    except (YAMLError, ValueError, RecursionError):
        raise Unreadable from None
    importers = told.get("importers") if isinstance(told, dict) else None
    root = importers.get(".") if isinstance(importers, dict) else None
    if not isinstance(importers, dict) or not isinstance(root, dict) or len(importers) > 1:
        raise Unreadable
    found: dict[str, str] = {}
    for part in _NPM_PARTS:
        for name, entry in (root.get(part) or {}).items():
            if not isinstance(entry, dict) or not isinstance(entry.get("specifier"), str):
                raise Unreadable
            found[name] = entry["specifier"]
    return found


def gemfile(text: str) -> dict[str, str]:
    """The gems' names; nothing can be said where other files or code add to them."""
    if _GEM_ELSEWHERE.search(text):
        raise Unreadable
    return {found["name"]: "" for found in _GEM.finditer(text)}


def gemfile_lock(text: str) -> dict[str, str]:
    """The gems' names that the lock file was made for."""
    found = re.search(r"^DEPENDENCIES\r?\n(?P<list>(?:  .*\r?\n?)*)", text, re.MULTILINE)
    if not found:
        raise Unreadable
    return {line.split()[0].rstrip("!"): "" for line in found["list"].splitlines() if line.strip()}


def uv_manifest(text: str) -> dict[str, str]:
    """The project's dependencies and those of its extras."""
    project = _toml(text).get("project")
    if not isinstance(project, dict) or "dependencies" in project.get("dynamic", ()):
        raise Unreadable
    own = canonicalize_name(str(project.get("name", "")))
    listed = [project.get("dependencies", []), *project.get("optional-dependencies", {}).values()]
    asked = _once((name, version) for part in listed for name, version in _requirements(part) if name != own)
    return {**asked, **_python(project)}


def uv_lock(text: str) -> dict[str, str]:
    """What the lock file says of the project itself."""
    told = _toml(text)
    own = [item for item in told.get("package", ()) if "." in item.get("source", {}).values()]
    if len(own) != 1:
        raise Unreadable
    listed = own[0].get("metadata", {}).get("requires-dist", [])
    found = _once((canonicalize_name(item["name"]), _locked(item)) for item in listed if "name" in item)
    return {**found, **_python(told)}


def _locked(item: Mapping[str, Any]) -> str:
    """The versions that an entry is for; what comes from a folder or a repository has none."""
    return _normal(item.get("specifier", "")) if set(item) <= {"name", "specifier", "marker", "extras"} else ANY


def _once(listed: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What is asked for twice, under other conditions, cannot be compared as one."""
    found: dict[str, str] = {}
    for name, version in listed:
        found[name] = ANY if name in found and found[name] != version else version
    return found


def _python(table: Mapping[str, Any]) -> dict[str, str]:
    """Only a lower bound: others may be written in several ways."""
    told = str(table.get("requires-python", "")).replace(" ", "")
    return {"requires-python": told} if re.fullmatch(r">=[\d.]+", told) else {}


def poetry_manifest(text: str) -> dict[str, str]:
    """What the lock file must hold a version of; extras and dependencies of one system alone are passed over."""
    told = _toml(text)
    poetry = told.get("tool", {}).get("poetry", {})
    tables = [poetry.get("dependencies", {}), poetry.get("dev-dependencies", {})]
    tables += [group.get("dependencies", {}) for group in poetry.get("group", {}).values()]
    listed = [text for text in told.get("project", {}).get("dependencies", []) if ";" not in text]
    asked = {name: version for name, version in _requirements(listed) if version != ANY}
    for table in tables:
        for name, value in table.items():
            if name.lower() != "python" and (isinstance(value, str) or _plain(value)):
                asked[canonicalize_name(name)] = value if isinstance(value, str) else str(value["version"])
    return asked


def poetry_lock(text: str) -> dict[str, str]:
    """The version that is locked of each package."""
    return {canonicalize_name(item["name"]): str(item["version"]) for item in _toml(text).get("package", ())}


def satisfies(version: str, asked: str) -> bool:
    """Whether a locked version may stand for what is asked; also where that cannot be told."""
    try:
        return Version(version) in SpecifierSet(_specifier(asked.strip()), prereleases=True)
    except (InvalidVersion, InvalidSpecifier, ValueError):
        return True


def _specifier(asked: str) -> str:
    if asked in ("*", ""):
        return ""
    if asked[0] in "^~" and asked[1:2].isdigit():
        parts = [int(part) for part in asked[1:].split(".")]
        keep = 0 if asked[0] == "^" else min(1, len(parts) - 1)
        if asked[0] == "^":
            keep = next((place for place, part in enumerate(parts) if part), len(parts) - 1)
        upper = ".".join(str(part + (place == keep)) for place, part in enumerate(parts[: keep + 1]))
        return f">={asked[1:]},<{upper}"
    return f"=={asked}" if asked[0].isdigit() else asked


def _plain(value: object) -> bool:
    return isinstance(value, dict) and set(value) <= {"version", "extras"} and "version" in value


def _requirements(listed: object) -> Iterator[tuple[str, str]]:
    for text in listed if isinstance(listed, list) else ():
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            raise Unreadable from None
        told = ANY if requirement.url else _normal(str(requirement.specifier))
        yield canonicalize_name(requirement.name), told


def _normal(specifier: str) -> str:
    try:
        return ",".join(sorted(str(part) for part in SpecifierSet(specifier)))
    except InvalidSpecifier:
        raise Unreadable from None


def _strings(told: object) -> dict[str, str]:
    return {name: value for name, value in told.items() if isinstance(value, str)} if isinstance(told, dict) else {}


def _json(text: str) -> dict[str, Any]:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable from None
    if not isinstance(told, dict):
        raise Unreadable
    return told


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        raise Unreadable from None
