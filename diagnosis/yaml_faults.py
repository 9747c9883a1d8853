"""Where a YAML file does not parse: each place, why, and the line that would."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

MOST_VALUES: Final = 30
MOST_DEPTH: Final = 200

_KEY = r"[^\s#'\"\[\]{}&*!|>%@`,?][^:#]*?|\"[^\"]*\"|'[^']*'"
_ENTRY = re.compile(rf"^(?P<head>\s*(?:- +)*(?P<key>{_KEY}):[ \t]+)(?P<value>.*)$")
_ITEM = re.compile(r"^(?P<head>\s*(?:- +)+)(?P<value>[^'\"\[\]{}&*!|>%@`#].*)$")

_BRACKET = re.compile(r"[\[\]{}]")


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a YAML parser stopped; line and column count from 1. `replacement` is the line that would parse."""

    line: int
    column: int
    message: str
    key: str = ""
    replacement: str | None = None


def find_faults(lines: list[str]) -> list[Fault]:
    """The faults of a YAML file in the order in which a parser meets them; all of those that quoting mends."""
    mended = list(lines)
    faults: list[Fault] = []
    while len(faults) < MOST_VALUES and (fault := _first_fault(mended)):
        if any(fault.line == earlier.line for earlier in faults):
            break
        faults.append(fault)
        if fault.replacement is None:
            break
        mended[fault.line - 1] = fault.replacement
    return faults


def _first_fault(lines: list[str]) -> Fault | None:
    text = "\n".join(lines)
    if _flow_depth(text) > MOST_DEPTH:
        return Fault(1, 1, "the file is nested too deeply")
    try:
        YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        return _fault_of(error, lines)
    except YAMLError as error:
        return Fault(1, 1, str(error).splitlines()[0])
    except RecursionError:
        return Fault(1, 1, "the file is nested too deeply")
    return None


def _flow_depth(text: str) -> int:
    """The deepest nesting of brackets, quotes not heeded; the parser's time grows with its square."""
    depth = deepest = 0
    for found in _BRACKET.finditer(text):
        depth += 1 if found[0] in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _fault_of(error: MarkedYAMLError, lines: list[str]) -> Fault:
    """The place that a person would look at: where the parser stopped, or where what never ended began."""
    problem = error.problem or "the file does not parse"
    never_ended = error.context_mark is not None and "end" in problem and "stream" in problem
    mark = error.context_mark if never_ended else error.problem_mark or error.context_mark
    message = ", ".join(part for part in (problem, error.context) if part)
    if mark is None:
        return Fault(1, 1, message)
    return _with_replacement(lines, Fault(min(mark.line, len(lines) - 1) + 1, mark.column + 1, message))


def _with_replacement(lines: list[str], fault: Fault) -> Fault:
    """The fault with the quoted line, where quoting the plain value on that line takes the parser past it."""
    line = lines[fault.line - 1]
    found = _ENTRY.match(line) or _ITEM.match(line)
    if found is None or not _breaks_when_plain(found["value"]):
        return fault
    value, comment = _split_comment(found["value"])
    key = found.groupdict().get("key") or ""
    return Fault(fault.line, fault.column, fault.message, key, found["head"] + _quoted(value) + comment)


def _breaks_when_plain(value: str) -> bool:
    """Whether YAML takes a colon in this unquoted value for a mapping, or its first character for syntax."""
    plain = _split_comment(value)[0]
    if not plain or plain[0] in "'\"|>[{&":
        return False
    return ": " in plain or plain.endswith(":") or plain[0] in "@`%*!"


def _split_comment(value: str) -> tuple[str, str]:
    place = re.search(r"\s+#", value)
    return (value[: place.start()], value[place.start() :]) if place else (value.rstrip(), "")


def _quoted(value: str) -> str:
    if '"' in value or "\\" in value:
        return "'" + value.replace("'", "''") + "'"
    return f'"{value}"'
