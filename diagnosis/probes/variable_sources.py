"""Where a repository already tells the value of a variable: another job or step, an example .env, Docker Compose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from diagnosis.probes.question import Question
from diagnosis.probes.servers import LOCAL
from diagnosis.probes.urls import connection_url
from diagnosis.redact import redact
from diagnosis.repo import VENDORED
from diagnosis.template import code_span
from diagnosis.workflow import Job, Values

MOST_READ: Final = 4

_EXAMPLES: Final = re.compile(
    r"\.?env\.(?:example|sample|template|test|testing|ci|dist|defaults)|(?:example|sample|test)\.env|\.env-example"
    r"|(?:docker-)?compose[\w.-]*\.ya?ml"
)
_SECRET: Final = re.compile(r"KEY|SECRET|TOKEN|PASS(?:WORD|WD|PHRASE)?\b|PWD|CREDENTIAL|PRIVATE|SALT|DSN|HOOK|AUTH")
_PLACEHOLDER: Final = re.compile(r"(?i)^$|change.?me|replace|your|xxx|example|dummy|todo|<.*>|\.\.\.|\$[({]|\*{3}")
_KNOWN_EVERYWHERE: Final = re.compile(r"\$\{\{\s*(?:secrets|vars|github)\.[\w.-]+\s*\}\}")


@dataclass(frozen=True, slots=True)
class Source:
    """A place that tells a variable's value; `value` is None where it is a secret, a placeholder or not for CI."""

    where: str
    """Markdown."""
    path: str
    line: int
    value: str | None
    is_workflow: bool = False


def is_secret(name: str) -> bool:
    """Whether the name says that the value is nobody's business."""
    return bool(_SECRET.search(name.upper()))


def sources(question: Question, name: str) -> list[Source]:
    """The places that tell the variable, the other jobs and steps of the workflow first."""
    return [*_in_workflow(question, name), *_in_examples(question, name)]


def _in_workflow(question: Question, name: str) -> Iterator[Source]:
    if not question.workflow:
        return
    for job in question.workflow.jobs:
        for told, values in _levels(question, job):
            value = values.get(name)
            if value:
                rest = _KNOWN_EVERYWHERE.sub("", value.text)
                usable = value.text if value.text and "${{" not in rest and "\n" not in value.text else None
                yield Source(f"{told} (line {value.line})", question.workflow.path, value.line, usable, True)


def _levels(question: Question, job: Job) -> Iterator[tuple[str, Values]]:
    if job != question.job:
        yield f"the job {code_span(job.key)}", job.env
    for step in job.steps:
        if step != question.step:
            shown = step.name or next(iter(step.called), "")
            yield f"the step {code_span(shown)} of the job {code_span(job.key)}", step.env


def _in_examples(question: Question, name: str) -> Iterator[Source]:
    found = [
        path
        for path in question.repo.paths
        if _EXAMPLES.fullmatch(path.rpartition("/")[2]) and VENDORED.isdisjoint(path.split("/"))
    ]
    folder = f"{question.folder}/" if question.folder else ""
    near = sorted(found, key=lambda path: (not path.startswith(folder), path.count("/"), path))[:MOST_READ]
    line = re.compile(rf"^\s*(?:-\s*|export\s+)?{re.escape(name)}\s*[:=]\s*(?P<value>.*?)\s*$")
    for hit in question.repo.search(line, near):
        told = line.match(hit.text)
        value = re.sub(r"\s+#.*", "", told["value"]).strip("\"'") if told else ""
        yield Source(f"{code_span(hit.path)} line {hit.line}", hit.path, hit.line, _for_ci(name, value))


def _for_ci(name: str, value: str) -> str | None:
    """The value where it may be shown and holds in a job as well: no secret, no placeholder, no machine of others."""
    if is_secret(name) or _PLACEHOLDER.search(value) or redact(f"{name}={value}") != f"{name}={value}":
        return None
    scheme = value.partition("://")[0] if "://" in value else ""
    url = connection_url(value, (scheme.partition("+")[0],)) if scheme else None
    return None if scheme and (not url or url.host not in LOCAL) else value
