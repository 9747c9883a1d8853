"""A permission that the job's token lacks: the exact lines, put into the block that decides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from diagnosis.patch import indent, inserted, replaced
from diagnosis.probes.needed_permissions import needed, own_token
from diagnosis.probes.question import Answer, Question
from diagnosis.report import FilePatch, Fix, Place
from diagnosis.template import code_span
from diagnosis.workflow import Job, Values, Workflow

FORKS: Final = (
    "A pull request from a fork, or of Dependabot, gets a token that can only read, whatever stands here: "
    "a step that writes for those belongs into a workflow on `workflow_run`."
)
BOT: Final = "github-actions[bot]"
_LEVELS: Final = {"none": 0, "read": 1, "write": 2}
_IDENTITY_SIGNATURE: Final = "github/oidc-permission-missing"


def token_permission(question: Question) -> Answer | None:
    """Compares what the step needs with the `permissions:` of its job or workflow."""
    if question.capture("user") not in ("", BOT):
        return None
    workflow, job, step = question.workflow, question.job, question.step
    if workflow is None or job is None or step is None or "workflow_call" in workflow.events or not own_token(step):
        return None
    event = workflow.events[0] if len(workflow.events) == 1 else ""
    identity = question.finding.signature == _IDENTITY_SIGNATURE
    wanted = {"id-token": "write"} if identity else needed(step, event)
    block = job.permissions if job.permissions is not None else workflow.permissions
    missing = {name: level for name, level in wanted.items() if not _granted(block, name, level)}
    if not missing:
        return None
    line = job.permissions_line if job.permissions is not None else workflow.permissions_line
    path = workflow.path
    lines = ", ".join(code_span(f"{name}: {level}") for name, level in missing.items())
    who = f"The step in {code_span(path)} line {step.line} needs {lines}"
    if block is None:
        why = f"{who}. The file has no `permissions:`, so the repository's default decides, and this it does not give."
    else:
        has = ", ".join(code_span(f"{name}: {_level(block, name)}") for name in missing)
        why = f"{who}; `permissions:` in line {line} gives {has}. What such a block does not name is `none`."
    forks = "pull_request" in workflow.events
    return Answer(
        title=f"The job's token lacks {lines}",
        why=why,
        fixes=(_fix(question, workflow, job, missing, FORKS if forks else ""),),
        places=(Place(path, line or step.line, "permissions"),),
        facts={"missing": [f"{name}: {level}" for name, level in missing.items()]},
    )


def _granted(block: Values | None, name: str, level: str) -> bool:
    return block is not None and _LEVELS.get(_level(block, name), 2) >= _LEVELS[level]


def _level(block: Values, name: str) -> str:
    """What a block gives; `read-all` and `write-all` stand under the name `*`."""
    if "*" in block:
        return block["*"].text.removesuffix("-all")
    return block[name].text if name in block else "none"


def _fix(question: Question, workflow: Workflow, job: Job, missing: Mapping[str, str], forks: str) -> Fix:
    text = question.repo.text(workflow.path)
    lines = " and ".join(code_span(f"{name}: {level}") for name, level in missing.items())
    own = job.permissions is not None
    block = job.permissions if own else workflow.permissions
    if block is None:
        says = f"Give the job {lines}, and `contents: read` besides: a block takes away all that it does not name."
        patch = _new_block(workflow.path, text, job, missing) if text else None
    else:
        says = f"Add {lines} to the `permissions:` of the {'job' if own else 'workflow'}."
        line = job.permissions_line if own else workflow.permissions_line
        patch = _into(workflow.path, text, line, block, missing) if text else None
    return Fix(says=says, consequence=forks, files=(patch,) if patch else ())


def _new_block(path: str, text: str, job: Job, missing: Mapping[str, str]) -> FilePatch | None:
    if not job.steps_line:
        return None
    blanks = indent(text.splitlines()[job.steps_line - 1])
    unit = blanks[: max(2, len(blanks) // 2)]
    told = {"contents": "read", **missing}
    new = [f"{blanks}permissions:", *(f"{blanks}{unit}{name}: {level}" for name, level in told.items())]
    return inserted(path, text, job.steps_line - 1, new)


def _into(path: str, text: str, line: int, block: Values, missing: Mapping[str, str]) -> FilePatch | None:
    """The entries in a block of one line or of several; None where it is written in a way of its own."""
    lines = text.splitlines()
    flow = re.fullmatch(r"(?P<head>\s*permissions:\s*\{)(?P<inside>[^{}#]*)(?P<tail>\}\s*(?:#.*)?)", lines[line - 1])
    if flow and "*" not in block:
        kept = [entry.strip() for entry in flow["inside"].split(",") if entry.partition(":")[0].strip() not in missing]
        entries = [entry for entry in kept if entry] + [f"{name}: {level}" for name, level in missing.items()]
        return replaced(path, text, {line: [f"{flow['head']}{', '.join(entries)}{flow['tail']}"]})
    if not block or "*" in block or flow or any(value.line == line for value in block.values()):
        return None
    changed: dict[int, list[str]] = {}
    for name, level in missing.items():
        if name in block:
            old = lines[block[name].line - 1]
            start = block[name].column - 1
            changed[block[name].line] = [old[:start] + re.sub(r"^(['\"]?)\w+\1", level, old[start:])]
    new = [f"{name}: {level}" for name, level in missing.items() if name not in block]
    last = max(value.line for value in block.values())
    before = changed.get(last, [lines[last - 1]])
    return replaced(path, text, {**changed, last: [*before, *(f"{indent(lines[last - 1])}{entry}" for entry in new)]})
