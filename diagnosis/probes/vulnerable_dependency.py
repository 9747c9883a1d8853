"""A package with a known weakness: where the repository pins it, and that line with the version that is mended."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from diagnosis.patch import replaced
from diagnosis.probes.dependency_pins import Pin, pins
from diagnosis.probes.question import Answer, Question
from diagnosis.regex import compile_regex
from diagnosis.report import Fix, Place
from diagnosis.template import code_span, fill_command

MOST_PACKAGES: Final = 6

_ROWS: Final = (
    compile_regex(
        r"^│ +(?P<package>[^\s│(]+)(?: \([^)│]*\))? +│ +(?:CVE-|GHSA-)[\w-]+ +│ +\w* *│ +(?:[a-z_]+ *│ +)?"
        r"(?P<installed>[^\s│]+) *│ *(?P<fixed>[^│]*?) *│"
    ),
    compile_regex(
        r"^(?P<package>[A-Za-z0-9][\w.-]*) +(?P<installed>\d\S*) +(?:PYSEC|GHSA|CVE)-\S+"
        r" +(?P<fixed>\d[\w.]*(?:,\s?\d[\w.]*)*)"
    ),
)
_LOCKS: Final = (
    ("uv.lock", 'name = "{}"', "uv lock --upgrade-package {package}"),
    ("poetry.lock", 'name = "{}"', "poetry update {package}"),
    ("package-lock.json", '"node_modules/{}"', "npm update {package}"),
)


@dataclass(frozen=True, slots=True)
class _Weak:
    package: str
    installed: str
    fixed: str


def vulnerable_dependency(question: Question) -> Answer | None:
    """Finds the pins of all packages that the step's table names, the finding's own first."""
    weak = _listed(question)
    held = [(item, pin) for item in weak for pin in pins(question.repo, item.package, question.folder)]
    same = [(item, pin) for item, pin in held if pin.version == item.installed]
    if not same:
        return _transitive(question, weak[0]) if weak and not held else None
    first = same[0][1]
    told = ", ".join(f"{code_span(item.package)} in {code_span(pin.path)} line {pin.line}" for item, pin in same)
    return Answer(
        why=f"The repository pins what is reported: {told}. "
        + "; ".join(
            f"{code_span(item.package)} {code_span(item.installed)} is mended in {code_span(item.fixed)}"
            for item in dict.fromkeys(item for item, _ in same)
        )
        + ".",
        fixes=_fixes(question, same),
        places=tuple(Place(pin.path, pin.line, f"{item.package} {pin.version}") for item, pin in same),
        facts={"pinned_in": f"{first.path}:{first.line}"},
    )


def _listed(question: Question) -> list[_Weak]:
    """The packages with the version that mends all of their weaknesses, as far as the table tells one."""
    rows = [(question.capture("package"), question.capture("installed"), question.capture("fixed"))]
    for line in question.lines:
        for pattern in _ROWS:
            if found := pattern.search(line):
                told = found.groupdict()
                rows.append((told["package"] or "", told["installed"] or "", told["fixed"] or ""))
    best: dict[tuple[str, str], Version] = {}
    untold: set[str] = set()
    for package, installed, fixed in rows:
        if not package or not installed:
            continue
        version = _least(installed, fixed)
        if version is None:
            untold.add(package)
        elif version > best.get((package, installed), Version("0")):
            best[package, installed] = version
    known = [_Weak(package, installed, str(version)) for (package, installed), version in best.items()]
    return [item for item in known if item.package not in untold][:MOST_PACKAGES]


def _least(installed: str, fixed: str) -> Version | None:
    """The nearest of the mended versions: the same major where there is one."""
    try:
        now = Version(installed)
        later = sorted(
            version for text in fixed.split(",") if text.strip() and (version := Version(text.strip())) > now
        )
    except InvalidVersion:
        return None
    return next((version for version in later if version.major == now.major), later[0] if later else None)


def _fixes(question: Question, same: Sequence[tuple[_Weak, Pin]]) -> tuple[Fix, ...]:
    changes: dict[str, dict[int, list[str]]] = {}
    for item, pin in same:
        if pin.owned:
            changes.setdefault(pin.path, {})[pin.line] = [pin.at(item.fixed)]
    patches = tuple(
        replaced(path, text, dict(lines)) for path, lines in changes.items() if (text := question.repo.text(path))
    )
    names = ", ".join(
        f"{code_span(item.package)} {code_span(item.fixed)}" for item in dict.fromkeys(i for i, _ in same)
    )
    if not patches:
        says = (
            f"Take {names}: the file is written by a tool or holds hashes, so raise it in its source and write it anew."
        )
        return (Fix(says=says),)
    major = [item.package for item, _ in same if _major(item.installed) != _major(item.fixed)]
    note = f"A new major version of {', '.join(map(code_span, dict.fromkeys(major)))}: run the tests." if major else ""
    return (Fix(says=f"Take {names}, and write the lock file anew if there is one.", consequence=note, files=patches),)


def _major(version: str) -> int:
    return Version(version).major


def _transitive(question: Question, item: _Weak) -> Answer | None:
    """A package that only a lock file names: something else brings it in."""
    name = canonicalize_name(item.package)
    for file, mark, template in _LOCKS:
        path = question.repo.nearest(file, question.folder)
        written = item.package if file.endswith(".json") else name
        place = _locked_at(question.repo.lines(path), mark.format(written), item.installed) if path else 0
        command = fill_command(template, {"package": written})
        if path and place and command and not _declared(question, path, name):
            why = f"{code_span(item.package)} stands in {code_span(path)} line {place} and in no manifest"
            why += f": another package brings it in. It is mended in {code_span(item.fixed)}."
            fix = Fix(says="Raise it in the lock file alone, and commit that.", commands=(command,))
            return Answer(why=why, fixes=(fix,), places=(Place(path, place, item.installed),))
    return None


def _locked_at(lines: Sequence[str], mark: str, installed: str) -> int:
    """The line of the entry that locks this version; 0 where another one is locked, which is not what was scanned."""
    version = compile_regex(rf'^\s*"?version"?\s*[=:]\s*"{re.escape(installed)}"')
    named = (number for number, line in enumerate(lines, 1) if mark in line)
    return next((number for number in named if any(map(version.search, lines[number : number + 2]))), 0)


def _declared(question: Question, lock: str, name: str) -> bool:
    """Whether the manifest beside the lock file speaks of the package, or cannot be read."""
    manifest = lock.rpartition("/")[0] + "/" if "/" in lock else ""
    manifest += "package.json" if lock.endswith(".json") else "pyproject.toml"
    text = question.repo.text(manifest)
    return text is None or name in canonicalize_name(text)
