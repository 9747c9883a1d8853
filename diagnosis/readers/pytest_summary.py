"""Reads pytest's closing lines: the totals, which tests FAILED and which are ERROR, and the fixture these share."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from diagnosis.readers.summary import facts as with_names
from diagnosis.readers.summary import short
from diagnosis.report import Value

_TOTALS = re.compile(r"^=*\s*(?P<totals>(?:\d[\d,]* [a-z]+(?:, )?)+) in (?P<seconds>[\d.]+)s\b")
_COUNT = re.compile(r"(\d[\d,]*) ([a-z]+)")
_NAMES = {
    **{
        name: name for name in ("passed", "failed", "errors", "skipped", "warnings", "deselected", "xfailed", "xpassed")
    },
    "error": "errors",
    "warning": "warnings",
    "rerun": "reruns",
}
_SETUP = re.compile(r"^_+ ERROR at setup of (?P<test>\S+) _+$")
_FIXTURE = re.compile(r"^\s*(?:async )?def (?P<fixture>\w+)\(")
_DECORATOR = re.compile(r"^\s*@pytest(?:_asyncio)?\.(?:yield_)?fixture\b")
_OUTCOME = re.compile(
    r"^(?:\[gw\d+\] )?(?:\[ *\d+%\] )?(?P<outcome>FAILED|ERROR) (?P<test>[^\s:]+\.py(?:::.+?)?)(?: - .*)?$"
)
_RAN = ("passed", "failed", "errors", "skipped", "xfailed", "xpassed")
MOST_LINES_TO_FIXTURE = 12


def pytest_summary(lines: Sequence[str], captures: Mapping[str, str]) -> dict[str, Value]:
    """passed, failed, errors, skipped, ..., total (numbers of tests), duration (s); common_fixture where all are ERROR.

    failing and erroring are the names that its list tells, at most ten of each. Facts that the log does not tell are
    absent; total is, where a file could not even be collected. Of several summaries the last one counts.
    """
    for line in reversed(lines):
        found = _TOTALS.match(line.strip())
        if found and any(name in _NAMES for _, name in _COUNT.findall(found["totals"])):
            break
    else:
        return {}
    facts: dict[str, Value] = {
        _NAMES[name]: int(count.replace(",", "")) for count, name in _COUNT.findall(found["totals"]) if name in _NAMES
    }
    facts["duration"] = float(found["seconds"])
    if facts.get("errors") and not facts.get("failed") and (fixture := _common_fixture(lines)):
        facts["common_fixture"] = fixture
    outcomes = [outcome for line in short(lines) if (outcome := _OUTCOME.match(line.rstrip()))]
    if not any("::" not in outcome["test"] for outcome in outcomes):
        facts["total"] = sum(value for name, value in facts.items() if name in _RAN and isinstance(value, int))
    names = {"failing": "FAILED", "erroring": "ERROR"}
    return facts | with_names(
        {}, **{key: [item["test"] for item in outcomes if item["outcome"] == word] for key, word in names.items()}
    )


def _common_fixture(lines: Sequence[str]) -> str | None:
    """The fixture that stands in every `ERROR at setup of` section, the innermost one where several do."""
    sections = [number for number, line in enumerate(lines) if _SETUP.match(line)]
    if not sections:
        return None
    common: list[str] | None = None
    for start, end in zip(sections, [*sections[1:], len(lines)], strict=True):
        names = _fixtures(lines[start:end])
        common = names if common is None else [name for name in common if name in names]
    return common[-1] if common else None


def _fixtures(section: Sequence[str]) -> list[str]:
    names: list[str] = []
    for number, line in enumerate(section):
        if not _DECORATOR.match(line):
            continue
        for following in section[number + 1 : number + MOST_LINES_TO_FIXTURE]:
            if found := _FIXTURE.match(following):
                names.append(found["fixture"])
                break
    return names
