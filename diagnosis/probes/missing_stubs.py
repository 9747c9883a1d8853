"""Type stubs that mypy misses: which distribution, whether it is declared, and where it belongs."""

from __future__ import annotations

import re
from typing import Final

from packaging.utils import canonicalize_name

from diagnosis.probes.declared import beside, declarations, locking
from diagnosis.probes.question import Answer, Question
from diagnosis.report import Fix, Place
from diagnosis.template import code_span

STUBS: Final = {
    "django": "django-stubs",
    "rest_framework": "djangorestframework-stubs",
    "celery": "celery-types",
    "boto3": "boto3-stubs",
    "botocore": "botocore-stubs",
    "pandas": "pandas-stubs",
    "lxml": "lxml-stubs",
    "scipy": "scipy-stubs",
    "asyncpg": "asyncpg-stubs",
    "passlib": "types-passlib",
    "jose": "types-python-jose",
    "psycopg2": "types-psycopg2",
    "networkx": "types-networkx",
    "tqdm": "types-tqdm",
}
"""Stubs that mypy's hint does not name, by the import's first name."""

_HINT: Final = re.compile(r"Hint: \"python3? -m pip install (?P<stubs>[A-Za-z0-9._-]+)\"")


def missing_stubs(question: Question) -> Answer | None:
    """Names the distribution of the stubs and declares it beside mypy."""
    module = question.capture("module")
    stubs = _stubs(question, module)
    declared = declarations(question.repo, question.folder)
    if stubs is None or declared is None or _hooked(question):
        return None
    place = next(iter(question.finding.places), None)
    asked = f" that {code_span(place.path)} line {place.line} imports" if place and place.line else ""
    own = [item for item in declared if item.name == canonicalize_name(stubs)]
    if own:
        return Answer(
            why=f"The stubs of {code_span(module)}{asked} are {code_span(stubs)}. They are declared in "
            f"{code_span(own[0].path)} line {own[0].line} (group {code_span(own[0].group)}), and the environment "
            "that mypy runs in does not have them.",
            fixes=(Fix(says=f"Install the group {code_span(own[0].group)} of {code_span(own[0].path)} in the job."),),
            places=(Place(own[0].path, own[0].line, own[0].text),),
            facts={"stubs": stubs},
        )
    anchors = [item for item in declared if item.name == "mypy"]
    patch = beside(question.repo, anchors[0], stubs) if anchors else None
    where = f" beside `mypy` ({code_span(anchors[0].path)} line {anchors[0].line})" if anchors else " with mypy"
    return Answer(
        why=f"{code_span(module)}{asked} has no types of its own; its stubs are the distribution {code_span(stubs)}, "
        "and no requirements of the repository name it.",
        fixes=(
            Fix(
                says=f"Declare {code_span(stubs)}{where}.",
                commands=locking(question.repo, question.folder) if patch else (),
                files=(patch,) if patch else (),
            ),
        ),
        facts={"stubs": stubs},
    )


def _stubs(question: Question, module: str) -> str | None:
    """What mypy's hint below the finding names, or the known stubs of the module."""
    for number, line in enumerate(question.lines):
        if f'for "{module}"' in line:
            hints = [found for below in question.lines[number + 1 : number + 3] if (found := _HINT.search(below))]
            if hints:
                return hints[0]["stubs"]
    return STUBS.get(module.partition(".")[0])


def _hooked(question: Question) -> bool:
    """Whether pre-commit runs mypy, in an environment that the requirements say nothing about."""
    return question.step is not None and "pre-commit" in question.step.run + question.step.uses
