"""What a chat is told of a case: a few plain lines in which nothing of others can call, link or hide anything."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from bot.case import Case
from diagnosis.clean import strip_controls
from diagnosis.redact import redact

MOST_CHARACTERS: Final = 200
MOST_OTHERS: Final = 3

_BREAK: Final = "\u200b"
"""Takes no place, and parts what a service would take together: a name behind its @, an address, a link."""

_TELLING: Final = re.compile(r"@(?=\S)|:(?=//)|\](?=\()|www(?=\.)", re.IGNORECASE)
_BRACKETS: Final = str.maketrans({"<": "‹", ">": "›", "`": "", "|": "¦", "\\": ""})
_COMMENT: Final = re.compile(r"<!--.*?-->")


def failed(case: Case) -> str:
    """The message for what broke."""
    best, run = case.report.best, case.run
    title = best.title if best and case.report.outcome == "diagnosed" else "no known cause was recognised"
    where = " › ".join(_plain(part) for part in (best and best.job, best and best.step) if part)
    author = f" by {_plain(run.author)}" if run.author else ""
    return _lines(
        f"❌ {_plain(case.repository.name)}: {_plain(run.workflow_name)} failed on {_plain(run.head_branch)}",
        _plain(title),
        *(f"also: {_plain(other)}" for other in _others(case)),
        " · ".join(part for part in (where, f"commit {_plain(run.head_sha[:7])}{author}") if part),
        run.html_url,
    )


def green(case: Case) -> str:
    """The message for what works again."""
    run = case.run
    workflow, branch = _plain(run.workflow_name), _plain(run.head_branch)
    return _lines(f"✅ {_plain(case.repository.name)}: {workflow} is green again on {branch}", run.html_url)


def _others(case: Case) -> Sequence[str]:
    best = case.report.best
    kinds = ("cause", "symptom")
    titles = [item.title for item in case.report.findings if best and item.kind in kinds and item.title != best.title]
    return list(dict.fromkeys(titles))[:MOST_OTHERS]


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)


def _plain(text: str) -> str:
    """One line as every service shows it: redacted, and without anything that one of them would obey."""
    line = " ".join(strip_controls(redact(_COMMENT.sub("", text).replace("\n", " "))).split())
    line = line if len(line) <= MOST_CHARACTERS else f"{line[: MOST_CHARACTERS - 1]}…"
    return _TELLING.sub(lambda found: f"{found[0]}{_BREAK}", line.translate(_BRACKETS))
