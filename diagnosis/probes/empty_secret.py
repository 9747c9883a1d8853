"""A secret that the failed step reads and that the log shows to be empty, or that is not the base64 it should be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from diagnosis.probes.called_scripts import step_names
from diagnosis.probes.question import Answer, Question
from diagnosis.report import Fix, Place
from diagnosis.template import code_span, fill_command
from diagnosis.workflow import Value

_REFERENCE: Final = re.compile(r"\$\{\{\s*(?P<context>secrets|vars)\.(?P<name>\w+)\s*\}\}", re.ASCII)
_EXPRESSION: Final = re.compile(r"\$\{\{.*?\}\}")
_EMPTY: Final = re.compile(r"^  (?P<name>[A-Za-z_][\w-]*):\s*$", re.ASCII)
_DECODES: Final = re.compile(r"\bbase64\s+(?:--decode|-d|-D|-di)\b")
_SET: Final = {"secrets": "gh secret set {name}", "vars": "gh variable set {name}"}
_PULL_REQUESTS: Final = frozenset({"pull_request", "pull_request_target"})


@dataclass(frozen=True, slots=True)
class Read:
    """A secret (or a variable of the repository) that a step reads: under which name, on which line of the file."""

    context: str
    secret: str
    name: str
    """The variable or the action's input that carries it; empty where the script names the secret itself."""
    line: int
    own: bool
    """Whether the step itself is given it, not the job or the workflow as a whole."""

    @property
    def shown(self) -> str:
        what = "secret" if self.context == "secrets" else "variable"
        return f"the {what} {code_span(self.secret)}"


def empty_secret(question: Question) -> Answer | None:
    """Reads in the step's heading of the log which of its variables are empty, and names the secrets behind them."""
    if not question.workflow or not question.job or not question.step:
        return None
    reads = list(_reads(question))
    empty = [read for read in reads if _is_empty(question, read) and _is_used(question, read)]
    if empty:
        return _empty_answer(question, empty)
    if (question.finding.signature or "").endswith("base64-invalid"):
        return _not_base64(question, reads)
    return None


def _reads(question: Question) -> Iterator[Read]:
    for name, setting in question.environment.items():
        yield from _references(name, setting.value, own=setting.level == "step")
    step = question.step
    if not step:
        return
    for name, value in step.inputs.items():
        yield from _references(name, value, own=True)
    for number, line in enumerate(step.run.splitlines()):
        for found in _REFERENCE.finditer(line):
            yield Read(found["context"], found["name"], "", step.run_line + number, own=True)


def _references(name: str, value: Value, *, own: bool) -> Iterator[Read]:
    """The secret that is the whole of a value: part of one it does not make it empty."""
    found = _REFERENCE.fullmatch(value.text.strip())
    if found:
        yield Read(found["context"], found["name"], name, value.line, own)


def _is_empty(question: Question, read: Read) -> bool:
    if read.name:
        return read.name in _empty_names(question)
    return _echoed(question).get(read.secret) == ""


def _empty_names(question: Question) -> set[str]:
    """The names with nothing behind them in the `env:` and `with:` blocks that begin the step."""
    names: set[str] = set()
    inside = False
    for line in question.lines:
        if line.rstrip() in ("env:", "with:"):
            inside = True
        elif line.startswith("##[endgroup]"):
            break
        elif inside and (found := _EMPTY.match(line)):
            names.add(found["name"])
    return names


def _echoed(question: Question) -> Mapping[str, str]:
    """What stands in the log's copy of the script in the place of each secret."""
    told: dict[str, str] = {}
    echoed = _script(question)
    for line in question.step.run.splitlines() if question.step else ():
        names = [found["name"] for found in _REFERENCE.finditer(line)]
        if not names or len(_EXPRESSION.findall(line)) != len(names):
            continue
        pattern = "(.*)".join(map(re.escape, _REFERENCE.split(line.strip())[::3]))
        matches = {found.groups() for text in echoed if (found := re.fullmatch(pattern, text.strip()))}
        if len(matches) == 1:
            told |= dict(zip(names, matches.pop(), strict=True))
    return told


def _script(question: Question) -> list[str]:
    """The lines of the script as the log repeats them, up to the shell's own line."""
    lines = []
    for line in question.lines:
        if line.startswith(("shell: ", "##[endgroup]")):
            break
        if not line.startswith("##[group]"):
            lines.append(line)
    return lines


def _is_used(question: Question, read: Read) -> bool:
    """Whether the step depends on it: given to the step itself, or named in a script of the job or that it calls."""
    steps = question.job.steps if question.job else ()
    if read.own or any(re.search(rf"\b{re.escape(read.name)}\b", step.run) for step in steps):
        return True
    return step_names(question, read.name)


def _empty_answer(question: Question, empty: list[Read]) -> Answer:
    path = question.workflow.path if question.workflow else ""
    named = ", ".join(f"{read.shown} ({_carried(read)}line {read.line})" for read in empty)
    many = len(empty) > 1
    why = f"{_upper(named)} of {code_span(path)} {'are' if many else 'is'} empty in this run: the log shows nothing in "
    why += f"{'their' if many else 'its'} place."
    if question.workflow and _PULL_REQUESTS & set(question.workflow.events):
        why += " Runs for pull requests from forks, and those of Dependabot, get no secrets at all."
    secrets = [read for read in empty if read.context == "secrets"]
    commands = tuple(command for read in empty if (command := fill_command(_SET[read.context], {"name": read.secret})))
    fixes = [
        Fix(
            says="Set it in the repository's or the environment's settings under exactly this name. One of an "
            "environment is seen only by jobs with that `environment:`.",
            commands=commands,
        )
    ]
    if secrets and secrets[0].name and question.step and not question.step.uses:
        condition = f"if: env.{secrets[0].name} != ''"
        fixes.append(
            Fix(
                says=f"Or leave the step out where there is none, with {code_span(condition)} and the variable in the "
                "job's `env:`.",
                consequence="Without the secret nothing is deployed or checked, and the job is green.",
            )
        )
    return Answer(
        title=f"{_upper(empty[0].shown)} is empty",
        why=why,
        fixes=tuple(fixes),
        places=tuple(Place(path, read.line, f"{read.secret} is empty") for read in empty),
        facts={"empty": [read.secret for read in empty]},
    )


def _carried(read: Read) -> str:
    return f"in {code_span(read.name)}, " if read.name and read.name != read.secret else ""


def _not_base64(question: Question, reads: list[Read]) -> Answer | None:
    """The value is there and is decoded in exactly one line, from one secret."""
    run = question.step.run if question.step else ""
    lines = [line for line in run.splitlines() if _DECODES.search(line)]
    used = [read for read in reads if lines and _is_in(read, lines[0])]
    if len(lines) != 1 or len(used) != 1 or not question.workflow:
        return None
    read = used[0]
    path = question.workflow.path
    command = fill_command("base64 -w 0 FILE | gh secret set {name}", {"name": read.secret})
    return Answer(
        why=f"The step {code_span(question.finding.step or '')} decodes {read.shown} ({code_span(path)} line "
        f"{read.line}), and what it holds is not base64: the plain text, or base64 that lost a part.",
        fixes=(
            Fix(
                says=f"Store the file's base64 in one line in {code_span(read.secret)}.",
                commands=(command,) if command else (),
            ),
        ),
        places=(Place(path, read.line, f"{read.secret} is not base64"),),
        facts={"secret": read.secret},
    )


def _is_in(read: Read, line: str) -> bool:
    if read.name:
        return bool(re.search(rf"\$\{{?{re.escape(read.name)}\b", line))
    return any(found["name"] == read.secret for found in _REFERENCE.finditer(line))


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
