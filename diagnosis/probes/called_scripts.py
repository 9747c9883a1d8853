"""The repository's scripts that a step calls, and what they read."""

from __future__ import annotations

import re
from typing import Final

from diagnosis.probes.question import Question
from diagnosis.shell_commands import calls

MOST_SCRIPTS: Final = 3


def called_scripts(question: Question) -> list[str]:
    """The paths of the first scripts that the step calls."""
    words = [
        word for call in calls(question.step.run if question.step else "") for word in (call.tool, *call.arguments)
    ]
    named = [word for word in words if word.endswith((".py", ".sh", ".js", ".mjs"))]
    paths = [path for word in named if (path := question.path(word) or _called(question, word))]
    return list(dict.fromkeys(paths))[:MOST_SCRIPTS]


def step_names(question: Question, variable: str) -> bool:
    """Whether the step's own text names the variable, or a script that it calls."""
    name = re.compile(rf"\b{re.escape(variable)}\b")
    if question.step and name.search(question.step.run):
        return True
    return any(question.repo.search(name, called_scripts(question)))


def _called(question: Question, name: str) -> str | None:
    """The only file of a bare name: the name of a called program is all that is kept of its path."""
    found = question.repo.named(name.rpartition("/")[2])
    return found[0] if len(found) == 1 else None
