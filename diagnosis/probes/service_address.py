"""Where a refused connection went: the address of the error, the kind of server it means, and who writes it down."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from diagnosis.patch import edited
from diagnosis.probes.hard_coded import with_url
from diagnosis.probes.question import Question
from diagnosis.probes.servers import KINDS, LOCAL, Kind, image_name, kind_at, kind_of, url_of
from diagnosis.report import FilePatch
from diagnosis.template import code_span
from diagnosis.workflow import Job, Value, Workflow

_PREFIXES: Final = {
    "postgresql": ("PG", "POSTGRES_", "POSTGRESQL_", "DB_", "DATABASE_", "SQL_"),
    "mysql": ("MYSQL_", "MARIADB_", "DB_", "DATABASE_", "SQL_"),
    "redis": ("REDIS_", "VALKEY_", "CACHE_"),
    "mongodb": ("MONGO_", "MONGODB_"),
}
_ADDRESS: Final = re.compile(r"(?:\w+://)?(?P<host>[\w.-]+):(?P<port>\d{1,5})\b")


@dataclass(frozen=True, slots=True)
class Target:
    """Where the connection went. `host` is empty and `port` None where the error does not say."""

    host: str
    port: int | None

    @property
    def is_local(self) -> bool:
        return self.host in LOCAL

    def means(self, host: str) -> bool:
        """Whether a written host is the one of the error."""
        return host == self.host or (host in LOCAL and self.is_local)


@dataclass(frozen=True, slots=True)
class Scene:
    """The job's service of the kind that did not answer, and the text of the workflow's file."""

    question: Question
    workflow: Workflow
    job: Job
    text: str
    kind: Kind
    target: Target

    @property
    def path(self) -> str:
        return self.workflow.path


def target_of(question: Question) -> Target | None:
    """Where the connection went, from the finding's captures; None where they do not tell."""
    host, port = question.capture("host"), question.capture("port")
    joined = _ADDRESS.search(host if not port else "") or _ADDRESS.search(question.capture("address"))
    if joined:
        return Target(joined["host"], int(joined["port"]))
    if host:
        return Target(host.strip("[]"), int(port) if port.isdigit() else None)
    return Target("", None) if (question.finding.signature or "").endswith("/starting-up") else None


def kind_asked(question: Question, job: Job, target: Target) -> Kind | None:
    """By the signature; by the service that is called so; by the port that a service publishes, or is known for."""
    named = kind_of(question)
    if named or (target.port is None and not target.host):
        return named
    for kind in KINDS:
        for service in job.services:
            hosts = [port.host for port in service.ports]
            if image_name(service) in kind.images and (target.host == service.name or target.port in hosts):
                return kind
    return kind_at(target.port) if target.port else None


def new_address(scene: Scene, host: str, port: int) -> tuple[FilePatch | None, list[str]]:
    """The patch of the step's variables that name the address of the error, and who names it, as Markdown."""
    text, names = scene.text, []
    for name, value, before, after in _written(scene, host, port):
        changed = _changed(text, value, before, after)
        if changed is None:
            return None, []
        text = changed
        names.append(f"{code_span(name)} (line {value.line})")
    if names:
        return edited(scene.path, scene.text, text), names
    literals = with_url(
        scene.question,
        scene.kind.schemes,
        lambda url: scene.target.means(url.host) and (url.port or scene.kind.port) == scene.target.port,
    )
    unset = [item for item in literals if not item.variable or item.variable not in scene.question.environment]
    return None, [f"{code_span(item.path)} line {item.line}" for item in unset[:1]]


def _written(scene: Scene, host: str, port: int) -> Iterator[tuple[str, Value, str, str]]:
    """The variables with the address of the error: name, value, what to replace by what."""
    target = scene.target
    for name, setting in scene.question.environment.items():
        value = setting.value
        url = url_of(scene.question, value, scene.kind.schemes)
        if url and target.means(url.host) and target.port in (None, url.port or scene.kind.port):
            before = f"{url.host}:{url.port}" if url.port else url.host
            yield name, value, before, f"{host}:{port}"
        known = [name.removeprefix(prefix) for prefix in _PREFIXES[scene.kind.area] if name.startswith(prefix)]
        if "HOST" in known and target.means(value.text) and value.text != host:
            yield name, value, value.text, host
        if "PORT" in known and value.text == str(target.port) and target.port != port:
            yield name, value, value.text, str(port)


def _changed(text: str, value: Value, before: str, after: str) -> str | None:
    lines = text.splitlines(keepends=True)
    line = lines[value.line - 1]
    head, tail = line[: value.column - 1], line[value.column - 1 :]
    if tail.count(before) != 1:
        return None
    lines[value.line - 1] = head + tail.replace(before, after)
    return "".join(lines)
