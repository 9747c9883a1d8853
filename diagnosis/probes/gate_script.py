"""The script of the repository that a gate stands in, and the line that sets it."""

from __future__ import annotations

import re
from typing import Final

from diagnosis.probes.question import Answer, Question
from diagnosis.report import Place
from diagnosis.shell_commands import calls
from diagnosis.template import code_span

MOST_SCRIPTS: Final = 3


def gate_script(question: Question) -> Answer | None:
    """Where the required share is written: in a script that the step runs, or in the step itself."""
    try:
        required = float(question.capture("required"))
    except ValueError:
        return None
    share = f"{required / 100:.4f}".rstrip("0")
    number = re.compile(rf"(?<![\w.]){required:g}(?:\.0+)?(?![\w.]|\.\d)|(?<![\w.]){re.escape(share)}0*(?![\w.])")
    hits = [hit for hit in question.repo.search(number, _scripts(question)) if not hit.text.lstrip().startswith("#")]
    if len(hits) != 1:
        return None
    place = Place(hits[0].path, hits[0].line, hits[0].text.strip())
    return Answer(
        why=f"{question.finding.why} The gate is set in {code_span(place.path)} line {place.line} "
        f"({code_span(place.message)}).",
        places=(place,),
        facts={"gate_at": f"{place.path}:{place.line}"},
    )


def _scripts(question: Question) -> list[str]:
    """The repository's scripts that the step calls."""
    words = [
        word for call in calls(question.step.run if question.step else "") for word in (call.tool, *call.arguments)
    ]
    named = [word for word in words if word.endswith((".py", ".sh", ".js", ".mjs"))]
    paths = [path for word in named if (path := question.path(word) or _called(question, word))]
    return list(dict.fromkeys(paths))[:MOST_SCRIPTS]


def _called(question: Question, name: str) -> str | None:
    """The only file of a bare name: the name of a called program is all that is kept of its path."""
    found = question.repo.named(name.rpartition("/")[2])
    return found[0] if len(found) == 1 else None
