"""A path of somebody's own machine in an error: where it is written, what it means in the repository, the ways out."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from diagnosis.patch import edited
from diagnosis.probes.gitignored_module import Pattern, deciding
from diagnosis.probes.home_paths import HomePath, home_path, in_checkout, likely_files, written
from diagnosis.probes.import_names import is_standard
from diagnosis.probes.python_source import parsed
from diagnosis.probes.question import Answer, Question
from diagnosis.probes.tls_switch import Switch, database_jobs, tls_switch, with_variable
from diagnosis.redact import redact
from diagnosis.repo import Hit
from diagnosis.report import FilePatch, Fix, Place
from diagnosis.template import code_span, fill_command

_CERTIFICATE: Final = re.compile(r"\.(?:pem|crt|cer|key|p12|pfx|jks)$")
_VARIABLE: Final = re.compile(r"(?:getenv|environ\.get)\(\s*[\"'](?P<name>\w+)[\"']|process\.env\.(?P<node>\w+)")
_COPIED: Final = re.compile(r"\bpip install\s+(?:-\w+\s+)*[\"']?\.(?:\[[\w,-]+\])?[\"']?(?:\s|$)")


@dataclass(frozen=True, slots=True)
class _Found:
    """What the repository tells of the path: `target` is where it lies in a checkout, `known` whether it is there."""

    path: HomePath
    hits: Sequence[Hit]
    target: str | None
    known: bool
    ignored: Pattern | None


def developer_path(question: Question) -> Answer | None:
    """Names the line that writes the path and whether the file is in the commit; switches TLS off where that is it."""
    path = home_path(question.capture("path"))
    if path is None:
        return None
    files = likely_files(question)
    found = _look(question, path, files)
    switch = tls_switch(question, files) if _CERTIFICATE.search(path.name) else None
    off = _switched_off(question, switch) if switch and not found.known else None
    if not found.hits and not found.known and not off:
        return None
    return Answer(
        title=f"A path of someone's own machine is used: {code_span(path.path)}",
        why=_why(found, switch if off else None),
        fixes=tuple(filter(None, (off, *_ways(question, found)))),
        places=tuple(Place(hit.path, hit.line, redact(hit.text.strip())) for hit in found.hits[:3]),
        verify=tuple(filter(None, (fill_command("git grep -n {home}", {"home": f"/{path.person}/"}),))),
        facts={"written": [f"{hit.path}:{hit.line}" for hit in found.hits], "in_commit": found.known},
    )


def _look(question: Question, path: HomePath, files: list[str]) -> _Found:
    committed = question.path(path.path)
    # The look for endings takes any two parts: only what the home directory's path holds whole is the same file.
    target = committed if committed and f"/{path.rest}".endswith(f"/{committed}") else in_checkout(question.repo, path)
    known = bool(target) and target == committed
    gone = target is not None and question.repo.lacks(target)
    patterns = deciding(question.repo, target) if target and gone else []
    return _Found(path, written(question.repo, files, path), target, known, patterns[0] if patterns else None)


def _why(found: _Found, switch: Switch | None) -> str:
    person = code_span(found.path.person)
    hits = found.hits
    if hits:
        more = f", and so {'does' if len(hits) == 2 else 'do'} {_listed(hits[1:4])}" if len(hits) > 1 else ""
        said = [f"{_listed(hits[:1])} writes a path of {person}'s own machine{more}: it works there and nowhere else."]
    else:
        said = [f"The path lies in the home directory of {person}: it works there and nowhere else."]
    if found.target and found.known:
        said.append(f"The commit has the file as {code_span(found.target)}.")
    elif found.target and found.ignored:
        ignored = found.ignored
        where = f"{code_span(ignored.path)} line {ignored.line} ({code_span(ignored.text)})"
        said.append(f"{code_span(found.target)} is not in the commit: {where} keeps it out of git.")
    if switch:
        where = f"{code_span(switch.path)} line {switch.line}"
        said.append(
            f"The job's database runs beside it without TLS, and {code_span(switch.variable)}, read in {where}, "
            "is what asks for the certificate."
        )
    return " ".join(said)


def _listed(hits: Sequence[Hit]) -> str:
    return ", ".join(f"{code_span(hit.path)} line {hit.line}" for hit in hits)


def _switched_off(question: Question, switch: Switch) -> Fix | None:
    jobs = database_jobs(question, switch)
    workflow = question.workflow
    text = question.repo.text(workflow.path) if workflow else None
    if not jobs or not workflow or not text:
        return None
    patch = with_variable(workflow.path, text, jobs, switch)
    names = ", ".join(code_span(job.key) for job in jobs)
    each = f"the job {names}" if len(jobs) == 1 else f"each job with a database service ({names})"
    line = f'{switch.variable}: "{switch.off}"'
    return Fix(
        says=f"Set {code_span(line)} under `env:` of {each}: its database on `localhost` has no certificate.",
        consequence="Production still uses TLS, because only these jobs set the variable. "
        "Never do this for a database on a remote host.",
        files=(patch,) if patch else (),
    )


def _ways(question: Question, found: _Found) -> list[Fix]:
    variable = next((name for hit in found.hits if (name := _read_from(hit))), "")
    told = (
        [
            Fix(
                says=f"Set {code_span(variable)}, which the code reads first, to the path in the job.",
                consequence="Everybody who does not set it still meets the path of one machine.",
            )
        ]
        if variable and not found.known
        else []
    )
    if found.target and found.known:
        patch = _relative(question, found)
        start = (
            "from the file that uses it" if found.hits and found.hits[0].path.endswith(".py") else "from the project"
        )
        return [
            Fix(
                says=f"Build the path to {code_span(found.target)} {start}, in place of the absolute one.",
                consequence="It holds on every machine that has the repository.",
                files=(patch,) if patch else (),
            )
        ]
    where = f"{_listed(found.hits[:1])}: " if found.hits else ""
    target = f", such as {code_span(found.target)} from the repository's root" if found.target else ""
    secret = _CERTIFICATE.search(found.path.name)
    made = "write the file there from a secret in a step before this one" if secret else "commit the file"
    return [
        *told,
        Fix(
            says=f"{where}read the path from an environment variable, by default a relative one{target}, and {made}.",
            consequence="A private key is never committed; a public CA certificate may be." if secret else "",
        ),
    ]


def _read_from(hit: Hit) -> str:
    found = _VARIABLE.search(hit.text)
    return (found["name"] or found["node"]) if found else ""


def _relative(question: Question, found: _Found) -> FilePatch | None:
    """The patch that builds the path from the Python file that writes it whole; None where that may not hold."""
    hit = found.hits[0] if len(found.hits) == 1 else None
    text = question.repo.text(hit.path) if hit else None
    tree = parsed(question.repo, hit.path) if hit else None
    if hit is None or text is None or tree is None or not found.target or _is_copied(question, hit.path):
        return None
    literals = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and _means(node.value, found.path)]
    if len(literals) != 1 or literals[0].end_lineno != literals[0].lineno:
        return None
    literal = literals[0]
    folder, parts = hit.path.split("/")[:-1], found.target.split("/")
    common = next(
        (at for at, pair in enumerate(zip(folder, parts, strict=False)) if pair[0] != pair[1]),
        min(len(folder), len(parts)),
    )
    up = len(folder) - common
    base = f"Path(__file__).resolve().parent{'' if not up else f's[{up}]'}"
    built = f"{base} / {json.dumps('/'.join(parts[common:]), ensure_ascii=False)}"
    called = next(
        (
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and literal in node.args
            and isinstance(node.func, ast.Name)
            and node.func.id == "Path"
            and len(node.args) == 1
        ),
        None,
    )
    node: ast.expr = called or literal
    lines = text.split("\n")
    line = lines[literal.lineno - 1].encode()
    if node.lineno != node.end_lineno or node.end_col_offset is None:
        return None
    new = built if called else f"str({built})"
    lines[literal.lineno - 1] = (line[: node.col_offset] + new.encode() + line[node.end_col_offset :]).decode()
    after = _with_import(tree, lines)
    return edited(hit.path, text, "\n".join(after)) if after else None


def _with_import(tree: ast.Module, lines: list[str]) -> list[str] | None:
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    if any(
        isinstance(node, ast.ImportFrom)
        and node.module == "pathlib"
        and any(name.name == "Path" and name.asname is None for name in node.names)
        for node in imports
    ):
        return lines
    if any(isinstance(node, ast.Name) and node.id == "Path" for node in ast.walk(tree)):
        return None
    plain = [node for node in imports if not (isinstance(node, ast.ImportFrom) and node.module == "__future__")]
    if not plain:
        return None
    at = _import_line(plain)
    end = "\r" if lines[0].endswith("\r") else ""
    apart = [] if is_standard(_top(plain[0])) else [end]
    return [*lines[:at], f"from pathlib import Path{end}", *apart, *lines[at:]]


def _import_line(imports: Sequence[ast.Import | ast.ImportFrom]) -> int:
    """Behind how many lines the import stands as isort and Ruff sort it: in the first block, where that is Python's."""
    if not is_standard(_top(imports[0])):
        return imports[0].lineno - 1
    end = imports[0].lineno - 1
    for node in imports:
        later = isinstance(node, ast.ImportFrom) and _top(node) > "pathlib"
        if node.lineno != end + 1 or later or not is_standard(_top(node)):
            break
        end = node.end_lineno or node.lineno
    return end


def _top(node: ast.Import | ast.ImportFrom) -> str:
    """The first part of the imported module's name; a dot for what is near."""
    if isinstance(node, ast.ImportFrom) and node.level:
        return "."
    name = node.names[0].name if isinstance(node, ast.Import) else node.module or "."
    return name.partition(".")[0]


def _means(value: object, path: HomePath) -> bool:
    return isinstance(value, str) and re.sub(r"[\\/]+", "/", value) == path.path


def _is_copied(question: Question, path: str) -> bool:
    """Whether the job installs a copy of the package, whose `__file__` lies outside the repository."""
    steps = question.job.steps if question.job else ()
    return "src" in path.split("/") and any(_COPIED.search(step.run) for step in steps)
