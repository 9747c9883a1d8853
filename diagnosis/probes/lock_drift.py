"""A lock file that no longer fits its manifest: which dependencies differ, on which line."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from diagnosis.probes import lock_files
from diagnosis.probes.question import Answer, Question
from diagnosis.report import Fix, Place
from diagnosis.template import code_span, fill_command

MOST_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class _Tool:
    manifest: str
    lock: str
    asked: Callable[[str], lock_files.Asked]
    held: Callable[[str], lock_files.Asked]
    command: str
    repeats: bool = True
    """Whether the lock file repeats what the manifest asked for, so that any difference is the reason."""


_TOOLS: Final[Mapping[str, _Tool]] = {
    "npm": _Tool(
        "package.json",
        "package-lock.json",
        lock_files.npm_manifest,
        lock_files.npm_lock,
        "npm install --package-lock-only",
    ),
    "pnpm": _Tool(
        "package.json",
        "pnpm-lock.yaml",
        lock_files.npm_manifest,
        lock_files.pnpm_lock,
        "pnpm install --lockfile-only",
    ),
    "uv": _Tool("pyproject.toml", "uv.lock", lock_files.uv_manifest, lock_files.uv_lock, "uv lock"),
    "ruby": _Tool("Gemfile", "Gemfile.lock", lock_files.gemfile, lock_files.gemfile_lock, "bundle lock"),
    "poetry": _Tool(
        "pyproject.toml",
        "poetry.lock",
        lock_files.poetry_manifest,
        lock_files.poetry_lock,
        "poetry lock",
        repeats=False,
    ),
}


def lock_drift(question: Question) -> Answer | None:
    """Compares the two files; the signature's area tells which tool's."""
    tool = _TOOLS.get((question.finding.signature or "").partition("/")[0])
    lock = question.repo.nearest(tool.lock, question.folder) if tool else None
    if tool is None or lock is None:
        return None
    folder = lock.rpartition("/")[0]
    manifest = f"{folder}/{tool.manifest}" if folder else tool.manifest
    texts = question.repo.text(manifest), question.repo.text(lock)
    if not texts[0] or not texts[1]:
        return None
    try:
        differences = _differences(tool, tool.asked(texts[0]), tool.held(texts[1]))
    except lock_files.Unreadable:
        return None
    if not differences:
        return None
    places = tuple(Place(manifest, _line(texts[0], name), told) for name, told in differences)
    return Answer(
        why=f"{code_span(manifest)} and {code_span(lock)} differ: {_listed(places, differences)}.",
        fixes=(_fix(tool, folder, lock),),
        places=tuple(place for place in places if place.line)[:MOST_SHOWN],
        facts={"differing": [name for name, _ in differences]},
    )


def _differences(tool: _Tool, asked: lock_files.Asked, held: lock_files.Asked) -> list[tuple[str, str]]:
    """Names with what is wrong about them, as Markdown."""
    found: list[tuple[str, str]] = []
    for name, version in asked.items():
        if name not in held:
            found.append((name, "is not in the lock file"))
        elif lock_files.ANY in (version, held[name]):
            continue
        elif tool.repeats and held[name] != version:
            found.append((name, f"is asked for as {code_span(version)}, locked for {code_span(held[name])}"))
        elif not tool.repeats and not lock_files.satisfies(held[name], version):
            found.append((name, f"is asked for as {code_span(version)}, locked at {code_span(held[name])}"))
    if tool.repeats:
        found += [
            (name, "is in the lock file only") for name in held if name not in asked and name != "requires-python"
        ]
    return found


def _line(text: str, name: str) -> int | None:
    """The line of the manifest that names the dependency."""
    spelt = re.escape(name).replace(r"\-", "[-_.]")
    pattern = re.compile(rf"(?<![\w./-]){spelt}(?![\w./-])", re.IGNORECASE)
    return next((number for number, line in enumerate(text.splitlines(), 1) if pattern.search(line)), None)


def _listed(places: Sequence[Place], differences: Sequence[tuple[str, str]]) -> str:
    told = [
        f"{code_span(name)}{f' (line {place.line})' if place.line else ''} {what}"
        for place, (name, what) in zip(places, differences, strict=True)
    ]
    more = f"; and {len(told) - MOST_SHOWN} more" if len(told) > MOST_SHOWN else ""
    return "; ".join(told[:MOST_SHOWN]) + more


def _fix(tool: _Tool, folder: str, lock: str) -> Fix:
    template = f"cd {{folder}} && {tool.command}" if folder else tool.command
    command = fill_command(template, {"folder": folder} if folder else {})
    says = f"Write {code_span(lock)} anew and commit it together with {code_span(tool.manifest)}."
    return Fix(says=says, commands=(command,) if command else ())
