"""What a run has handed in about its tests and its coverage: JUnit's and coverage.py's reports, read with caps."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from xml.etree import ElementTree

from diagnosis.redact import redact
from diagnosis.report import Place, Value

MOST_BYTES: Final = 16 << 20
"""Of one file; a report of ten thousand tests has two."""

MOST_NAMED: Final = 20
MOST_PLACES: Final = 200
LEAST_COVERED: Final = 3


@dataclass(frozen=True, slots=True)
class Structured:
    """Facts by the category of the findings that they belong to, and where the failing tests stand.

    `artifact` is the name under which it was handed in.
    """

    artifact: str = ""
    facts: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    places: tuple[Place, ...] = ()


def read(artifact: str, files: Mapping[str, bytes]) -> Structured | None:
    """What these files tell; None where none of them is a report that we know. A broken file tells nothing."""
    tests, coverage = _Tests(), dict[str, Value]()
    for path, content in sorted(files.items()):
        if len(content) > MOST_BYTES:
            continue
        if path.endswith(".json"):
            coverage = coverage or _coverage_json(content)
        elif (root := _xml(content)) is not None and root.tag == "coverage":
            coverage = coverage or _coverage_xml(root)
        elif root is not None and root.tag in ("testsuite", "testsuites"):
            tests.add(content)
    facts = {"test": tests.facts(), "coverage": coverage}
    known = {category: told for category, told in facts.items() if told}
    return Structured(artifact, known, tuple(tests.places[:MOST_PLACES])) if known else None


def _xml(content: bytes) -> ElementTree.Element | None:
    # A report declares no entities; a document that does is somebody's bomb.
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        return None
    try:
        return ElementTree.fromstring(content)  # noqa: S314 - no entities, as seen above
    except (ElementTree.ParseError, ValueError, LookupError):
        return None


class _Tests:
    """The totals of all JUnit files, and the tests that did not pass."""

    def __init__(self) -> None:
        self.total = self.skipped = 0
        self.failing: list[str] = []
        self.erroring: list[str] = []
        self.places: list[Place] = []

    def add(self, content: bytes) -> None:
        from junitparser import Error, Failure, JUnitXml, Skipped  # with its own parser: mostly not needed

        for case in _cases(JUnitXml.fromstring(content)):
            self.total += 1
            results = case.result
            self.skipped += any(isinstance(result, Skipped) for result in results)
            bad = next((result for result in results if isinstance(result, Failure | Error)), None)
            if bad is not None:
                (self.erroring if isinstance(bad, Error) else self.failing).append(_name(case))
                self.places += _place(case, bad.message or "")

    def facts(self) -> dict[str, Value]:
        if not self.total:
            return {}
        bad = len(self.failing) + len(self.erroring)
        told: dict[str, Value] = {
            "total": self.total,
            "passed": self.total - bad - self.skipped,
            "failed": len(self.failing),
        }
        if self.failing:
            told["failing"] = [redact(name) for name in self.failing[:MOST_NAMED]]
        if self.erroring:
            told |= {"errors": len(self.erroring), "erroring": [redact(name) for name in self.erroring[:MOST_NAMED]]}
        return told


def _cases(suites: Any) -> Iterator[Any]:
    """The test cases of a suite, of suites, and of suites in suites."""
    for item in suites:
        if hasattr(item, "result"):
            yield item
        else:
            yield from _cases(item)
            yield from (case for inner in getattr(item, "testsuites", list)() for case in _cases(inner))


def _name(case: Any) -> str:
    where = case._elem.get("file") or case.classname or ""
    return f"{where}::{case.name}" if where else str(case.name)


def _place(case: Any, message: str) -> Iterator[Place]:
    path, line = case._elem.get("file"), case._elem.get("line") or ""
    if path:
        told = redact(f"{case.name}: {message.splitlines()[0]}" if message.strip() else str(case.name))
        # pytest counts from nought here.
        yield Place(path.replace("\\", "/"), int(line) + 1 if line.isdecimal() else None, told)


def _coverage_xml(root: ElementTree.Element) -> dict[str, Value]:
    """Cobertura's form, which coverage.py and many others write."""
    rows = [(item.get("filename") or "", _rate(item.get("line-rate"))) for item in root.iter("class")]
    valid, covered = root.get("lines-valid") or "", root.get("lines-covered") or ""
    if not rows or not valid.isdecimal() or not covered.isdecimal():
        return {}
    return _coverage(int(valid), int(valid) - int(covered), rows)


def _rate(text: str | None) -> float:
    try:
        return 100 * float(text or "1")
    except ValueError:
        return 100.0


def _coverage_json(content: bytes) -> dict[str, Value]:
    """coverage.py's own form."""
    try:
        data = json.loads(content)
        totals, files = data["totals"], data["files"]
        rows = [(str(path), float(told["summary"]["percent_covered"])) for path, told in files.items()]
        return _coverage(int(totals["num_statements"]), int(totals["missing_lines"]), rows)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _coverage(statements: int, missed: int, rows: Iterable[tuple[str, float]]) -> dict[str, Value]:
    least = sorted((percent, path) for path, percent in rows if percent < 100)[:LEAST_COVERED]
    told: dict[str, Value] = {"statements": statements, "missed": missed}
    if least:
        told["least_covered"] = [f"{redact(path)} {percent:.0f}%" for percent, path in least]
    return told
