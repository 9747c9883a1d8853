"""Explains a workflow file that does not parse: where, why, which values, and the lines that would."""

from __future__ import annotations

import difflib
import re
import time
from dataclasses import dataclass
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from diagnosis.catalogue import Catalogue
from diagnosis.clean import strip_controls
from diagnosis.redact import redact
from diagnosis.report import Excerpt, FilePatch, Finding, Fix, Input, Place, Report
from diagnosis.tell import fingerprint
from diagnosis.template import code_span, fill, fill_command

SIGNATURE: Final = "workflow/yaml-syntax"
MOST_BYTES: Final = 500 * 1024
"""GitHub's own limit for a workflow file."""
MOST_VALUES: Final = 30
MOST_DEPTH: Final = 200
CONTEXT: Final = 3

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


def explain(path: str, text: bytes, catalogue: Catalogue) -> Report:
    """The report of a workflow file: outcome `no-failure` when it parses.

    Every value that cannot parse is reported, each found by parsing again with the one before it mended.
    """
    started = time.perf_counter()
    lines = text[:MOST_BYTES].decode("utf-8-sig", "replace").split("\n")
    faults = find_faults([line.rstrip("\r") for line in lines])
    findings = (_finding(path, lines, faults, catalogue),) if faults else ()
    return Report(
        outcome="diagnosed" if faults else "no-failure",
        findings=findings,
        excerpt=_excerpt(lines, faults[0]) if faults else None,
        input=Input(len(text), len(lines), len(text) > MOST_BYTES),
        seconds=round(time.perf_counter() - started, 4),
    )


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
        for _ in YAML(typ="safe", pure=True).parse(text):
            pass
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


def _finding(path: str, lines: list[str], faults: list[Fault], catalogue: Catalogue) -> Finding:
    signature = catalogue.get(SIGNATURE)
    if signature is None:
        raise LookupError(f"the catalogue has no {SIGNATURE}")
    first = faults[0]
    captures = {"path": path, "line": str(first.line), "column": str(first.column), "message": first.message}
    return Finding(
        signature=signature.id,
        category=signature.category,
        kind=signature.kind,
        confidence="high",
        title=fill(signature.title, captures),
        why=fill(signature.why, captures),
        log=path,
        job=None,
        step=None,
        lines=tuple(fault.line for fault in faults)[:10],
        evidence=_pointed_at(lines, first),
        captures=captures,
        facts={"values": [fault.key for fault in faults if fault.key]},
        places=tuple(Place(path, fault.line, fault.message) for fault in faults),
        occurrences=len(faults),
        fixes=_fixes(path, lines, faults) or (Fix(says=fill(signature.fix, captures)),),
        verify=tuple(command for text in signature.verify if (command := fill_command(text, captures))),
        fingerprint=fingerprint(signature.id, path),
    )


def _pointed_at(lines: list[str], fault: Fault) -> tuple[str, str]:
    number = f"{fault.line} | "
    line = redact(strip_controls(lines[fault.line - 1].replace("\t", " ")))
    return number + line, " " * (len(number) + fault.column - 1) + "^"


def _fixes(path: str, lines: list[str], faults: list[Fault]) -> tuple[Fix, ...]:
    mended = [line.removesuffix("\r") for line in lines]
    quoted = [fault for fault in faults if fault.replacement is not None]
    if not quoted:
        return ()
    for fault in quoted:
        mended[fault.line - 1] = fault.replacement or ""
    names = ", ".join(code_span(fault.key or f"line {fault.line}") for fault in quoted)
    says = f"Quote the value of {names}: without quotes YAML takes a colon in it for the start of a mapping."
    if _first_fault(mended) is not None:
        says += " What is wrong after that can only be seen then."
    return (Fix(says=says, files=(FilePatch(path, _diff(path, lines, mended)),)),)


def _diff(path: str, before: list[str], after: list[str]) -> str:
    """A unified diff that keeps each line's own ending. `before` holds the carriage returns, `after` does not."""
    new = [line + "\r" if old.endswith("\r") else line for line, old in zip(after, before, strict=True)]
    last = len(before) - (before[-1] == "")
    old_lines, new_lines = ([line + "\n" for line in side[:last]] for side in (before, new))
    return "".join(difflib.unified_diff(old_lines, new_lines, f"a/{path}", f"b/{path}"))


def _excerpt(lines: list[str], fault: Fault) -> Excerpt:
    first = max(1, fault.line - CONTEXT)
    last = min(len(lines), fault.line + CONTEXT)
    return Excerpt((first, last), tuple(redact(strip_controls(line)) for line in lines[first - 1 : last]))
