"""The only ways by which text from a log, a job or a person enters Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from diagnosis.clean import strip_controls
from diagnosis.redact import redact
from diagnosis.template import code_span as _code_span

MOST_LINE: Final = 400
"""Characters of a line in a fence: behind them a reader would scroll, not read."""

_BACKTICKS: Final = re.compile(r"`{3,}")
_MARKER: Final = re.compile(r"<!--(?=\s*whyred\b)", re.IGNORECASE)
_MARKUP: Final = re.compile(r"([\\`*_{}\[\]<>()#+!|~&$])")


def code_span(value: str) -> str:
    """A single value (step, path, login) as a code span: redacted, one line, at most 120 characters."""
    return _code_span(_MARKER.sub("<! --", redact(value)))


def fence(lines: Sequence[str], language: str = "") -> str:
    """Lines as a fenced block that none of them can close and that holds nothing a reader could not see."""
    kept = [_line(line) for line in lines]
    longest = max((len(run) for line in kept for run in _BACKTICKS.findall(line)), default=2)
    mark = "`" * (longest + 1)
    return "\n".join((mark + language, *kept, mark))


def escape(value: str) -> str:
    """Plain words of others (a workflow's name, a login) as prose: no markup, no link, nobody mentioned."""
    text = " ".join(strip_controls(redact(value).replace("\n", " ")).split())
    return _MARKUP.sub(r"\\\1", text).replace("@", "@<!-- -->")


def _line(line: str) -> str:
    text = _MARKER.sub("<! --", strip_controls(line).replace("\n", " "))
    return text if len(text) <= MOST_LINE else f"{text[: MOST_LINE - 1]}…"
