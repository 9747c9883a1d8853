"""An action that does not exist under this name or version, or is switched off: its lines, and the version to use."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from diagnosis.patch import replaced
from diagnosis.probes.question import Answer, Question
from diagnosis.report import Fix, Place
from diagnosis.template import code_span

CURRENT: Final[Mapping[str, int]] = {
    "actions/cache": 4,
    "actions/checkout": 5,
    "actions/configure-pages": 5,
    "actions/deploy-pages": 4,
    "actions/download-artifact": 4,
    "actions/github-script": 8,
    "actions/labeler": 6,
    "actions/setup-dotnet": 5,
    "actions/setup-go": 6,
    "actions/setup-java": 5,
    "actions/setup-node": 5,
    "actions/setup-python": 6,
    "actions/stale": 10,
    "actions/upload-artifact": 4,
    "actions/upload-pages-artifact": 4,
}
"""A major version of each that is known to exist and to be served (their releases, autumn 2025). Newer ones may exist;
of the artifact actions the one that the other half of a pair is mostly found with."""

SWITCHED_OFF: Final[Mapping[str, int]] = {
    "actions/cache": 2,
    "actions/download-artifact": 3,
    "actions/upload-artifact": 3,
}
"""Up to this major version GitHub fails the run (GitHub's changelog of 2024-04-16 and 2024-12-05)."""

PAIRED: Final[Mapping[str, str]] = {
    "actions/download-artifact": "actions/upload-artifact",
    "actions/upload-artifact": "actions/download-artifact",
}
MOST_FILES: Final = 8

_USES: Final = re.compile(
    r"^(?P<head>\s*(?:-\s+)?uses:\s*['\"]?)(?P<action>[\w.-]+/[\w.-]+)(?P<below>/[\w./-]+)?(?:@(?P<ref>[\w./-]+))?(?P<tail>.*)$"
)
_CAPTURED: Final = re.compile(r"(?P<action>[\w.-]+/[\w.-]+)(?:/[\w./-]+)?(?:(?:@|:\s*)(?P<ref>[\w./-]+))?")
_VERSION: Final = re.compile(r"v?(?P<major>\d{1,3})(?:\.\d+)*")


@dataclass(frozen=True, slots=True)
class _Use:
    path: str
    line: int
    action: str
    ref: str
    found: re.Match[str]

    def with_reference(self, action: str, ref: str) -> str:
        return f"{self.found['head']}{action}{self.found['below'] or ''}@{ref}{self.found['tail']}"


def action_reference(question: Question) -> Answer | None:
    """Finds the `uses:` lines that the message means, and what to write there where that is known."""
    told = _CAPTURED.search(question.capture("action"))
    if told is None:
        return None
    action, ref = told["action"], told["ref"] or ""
    everywhere = list(_uses(question))
    off = question.finding.signature == "github/artifact-version-deprecated"
    lines = [use for use in everywhere if use.action == action and (_same(use.ref, ref) or (off and _is_off(use)))]
    if not lines:
        return None
    meant = _meant(action, ref or lines[0].ref)
    places = tuple(Place(use.path, use.line, f"{use.action}@{use.ref}") for use in lines)
    named = ", ".join(f"{code_span(use.path)} line {use.line}" for use in lines[:4])
    shown = code_span(f"{action}@{lines[0].ref}" if lines[0].ref else action)
    if meant is None:
        says = f"See which versions {code_span(action)} has (its tags), and write one of them there."
        return Answer(why=f"{shown} is asked for in {named}.", fixes=(Fix(says=says),), places=places)
    partners = [use for use in everywhere if use.action == PAIRED.get(action) and _is_off(use)] if off else []
    return Answer(
        why=f"{shown} is asked for in {named}; {code_span('@'.join(meant))} is there.",
        fixes=(_fix(question, [*lines, *partners], meant),),
        places=places,
        facts={"use": "@".join(meant)},
    )


def _uses(question: Question) -> Iterator[_Use]:
    """The `uses:` lines of the workflow, and of the actions of this repository that it may call."""
    paths = [question.workflow.path] if question.workflow else list(question.repo.matching(".github/workflows/*.y*ml"))
    paths += [*question.repo.named("action.yml", "action.yaml")]
    for path in paths[:MOST_FILES]:
        for number, line in enumerate(question.repo.lines(path), 1):
            if found := _USES.match(line):
                yield _Use(path, number, found["action"], found["ref"] or "", found)


def _same(ref: str, told: str) -> bool:
    return ref == told or not told


def _is_off(use: _Use) -> bool:
    found = _VERSION.fullmatch(use.ref)
    return bool(found and int(found["major"]) <= SWITCHED_OFF.get(use.action, 0))


def _meant(action: str, ref: str) -> tuple[str, str] | None:
    """The action and the version that are surely there; None where only its own page tells."""
    if action in CURRENT:
        found = _VERSION.fullmatch(ref)
        major = int(found["major"]) if found else 0
        # A bare number of a version that exists lacks nothing but its letter.
        known = found and not ref.startswith("v") and "." not in ref and 0 < major <= CURRENT[action]
        return action, f"v{major if known and major > SWITCHED_OFF.get(action, 0) else CURRENT[action]}"
    alike = difflib.get_close_matches(action, CURRENT, 1, 0.9)
    if not alike:
        return None
    version = _VERSION.fullmatch(ref)
    known = version and ref.startswith("v") and int(version["major"]) <= CURRENT[alike[0]]
    return alike[0], ref if known else f"v{CURRENT[alike[0]]}"


def _fix(question: Question, uses: list[_Use], meant: tuple[str, str]) -> Fix:
    changes: dict[str, dict[int, list[str]]] = {}
    for use in uses:
        action, ref = meant if use.action != PAIRED.get(meant[0]) else (use.action, f"v{CURRENT[use.action]}")
        changes.setdefault(use.path, {})[use.line] = [use.with_reference(action, ref)]
    patches = tuple(
        replaced(path, text, dict(lines)) for path, lines in changes.items() if (text := question.repo.text(path))
    )
    consequence = ""
    if meant[0] in PAIRED:
        consequence = (
            "From v4 on an artifact cannot be changed after its upload: jobs of a matrix need a name each, and "
            "`merge-multiple: true` downloads them together."
        )
    return Fix(says=f"Use {code_span('@'.join(meant))}.", consequence=consequence, files=patches)
