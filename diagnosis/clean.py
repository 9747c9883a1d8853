"""From a raw log line to the text that a person would have seen on a terminal, without clock and colour."""

from __future__ import annotations

import re

MOST_BYTES = 64 * 1024
CUT_MARK = " … (line cut)"
MOST_RELAYS = 2
"""Programs that one relays to another: pnpm's scripts in a docker build."""

_TIME = rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z"
_MARK = rb"[^\x00-\x7f]{0,12}"
"""A byte order mark, or what a wrong code page made of it."""
_PREFIX = re.compile(
    rb"(?:\xef\xbb\xbf)?"
    rb"(?:(?P<job>[^\t\n]{1,300})\t(?P<step>[^\t\n]{1,300})\t" + _MARK + rb"(?=\d{4}-\d\d-\d\dT))?"
    rb"(?:(?P<time>" + _TIME + rb")(?: |$)|\[" + _TIME + rb"\] )?"
)
"""What stands before a line's own text: the job and step of `gh run view`, and the runner's clock."""

_ESCAPE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colour, cursor, erase
    r"|\x1b[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\)?"  # OSC, DCS, APC, PM, SOS
    r"|\x1b[ -/]*[0-~]"  # two-character escapes
    r"|\x1b"
)
_WRITTEN_OUT = re.compile(r"(?:\\x1b|\\u001b|\\033|\\e|\^\[|␛)\[\d*(?:;\d+)*m|\[\d{1,3}(?:;\d{1,3})*m(?!\])")
"""Colour codes whose escape character was lost or printed as text."""

_SCRIPTS = (
    r"(?:build|check(?:-types)?|compile|e2e|format|lint|test|tsc|type-?check|types|unit|validate)(?::[\w-]{1,40})*"
)
_RELAYED = re.compile(
    r"#\d{1,4} \d{1,6}\.\d{1,3} "  # BuildKit: the step's number and its seconds
    r"|[a-zA-Z0-9][\w.-]{0,80}[-_]\d{1,3} +\| "  # Docker Compose: the service and which of its containers
    rf"|(?:[\w@.-]{{1,80}}/){{1,8}}[\w@.-]{{1,80}} {_SCRIPTS}: "  # pnpm -r: the package's folder and its script
    rf"|(?:@[\w.-]{{1,80}}/)?[\w.-]{{1,80}}:{_SCRIPTS}: "  # Turborepo: the package and its script
    r"|\[@[\w.-]{1,80}/[\w.-]{1,80}\]: ?"  # Yarn's workspaces foreach: the package
    r"|\[\d{1,2}\] "  # concurrently: the number of the command
)
"""What a program puts before each line of those that it runs. pnpm and Turborepo are known by a script's name."""

_CONTROL = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""Controls, bidirectional marks, zero-width and tag characters: nothing that a reader could see."""

_MOJIBAKE = ("â€", "âœ", "â”", "âš", "â—", "ðŸ", "ğŸ", "Ã¢", "Ã©", "Â·")


def split_prefix(raw: bytes) -> tuple[str | None, str | None, bytes]:
    """(job, step, rest) of a raw line; job and step only where `gh run view` wrote them."""
    found = _PREFIX.match(raw)
    if found is None:
        return None, None, raw
    job, step = found["job"], found["step"]
    rest = raw[found.end() :]
    if job is None or step is None:
        return None, None, rest
    return job.decode("utf-8", "replace").lstrip("\ufeff"), step.decode("utf-8", "replace"), rest


def time_of(raw: bytes) -> str | None:
    """The runner's clock on a raw line, ISO 8601 in UTC; None where the line carries none."""
    found = _PREFIX.match(raw)
    return found["time"].decode() if found and found["time"] else None


def clean(raw: bytes) -> str:
    """One raw line (without its newline) as the program itself printed it, without what relayed it to the job's log."""
    text = printed(raw)
    for _ in range(MOST_RELAYS):
        found = _RELAYED.match(text)
        if found is None:
            break
        text = text[found.end() :]
    return text


def printed(raw: bytes) -> str:
    """One raw line as plain text: decoded, without job, step and clock, uncoloured, carriage returns folded."""
    rest = split_prefix(raw)[2]
    cut = len(rest) > MOST_BYTES
    text = rest[:MOST_BYTES].decode("utf-8", "replace")
    if "\x1b" in text:
        text = _ESCAPE.sub("", text)
    text = _fold_progress(text)
    if "[" in text:
        text = _WRITTEN_OUT.sub("", text)
    if not text.isascii() and any(mark in text for mark in _MOJIBAKE):
        text = _mend_mojibake(text)
    text = strip_controls(text)
    return text + CUT_MARK if cut else text


def strip_controls(text: str) -> str:
    """The text without control, bidirectional, zero-width and tag characters; tabs stay."""
    return _CONTROL.sub("", text) if not text.isascii() or not text.isprintable() else text


def _fold_progress(text: str) -> str:
    """What a terminal shows of a line that was overwritten: its last part that is not blank."""
    if "\r" not in text:
        return text
    return next((part for part in reversed(text.split("\r")) if part.strip()), "")


def _mend_mojibake(text: str) -> str:
    """UTF-8 that was once read as cp1252, read rightly. The library is slow to import and rarely needed."""
    import ftfy

    return ftfy.fix_encoding(text)
