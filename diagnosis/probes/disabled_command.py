"""A workflow command that runners no longer obey: the lines that print it, written to the file that took its place."""

from __future__ import annotations

import re
from typing import Final

from diagnosis.patch import replaced
from diagnosis.probes.question import Answer, Question
from diagnosis.report import Fix, Place
from diagnosis.template import code_span

FILES: Final = {"set-env": "GITHUB_ENV", "set-output": "GITHUB_OUTPUT", "save-state": "GITHUB_STATE"}
PATHS: Final = "add-path"

_LINE: Final = re.compile(
    r"^(?P<head>\s*(?:- +)?(?:run: +)?)echo +(?P<quote>[\"']?)::(?P<command>[\w-]+)(?: name=(?P<name>[\w.-]+))?::"
    r"(?P<value>[^\"']*)(?P=quote)\s*$"
)


def disabled_command(question: Question) -> Answer | None:
    """Finds the lines of the workflow that print the command, all of its kind at once."""
    command, workflow = question.capture("command"), question.workflow
    text = question.repo.text(workflow.path) if workflow else None
    if workflow is None or text is None or command not in (*FILES, PATHS):
        return None
    changes: dict[int, list[str]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        found = _LINE.match(line)
        if not found or found["command"] != command or (command == PATHS) != (found["name"] is None):
            continue
        if found["quote"] or not re.search(r"[|;&<>#]", found["value"]):
            changes[number] = [_written(found)]
    if not changes:
        return None
    lines = ", ".join(f"line {number}" for number in list(changes)[:6])
    target = FILES.get(command, "GITHUB_PATH")
    return Answer(
        why=f"{code_span(workflow.path)} {lines} prints {code_span(f'::{command}')}, which runners no longer obey.",
        fixes=(
            Fix(
                says=f"Write to the file that {code_span('$' + target)} names instead.",
                files=(replaced(workflow.path, text, dict(changes)),),
            ),
        ),
        places=tuple(Place(workflow.path, number, f"::{command}") for number in changes),
        facts={"file": target},
    )


def _written(found: re.Match[str]) -> str:
    quote = found["quote"] or '"'
    told = f"{found['name']}={found['value']}" if found["name"] else found["value"]
    target = FILES.get(found["command"], "GITHUB_PATH")
    return f'{found["head"]}echo {quote}{told}{quote} >> "${target}"'
