"""The script of the repository that a gate stands in, and the line that sets it."""

from __future__ import annotations

import re

from diagnosis.probes.called_scripts import called_scripts
from diagnosis.probes.question import Answer, Question
from diagnosis.report import Place
from diagnosis.template import code_span


def gate_script(question: Question) -> Answer | None:
    """Where the required share is written: in a script that the step runs, or in the step itself."""
    try:
        required = float(question.capture("required"))
    except ValueError:
        return None
    share = f"{required / 100:.4f}".rstrip("0")
    number = re.compile(rf"(?<![\w.]){required:g}(?:\.0+)?(?![\w.]|\.\d)|(?<![\w.]){re.escape(share)}0*(?![\w.])")
    hits = [
        hit for hit in question.repo.search(number, called_scripts(question)) if not hit.text.lstrip().startswith("#")
    ]
    if len(hits) != 1:
        return None
    place = Place(hits[0].path, hits[0].line, hits[0].text.strip())
    return Answer(
        why=f"{question.finding.why} The gate is set in {code_span(place.path)} line {place.line} "
        f"({code_span(place.message)}).",
        places=(place,),
        facts={"gate_at": f"{place.path}:{place.line}"},
    )
