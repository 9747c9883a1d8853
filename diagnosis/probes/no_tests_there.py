"""A step that runs the tests of a folder in which there are none yet."""

from __future__ import annotations

import re
from posixpath import basename, normpath
from typing import Final

from diagnosis.patch import indent, replaced
from diagnosis.probes.question import Answer, Question
from diagnosis.report import FilePatch, Fix, Place
from diagnosis.shell_commands import calls
from diagnosis.template import code_span, fill_command
from diagnosis.workflow import Step, Workflow

MOST_SHOWN: Final = 3

_TEST: Final = re.compile(r"test_.*\.py|.*_test\.py")
_OWN_NAMES: Final = re.compile(r"python_files|doctest|python_functions|python_classes|--pyargs")
_SETTINGS: Final = ("pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")
_PLAIN: Final = re.compile(r"[\w./-]+", re.ASCII)


def no_tests_there(question: Question) -> Answer | None:
    """Names the folder that the step gives to pytest and what it holds, and lets the step wait for the first test."""
    workflow, step = question.workflow, question.step
    if not workflow or not step or question.capture("deselected"):
        return None
    folder = _folder(question, step)
    if folder is None or _has_own_names(question):
        return None
    files = [path for path in question.repo.paths if path.startswith(f"{folder}/")]
    if not files or any(_TEST.fullmatch(basename(path)) or path.endswith((".txt", ".rst")) for path in files):
        return None
    patch = _waiting(question, workflow, step, folder)
    collect = fill_command("python -m pytest --collect-only -q {folder}", {"folder": folder})
    first = code_span(f"{folder}/test_*.py")
    return Answer(
        title=f"{code_span(folder)} holds no tests yet",
        why=f"The step gives pytest {code_span(folder)}. {_told(folder, files)}, and nothing that is called "
        "`test_*.py` or `*_test.py`, so pytest ends with status 5, which fails the step.",
        fixes=(
            *([_patched(patch)] if patch else []),
            Fix(
                says=f"Write the first test, {first}.",
                consequence="The step is green with it, and red again should the tests vanish later.",
            ),
        ),
        places=(Place(workflow.path, step.run_line or step.line, f"pytest {folder}"),),
        verify=(collect,) if collect else (),
        facts={"folder": folder},
    )


def _folder(question: Question, step: Step) -> str | None:
    """The only folder that the step's only call of pytest names."""
    found = [call for call in calls(step.run) if call.tool == "pytest"]
    if len(found) != 1 or any("::" in word or word in ("-k", "-m", "-c") for word in found[0].arguments):
        return None
    words = [word.rstrip("/") for word in found[0].arguments if not word.startswith("-") and _PLAIN.fullmatch(word)]
    below = [normpath(f"{question.folder}/{word}") if question.folder else normpath(word) for word in words]
    folders = [path for path in below if path in question.repo.folders]
    return folders[0] if len(folders) == 1 and not any(question.repo.has(path) for path in below) else None


def _has_own_names(question: Question) -> bool:
    """Whether the project may call its tests otherwise, as far as its settings tell."""
    found = (question.repo.nearest(name, question.folder) for name in _SETTINGS)
    return any(_OWN_NAMES.search(question.repo.text(path) or "") for path in found if path)


def _told(folder: str, files: list[str]) -> str:
    shown = ", ".join(code_span(path.removeprefix(f"{folder}/")) for path in files[:MOST_SHOWN])
    more = f" and {len(files) - MOST_SHOWN} more" if len(files) > MOST_SHOWN else ""
    return f"It holds {shown}{more}"


def _patched(patch: FilePatch) -> Fix:
    return Fix(
        says="Let the step wait for its first test: it is skipped as long as the folder holds none.",
        consequence="It begins by itself with the first test, and says nothing should all of them vanish later.",
        files=(patch,),
    )


def _waiting(question: Question, workflow: Workflow, step: Step, folder: str) -> FilePatch | None:
    """The step with a condition; None where it has one already, or its first line cannot be told."""
    text = question.repo.text(workflow.path)
    if text is None or step.condition or not _PLAIN.fullmatch(folder):
        return None
    line = question.repo.lines(workflow.path)[step.line - 1]
    if not re.match(r"\s*- [\w-]+:(?:\s|$)", line):
        return None
    blanks = f"{indent(line)}  "
    condition = f"{blanks}if: hashFiles('{folder}/**/test_*.py', '{folder}/**/*_test.py') != ''"
    if re.match(r"\s*- name:", line):
        return replaced(workflow.path, text, {step.line: [line, condition]})
    first = condition.replace(f"{blanks}if", f"{indent(line)}- if", 1)
    return replaced(workflow.path, text, {step.line: [first, line.replace("- ", "  ", 1)]})
