"""The environment variable that switches TLS to the database off, as the repository's Python code reads it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from diagnosis.patch import edited, indent
from diagnosis.probes.python_source import parsed
from diagnosis.probes.question import Question
from diagnosis.probes.servers import KINDS, LOCAL, image_name
from diagnosis.probes.urls import connection_urls
from diagnosis.probes.workflow_edit import scalar
from diagnosis.report import FilePatch
from diagnosis.workflow import Job, Values

_TLS: Final = frozenset({"SSL", "TLS"})
_DATABASE: Final = frozenset({"DB", "DATABASE", "PG", "POSTGRES", "POSTGRESQL", "SQL", "MYSQL", "MARIADB"})
_SWITCHED: Final = frozenset({"ENABLED", "ENABLE", "USE", "REQUIRE", "REQUIRED", "ON"})
_SCHEMES: Final = tuple(name for kind in KINDS if kind.area in ("postgresql", "mysql") for name in kind.schemes)
_IMAGES: Final = frozenset(name for kind in KINDS if kind.area in ("postgresql", "mysql") for name in kind.images)


@dataclass(frozen=True, slots=True)
class Switch:
    """A variable, the value that means no, and where the code reads it (lines from 1). `local` is the code's name."""

    variable: str
    off: str
    path: str
    line: int
    local: str


def tls_switch(question: Question, files: Sequence[str]) -> Switch | None:
    """The only switch that code which speaks of certificates asks in an `if`; None where there is none, or several."""
    trees = [(path, tree) for path in files if path.endswith(".py") and (tree := parsed(question.repo, path))]
    found = [switch for path, tree in trees for switch in (*_read(path, tree), *_fields(path, tree))]
    asked = {switch.variable: switch for switch in found if any(_is_asked(tree, switch) for _, tree in trees)}
    return next(iter(asked.values())) if len(asked) == 1 else None


def database_jobs(question: Question, switch: Switch) -> list[Job]:
    """The jobs that start a database beside them and do not set the switch; none where the failing job is not one of
    them, or may talk to a remote host."""
    workflow = question.workflow
    if workflow is None or question.job is None or switch.variable in workflow.env:
        return []
    jobs = [job for job in workflow.jobs if any(image_name(service) in _IMAGES for service in job.services)]
    if any(_is_remote(job, levels) for job in jobs for levels in _levels(job, workflow.env)):
        return []
    lacking = [job for job in jobs if not any(switch.variable in level for level in _levels(job, {}))]
    return lacking if question.job in lacking else []


def with_variable(path: str, text: str, jobs: Sequence[Job], switch: Switch) -> FilePatch | None:
    """The patch that sets the switch to off for these jobs; None where one's `env:` is written in a way of its own."""
    ends = text.splitlines(keepends=True)
    lines = [line.rstrip("\r\n") for line in ends]
    told = f"{switch.variable}: {scalar(switch.off)}"
    for job in sorted(jobs, key=lambda job: -job.line):
        if job.env_line and job.env:
            first = min(value.line for value in job.env.values())
            at = job.env_line
            if first == at or lines[at - 1].split("#")[0].strip() != "env:":
                return None
            new = [indent(lines[first - 1]) + told]
        elif job.steps_line and not job.env_line:
            at, blanks = job.steps_line - 1, indent(lines[job.steps_line - 1])
            new = [f"{blanks}env:", f"{blanks}{blanks[: max(2, len(blanks) // 2)]}{told}"]
        else:
            return None
        newline = ends[at - 1][len(lines[at - 1]) :]
        ends[at:at] = [line + newline for line in new]
    return edited(path, text, "".join(ends))


def _levels(job: Job, workflow: Values) -> Iterator[Values]:
    yield from (workflow, job.env, *(step.env for step in job.steps))


def _is_remote(job: Job, level: Values) -> bool:
    """Whether a variable names, or may hide, a server that is neither this machine nor a service of the job."""
    near = LOCAL | {service.name for service in job.services}
    for name, value in level.items():
        is_host = bool(_DATABASE & set(name.upper().split("_"))) and name.upper().endswith(
            ("HOST", "URL", "URI", "DSN")
        )
        urls = connection_urls(value.text, _SCHEMES)
        if any(url.host and url.host not in near for url in urls):
            return True
        if is_host and not urls and (value.is_expression or (name.upper().endswith("HOST") and value.text not in near)):
            return True
    return False


def _is_switch(variable: str) -> bool:
    """Whether the name says so: words for TLS, for a database and for on and off, and at most a first of its own."""
    words = variable.upper().split("_")
    known = _TLS | _DATABASE | _SWITCHED
    return bool(_TLS & set(words) and _DATABASE & set(words)) and all(word in known for word in words[1:])


def _read(path: str, tree: ast.Module) -> Iterator[Switch]:
    """Names that are given what a variable says: `X = os.getenv("DB_SSL", "true") == "true"`."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        calls = [call for call in ast.walk(node.value) if isinstance(call, ast.Call) and _is_switch(_variable(call))]
        if len(calls) == 1 and (local := _name(target)):
            off = _off(node.value, calls[0])
            if off is not None:
                yield Switch(_variable(calls[0]), off, path, calls[0].lineno, local)


def _fields(path: str, tree: ast.Module) -> Iterator[Switch]:
    """Yes-or-no fields of pydantic's settings, by the name that the environment has for them."""
    for owner in ast.walk(tree):
        if not isinstance(owner, ast.ClassDef) or not any(_name(base).endswith("Settings") for base in owner.bases):
            continue
        prefix = _prefix(owner)
        for node in owner.body:
            if isinstance(node, ast.AnnAssign) and _name(node.annotation) == "bool" and prefix is not None:
                local = _name(node.target)
                keywords = node.value.keywords if isinstance(node.value, ast.Call) else []
                if not any("alias" in (key.arg or "") for key in keywords) and _is_switch(prefix + local):
                    yield Switch((prefix + local).upper(), "false", path, node.lineno, local)


def _prefix(owner: ast.ClassDef) -> str | None:
    """The `env_prefix` of a class of settings; None where it is not written out."""
    named: list[ast.expr] = []
    for node in ast.walk(owner):
        if isinstance(node, ast.keyword) and node.arg == "env_prefix":
            named.append(node.value)
        if isinstance(node, ast.Assign) and _name(node.targets[0]) == "env_prefix":
            named.append(node.value)
    for value in named:
        return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None
    return ""


def _variable(call: ast.Call) -> str:
    """The variable that a call reads from the environment; empty where it reads none."""
    reader = ast.unparse(call.func)
    readers = ("os.getenv", "getenv", "os.environ.get", "environ.get", "env", "env.bool", "config")
    first = call.args[0] if call.args else None
    told = isinstance(first, ast.Constant) and isinstance(first.value, str) and reader in readers
    return str(first.value) if told and isinstance(first, ast.Constant) else ""


def _off(value: ast.expr, call: ast.Call) -> str | None:
    """What the variable must say for the expression to be false; None where that is not clear."""
    if ast.unparse(call.func) == "env.bool" or any(
        key.arg == "cast" and _name(key.value) == "bool" for key in call.keywords
    ):
        return "false"
    compared = [node for node in ast.walk(value) if isinstance(node, ast.Compare) and call in ast.walk(node.left)]
    if len(compared) == 1 and value is compared[0] and len(compared[0].ops) == 1:
        texts = {
            node.value.lower()
            for node in ast.walk(compared[0].comparators[0])
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        if isinstance(compared[0].ops[0], ast.Eq | ast.In):
            return "false" if texts and "false" not in texts else None
        return "false" if "false" in texts else None
    return None


def _is_asked(tree: ast.Module, switch: Switch) -> bool:
    """Whether an `if` asks the switch, in a function or at a place that speaks of certificates or TLS."""
    for node in ast.walk(tree):
        if isinstance(node, ast.If | ast.IfExp) and any(_name(part) == switch.local for part in ast.walk(node.test)):
            inside = next((around for around in _functions(tree) if node in ast.walk(around)), node)
            text = ast.unparse(inside).lower().replace(switch.local.lower(), "")
            if "cert" in text or "ssl" in text:
                return True
    return False


def _functions(tree: ast.Module) -> Iterator[ast.AST]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _name(node: ast.AST) -> str:
    """The last part of a name or attribute; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
