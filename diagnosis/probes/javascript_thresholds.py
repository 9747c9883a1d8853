"""The coverage thresholds that Jest and Vitest are given, found in their settings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from diagnosis.probes.coverage_places import SETTING, Gate
from diagnosis.probes.question import Question

_ENDINGS: Final = ("js", "ts", "mjs", "cjs", "mts", "cts", "json")
_NAMES: Final = {
    "jest": ("package.json", *(f"jest.config.{ending}" for ending in _ENDINGS)),
    "vitest": tuple(f"{name}.config.{ending}" for name in ("vitest", "vite") for ending in _ENDINGS[:-1]),
}
_BLOCK: Final = {"jest": "coverageThreshold", "vitest": "thresholds"}


def thresholds(question: Question, required: float) -> list[Gate] | None:
    """The only threshold of the metric that asks for this much, in the folder of the step or above it.

    None where it is not there, or more than one may be meant.
    """
    tool = (question.finding.signature or "").partition("/")[0]
    found = [gate for path in _files(question, tool) for gate in _of_file(question, path, tool, required)]
    return found if len(found) == 1 else None


def _files(question: Question, tool: str) -> Iterator[str]:
    folder = question.folder
    for name in _NAMES.get(tool, ()):
        if path := question.repo.nearest(name, folder):
            yield path


def _of_file(question: Question, path: str, tool: str, required: float) -> Iterator[Gate]:
    number = re.compile(rf"\b{re.escape(question.capture('metric'))}[\"']?\s*:\s*(?P<value>\d+(?:\.\d+)?)\b")
    depth: int | None = None
    for at, line in enumerate(question.repo.lines(path), 1):
        text = line.partition("//")[0]
        if depth is None and re.search(rf"\b{_BLOCK[tool]}[\"']?\s*[:=]", text):
            depth, text = 0, " " * text.index(_BLOCK[tool]) + text[text.index(_BLOCK[tool]) :]
        if depth is None:
            continue
        for found in number.finditer(text):
            if float(found["value"]) == required:
                yield Gate(path, at, required, found[0], SETTING, *found.span("value"))
        depth += text.count("{") - text.count("}")
        depth = depth if depth > 0 else None
