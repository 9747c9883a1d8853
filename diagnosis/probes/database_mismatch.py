"""What a database client asked for and the job's service does not have: user or database, and who sets which."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from diagnosis.probes.hard_coded import other_files
from diagnosis.probes.question import Question
from diagnosis.probes.servers import (
    LOCAL,
    Kind,
    created_database,
    created_user,
    first_set,
    url_of,
)
from diagnosis.probes.urls import ConnectionUrl
from diagnosis.report import Value as Told
from diagnosis.template import code_span
from diagnosis.workflow import Service, Value, Workflow

_FROM_ANYWHERE: Final = re.compile(r"[\w.~-]+|\$\{\{\s*(?:secrets|vars)\.\w+\s*\}\}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Sent:
    """A variable of the step that holds a URL of the server."""

    name: str
    value: Value
    url: ConnectionUrl


@dataclass(frozen=True, slots=True)
class Mismatch:
    """What the client asked for and the service was not created with. `part` is `user` or `database`."""

    part: str
    sent: str
    created: str
    told: str
    """Where the workflow says what the service has, as Markdown."""
    kind: Kind
    service: Service
    workflow: Workflow

    def fits(self, url: ConnectionUrl) -> bool:
        """Whether the URL asks this service for what it does not have."""
        return self.part_of(url) == self.sent and self.reaches(url)

    def part_of(self, url: ConnectionUrl) -> str:
        return url.user if self.part == "user" else url.database

    def reaches(self, url: ConnectionUrl) -> bool:
        """Whether the URL may mean the job's service."""
        return url.host in LOCAL or url.host == self.service.name or url.host.startswith(("{", "$")) or not url.host


def urls_sent(question: Question, kind: Kind) -> Iterator[Sent]:
    """The variables of the step that hold a URL of this kind of server."""
    for name, setting in question.environment.items():
        url = url_of(question, setting.value, kind.schemes)
        if url:
            yield Sent(name, setting.value, url)


def mismatch_of(question: Question, kind: Kind, service: Service) -> Mismatch | None:
    """The user or database of the error, with what the service has; None where either is not told."""
    path = question.workflow.path if question.workflow else ""
    database = question.capture("database")
    part = "database" if database and "missing" in (question.finding.signature or "") else "user"
    sent = database if part == "database" else question.capture("user")
    find = created_database if part == "database" else created_user
    created = find(question, service, kind)
    if not sent or not created or not question.workflow:
        return None
    if kind.area == "mysql" and part == "user" and sent == "root":
        return None
    named = first_set(service, kind.database if part == "database" else kind.user)
    told = (
        f"{code_span(named[0])}, {code_span(path)} line {named[1].line}"
        if named
        else f"the image's default, {code_span(path)} line {service.line}"
    )
    return Mismatch(part, sent, created, told, kind, service, question.workflow)


def contradiction(mismatch: Mismatch) -> str:
    """Both sides in one sentence, as Markdown."""
    does = "log in as" if mismatch.part == "user" else "ask for the database"
    return (
        f"The tests {does} {code_span(mismatch.sent)}, and the service {code_span(mismatch.service.name)} was created "
        f"with {code_span(mismatch.created)} ({mismatch.told})."
    )


def service_variable(mismatch: Mismatch) -> str:
    """The variable of the image that says what is created."""
    names = mismatch.kind.user if mismatch.part == "user" else mismatch.kind.database
    set_here = first_set(mismatch.service, names)
    return set_here[0] if set_here else names[0]


def service_url(question: Question, mismatch: Mismatch, base: str) -> str | None:
    """The service's address for a job's variable, beginning with this scheme; None where the file does not tell it."""
    service, kind = mismatch.service, mismatch.kind
    given = first_set(service, kind.password)
    user, database = created_user(question, service, kind), created_database(question, service, kind)
    if not question.job or not given or not user or not database:
        return None
    if not all(_FROM_ANYWHERE.fullmatch(part) for part in (given[1].text, user, database)):
        return None
    hosts = [port.host for port in service.ports if port.container == kind.port and port.host]
    if question.job.container:
        address = f"{service.name}:{kind.port}"
    elif len(hosts) == 1:
        address = f"localhost:{hosts[0]}"
    else:
        return None
    return f"{base}://{user}:{given[1].text}@{address}/{database}"


def locally(question: Question, mismatch: Mismatch) -> str:
    """Why it works on the machine of whoever wrote it: the file that creates the user there, if one tells."""
    names = mismatch.kind.user if mismatch.part == "user" else mismatch.kind.database
    sets = re.compile(rf"\b(?:{'|'.join(names)})\b[\"']?\s*[:=]\s*[\"']?{re.escape(mismatch.sent)}[\"']?\s*(?:#.*)?$")
    for hit in question.repo.search(sets, other_files(question)):
        return f"Locally it works, because {code_span(hit.path)} line {hit.line} creates {code_span(mismatch.sent)}."
    return f"Locally it works wherever the server has {code_span(mismatch.sent)}."


def facts_of(mismatch: Mismatch, where: str) -> dict[str, Told]:
    """What the finding\'s facts say of it; `where` is the place that names the other one, if there is one."""
    told: dict[str, Told] = {
        f"{mismatch.part}_sent": mismatch.sent,
        f"{mismatch.part}_created": mismatch.created,
        "service": mismatch.service.name,
    }
    return told | ({"named_in": where} if where else {})
