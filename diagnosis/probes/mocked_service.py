"""A service of others that cannot be imported or reached, and the repository's own variable that does without it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from diagnosis.probes.hard_coded import code_files
from diagnosis.probes.missing_variable import spots
from diagnosis.probes.question import Answer, Question
from diagnosis.probes.servers import LOCAL, kind_of
from diagnosis.probes.workflow_edit import with_job_environment
from diagnosis.report import Fix, Place
from diagnosis.template import code_span
from diagnosis.workflow import Workflow
from diagnosis.workflow_yaml import parse

MOST_WORKFLOWS: Final = 5

_WORDS: Final = frozenset({"MOCK", "MOCKED", "DISABLE", "DISABLED", "FAKE", "STUB", "SKIP"})
_TAILS: Final = frozenset({"TEST", "TESTS", "SERVICE", "SERVER", "CLIENT", "API"})
_FLAG: Final = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")
_COMPARED: Final = re.compile(r"[\"'](?P<value>true|True|1|yes|on)[\"']")
_GENERIC: Final = frozenset(
    {
        "api",
        "base",
        "url",
        "uri",
        "host",
        "port",
        "endpoint",
        "service",
        "server",
        "www",
        "com",
        "org",
        "net",
        "io",
        "dev",
    }
    | {"test", "tests", "app", "local", "localhost", "data", "db", "client", "http", "https", "dsn", "mock", "address"}
)
_FOLDER: Final = ".github/workflows/"


@dataclass(frozen=True, slots=True)
class Flag:
    """A variable that mocks or disables a service: where it is read or set, and the value that does it, if known."""

    name: str
    path: str
    line: int
    value: str | None
    is_set: bool
    """Whether this place sets it for a job, and does not only read it."""


def mocked_service(question: Question) -> Answer | None:
    """Names the variable, who reads or sets it, and sets it for the job where the value is known."""
    words = _service_words(question)
    if not words or not question.workflow or not question.job:
        return None
    flags = [flag for flag in _flags(question) if _speaks_of(flag.name, words)]
    if not flags or any(flag.name in question.environment for flag in flags):
        return None
    if any(re.search(rf"\b{flag.name}\b", step.run) for flag in flags for step in question.job.steps):
        return None
    return _answer(question, question.workflow, flags, words)


def _service_words(question: Question) -> list[str]:
    """What the service may be called in the name of a variable, in capitals."""
    module = question.capture("module").partition(".")[0]
    if module:
        own = question.repo.named(f"{module}.py") or any(
            folder.rpartition("/")[2] == module for folder in question.repo.folders
        )
        return [] if own else [module.upper().replace("_", "")]
    kind = kind_of(question)
    host, port = question.capture("host"), question.capture("port")
    if kind:
        return list(dict.fromkeys((kind.area.upper(), kind.images[0].upper())))
    if host in LOCAL and port:
        names = [name for name, item in question.environment.items() if f":{port}" in item.value.text]
        return [part for name in names for part in name.split("_") if part.lower() not in _GENERIC]
    labels = re.split(r"[.-]", host) if host and not re.fullmatch(r"[\d.:]+", host) else []
    return [label.upper() for label in labels if len(label) > 2 and label not in _GENERIC]


def _speaks_of(flag: str, words: list[str]) -> bool:
    """Whether the name says that it mocks or disables this service as a whole, and not a part or a use of it:
    `APP_DISABLE_SEARCH`, `MOCK_LANCE_DB`, `SEARCH_MOCKED`, `SKIP_SEARCH_TESTS`."""
    parts = flag.split("_")
    while parts[-1] in _TAILS:
        parts.pop()
        if not parts:
            return False
    before = [index for index, part in enumerate(parts) if part in _WORDS]
    services = {"".join(parts[index + 1 :]) for index in before}
    if parts[-1] in _WORDS:
        services |= {"".join(parts[start:-1]) for start in range(len(parts) - 1)}
    return any(word in services for word in words)


def _flags(question: Question) -> Iterator[Flag]:
    for workflow in _workflows(question):
        for job in workflow.jobs:
            for values in (workflow.env, job.env, *(step.env for step in job.steps)):
                for name, value in values.items():
                    plain = not value.is_expression and value.text.lower() not in ("", "0", "false", "no", "off")
                    yield Flag(name, workflow.path, value.line, value.text if plain else None, is_set=plain)
    traced = [path for path, _ in reversed(list(spots(question)))]
    for hit in question.repo.search(_FLAG, list(dict.fromkeys([*traced[:4], *code_files(question)]))):
        compared = _COMPARED.search(hit.text)
        for found in _FLAG.finditer(hit.text):
            yield Flag(found[0], hit.path, hit.line, compared["value"] if compared else None, is_set=False)


def _workflows(question: Question) -> Iterator[Workflow]:
    """The workflow itself, then those of its folder, whose names most likely speak of tests first."""
    if question.workflow:
        yield question.workflow
    paths = [
        path
        for path in question.repo.paths
        if path.startswith(_FOLDER)
        and path.endswith((".yml", ".yaml"))
        and path != getattr(question.workflow, "path", "")
    ]
    likely = sorted(paths, key=lambda path: (not re.search(r"test|integration|ci|unit", path), path))
    for path in likely[:MOST_WORKFLOWS]:
        text = question.repo.text(path)
        found = parse(path, text) if text else None
        if found:
            yield found


def _answer(question: Question, workflow: Workflow, flags: list[Flag], words: list[str]) -> Answer:
    setting = next((flag for flag in flags if flag.is_set), None)
    reading = next((flag for flag in flags if flag.path.endswith(".py") and flag.name == (setting or flag).name), None)
    first = setting or reading or flags[0]
    value = next((flag.value for flag in flags if flag.name == first.name and flag.value), None)
    told = []
    if reading:
        told.append(f"{code_span(reading.path)} line {reading.line} reads it")
    if setting:
        told.append(f"{code_span(setting.path)} line {setting.line} sets it to {code_span(setting.value or '')}")
    job = question.job
    here = f"the job {code_span(job.key)}" if job else "this job"
    text = question.repo.text(workflow.path)
    patch = with_job_environment(workflow.path, text, job, {first.name: value}) if text and job and value else None
    service = question.capture("module") or question.capture("host") or words[0].lower()
    others = sorted({flag.name for flag in flags} - {first.name})
    also = f" See also {', '.join(map(code_span, others[:3]))}." if others else ""
    return Answer(
        why=f"The repository has a variable to do without {code_span(service)}: {code_span(first.name)} "
        f"({'; '.join(told) or code_span(first.path)}). {_upper(here)} does not set it.{also}",
        fixes=(
            Fix(
                says=f"Set {code_span(first.name)} for {here}" + (f" to {code_span(value)}." if value else "."),
                consequence="The job then says nothing about the real service.",
                files=(patch,) if patch else (),
            ),
            Fix(says=f"Or give the job the real {code_span(service)}: the package, the service, the address."),
        ),
        places=(Place(first.path, first.line, first.name),),
        facts={"flag": first.name, "told_in": f"{first.path}:{first.line}"},
    )


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
