"""A Redis login that fails because only one side, the tests or the job's service, has a password."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from diagnosis.probes.hard_coded import Code, Literal, also_written, code_files, siblings
from diagnosis.probes.question import Answer, Question
from diagnosis.probes.servers import KINDS, LOCAL, first_set, only_service, resolved, url_of
from diagnosis.probes.urls import ConnectionUrl, connection_url
from diagnosis.probes.workflow_edit import with_job_environment, with_value
from diagnosis.report import FilePatch, Fix, Place
from diagnosis.report import Value as Told
from diagnosis.template import code_span
from diagnosis.workflow import Job, Service, Value, Workflow

REDIS: Final = next(kind for kind in KINDS if kind.area == "redis")
VARIABLE: Final = "REDIS_URL"

_PASSWORDS: Final = ("REDIS_PASSWORD", "REDIS_MASTER_PASSWORD", "VALKEY_PASSWORD")
_BITNAMI: Final = re.compile(r"(?:^|/)bitnami(?:legacy|secure)?/")


@dataclass(frozen=True, slots=True)
class Server:
    """The job's Redis: whether it wants a password, and the line that says so."""

    service: Service
    protected: bool
    line: int
    password: str | None
    """The password where the workflow writes it in the clear, never shown."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A variable of the step that holds a Redis URL."""

    name: str
    value: Value
    url: ConnectionUrl


@dataclass(frozen=True, slots=True)
class Scene:
    """The job with its Redis and the addresses that its steps are given."""

    question: Question
    workflow: Workflow
    job: Job
    server: Server
    sent: Sequence[Sent]

    @property
    def who(self) -> str:
        return f"The service {code_span(self.server.service.name)} ({code_span(self.workflow.path)} line "

    def reaches(self, url: ConnectionUrl) -> bool:
        """Whether the URL may mean the job's service."""
        return url.host in LOCAL or url.host == self.server.service.name or url.host.startswith(("{", "$"))


def redis_credentials(question: Question) -> Answer | None:
    """Compares the password in the tests' URL, present or not, with what the service was started with."""
    scene = _scene(question)
    if not scene or any(not scene.reaches(item.url) for item in scene.sent):
        return None
    name = (question.finding.signature or "").rpartition("/")[2]
    if name == "password-unexpected" and not scene.server.protected:
        return _too_many(scene, with_password=True)
    if name == "password-required" and scene.server.protected:
        return _too_many(scene, with_password=False)
    return _wrong(scene) if name == "password-wrong" and scene.server.protected else None


def _scene(question: Question) -> Scene | None:
    service = only_service(question.job, REDIS) if question.job else None
    text = question.repo.text(question.workflow.path) if question.workflow else None
    if not service or not question.job or not question.workflow or text is None:
        return None
    server = _server(question, service, text)
    return Scene(question, question.workflow, question.job, server, list(_sent(question))) if server else None


def _server(question: Question, service: Service, text: str) -> Server | None:
    """None where the file does not tell whether the server wants a password."""
    block = text.splitlines()[service.line - 1 : service.last_line]
    asked = [number for number, line in enumerate(block, service.line) if re.search(r"requirepass", line)]
    given = first_set(service, _PASSWORDS)
    if asked:
        return Server(service, True, asked[0], None)
    if given and _BITNAMI.search(service.image):
        password = resolved(question, given[1])
        return Server(service, True, given[1].line, password) if password or given[1].is_expression else None
    if "${{" in service.options or "${{" in service.image.partition(":")[0]:
        return None
    return Server(service, False, service.line, None)


def _sent(question: Question) -> Iterator[Sent]:
    for name, setting in question.environment.items():
        url = url_of(question, setting.value, REDIS.schemes)
        if url:
            yield Sent(name, setting.value, url)


def _too_many(scene: Scene, *, with_password: bool) -> Answer | None:
    """One side has a password and the other has none: the variable of the workflow, or a line of the code."""
    for item in scene.sent:
        if bool(item.url.password) == with_password and not item.value.is_expression:
            return _in_workflow(scene, item)
    for path in code_files(scene.question):
        code = Code(scene.question.repo, path)
        for literal in code.literals:
            url = connection_url(literal.text, REDIS.schemes)
            fits = url and scene.reaches(url) and bool(url.password) == with_password
            if url and fits and not (literal.variable and literal.variable in scene.question.environment):
                return _in_code(scene, code, literal, url)
    return _by_itself(scene) if with_password else None


def _state(scene: Scene) -> str:
    if scene.server.protected:
        return f"{scene.who}{scene.server.line}) wants a password"
    given = first_set(scene.server.service, _PASSWORDS)
    unread = f", for the image does not read {code_span(given[0])} (line {given[1].line})" if given else ""
    return f"{scene.who}{scene.server.line}) has no password{unread}"


def _by_itself(scene: Scene) -> Answer | None:
    """The password alone is a variable of the step, and the code makes a URL of it."""
    named = [
        (name, scene.question.environment[name].value) for name in _PASSWORDS if name in scene.question.environment
    ]
    if not named or not named[0][1].text:
        return None
    name, value = named[0]
    return Answer(
        why=f"{_state(scene)}, and the step is given one: {code_span(name)} in line {value.line} of the same file."
        f"{_stopped(scene)}",
        fixes=(
            Fix(
                says=f"Take {code_span(name)} out of line {value.line}, or leave it empty.",
                consequence="The code must then do without a password, as it has to with this server.",
            ),
        ),
        places=(Place(scene.workflow.path, value.line, f"{name} is sent"),),
        facts=_facts(scene, f"{scene.workflow.path}:{value.line}"),
    )


def _in_workflow(scene: Scene, item: Sent) -> Answer:
    path, line = scene.workflow.path, item.value.line
    text = scene.question.repo.text(path) or ""
    does = "sends none" if scene.server.protected else "sends one"
    patch = None
    if item.url.password and "@" in item.url.text:
        login = item.url.text[item.url.text.index("://") : item.url.text.index("@") + 1]
        patch = with_value(path, text, item.value, login, "://")
    says = (
        f"Put the password into {code_span(item.name)}: `redis://:PASSWORD@HOST:PORT/0`."
        if scene.server.protected
        else f"Take the password out of {code_span(item.name)}."
    )
    return Answer(
        why=f"{_state(scene)}, and {code_span(item.name)} in line {line} of the same file {does}.{_stopped(scene)}",
        fixes=(Fix(says=says, files=(patch,) if patch else ()), *_other_side(scene)),
        places=(Place(path, line, f"{item.name} {does}"),),
        facts=_facts(scene, f"{path}:{line}"),
    )


def _in_code(scene: Scene, code: Code, literal: Literal, url: ConnectionUrl) -> Answer:
    inside = f" (in {code_span(literal.function)})" if literal.function else ""
    sends = "without a password" if scene.server.protected else "with a password"
    chosen = _variable(scene, literal)
    reads = f", and does not read {code_span(chosen.name)}, which the job sets" if chosen else ""
    falls = f", because {code_span(literal.variable)} is not set in this step" if literal.variable else ""
    local = "has none" if scene.server.protected else "has that password"
    return Answer(
        title=f"{code_span(literal.path)} builds the Redis URL {sends}, the job's Redis "
        f"{'wants one' if scene.server.protected else 'has none'}",
        why=f"{_state(scene)}. {code_span(literal.path)} line {literal.line}{inside} builds the URL {sends}, "
        f"{code_span(url.shown)}{falls}{reads}.{_stopped(scene)} Locally it works, where the Redis {local}.",
        fixes=(_first(scene, code, literal, chosen, also_written(siblings(code, literal))), *_other_side(scene)),
        places=(Place(literal.path, literal.line, f"a Redis URL {sends}"),),
        facts=_facts(scene, f"{literal.path}:{literal.line}"),
    )


def _variable(scene: Scene, literal: Literal) -> Sent | None:
    """The variable of the job whose URL this server takes."""
    right = {
        item.name: item
        for item in scene.sent
        if bool(item.url.password) == scene.server.protected and not item.value.is_expression
    }
    wanted = (literal.name.upper(), VARIABLE, "TEST_REDIS_URL", *sorted(right))
    return next((right[name] for name in wanted if name in right), None)


def _first(scene: Scene, code: Code, literal: Literal, chosen: Sent | None, also: str) -> Fix:
    if literal.variable:
        address = _address(scene)
        patch = _environment(scene, literal.variable, address) if address else None
        return Fix(
            says=f"Set {code_span(literal.variable)} in the job's `env:` to the service's address.",
            files=(patch,) if patch else (),
        )
    if chosen:
        return Fix(
            says=f"Read {code_span(chosen.name)} first, and keep what is written there as the fallback for local runs."
            f"{also}",
            consequence=_database(code, literal, chosen.url),
            files=(reading,) if (reading := code.preferring([(literal, chosen.name, "")])) else (),
        )
    address = _address(scene)
    patch = _environment(scene, VARIABLE, address) if address else None
    reading = code.preferring([(literal, VARIABLE, "")])
    files = (reading, patch) if reading and patch else ()
    return Fix(
        says=f"Set {code_span(VARIABLE)} in the job's `env:`, and read it first in line {literal.line} of "
        f"{code_span(literal.path)}, with what is written there as the fallback for local runs.{also}",
        files=files,
    )


def _database(code: Code, literal: Literal, given: ConnectionUrl) -> str:
    """What follows from another database number."""
    written = connection_url(literal.text, REDIS.schemes)
    if not written or not written.database.isdigit() or written.database == (given.database or "0"):
        return ""
    return f"In CI the tests then use database {given.database or '0'} and not {written.database}."


def _address(scene: Scene) -> str:
    """The service's address as the job's steps see it; empty where it needs a password or the file does not tell."""
    if scene.server.protected:
        return ""
    if scene.job.container:
        return f"redis://{scene.server.service.name}:{REDIS.port}/0"
    hosts = [port.host for port in scene.server.service.ports if port.container == REDIS.port and port.host]
    return f"redis://localhost:{hosts[0]}/0" if hosts else ""


def _environment(scene: Scene, name: str, value: str) -> FilePatch | None:
    path = scene.workflow.path
    text = scene.question.repo.text(path) or ""
    return with_job_environment(path, text, scene.job, {name: value}) if name not in scene.job.env else None


def _other_side(scene: Scene) -> tuple[Fix, ...]:
    if not scene.server.protected:
        return ()
    return (
        Fix(
            says=f"Or start the service {code_span(scene.server.service.name)} without a password (line "
            f"{scene.server.line}).",
            consequence="Nobody but the job reaches it; what the code does with a password is then not tested.",
        ),
    )


def _wrong(scene: Scene) -> Answer | None:
    """The URL's user that a plain password does not know, or another password in the clear."""
    for item in scene.sent:
        if item.value.is_expression or not item.url.password:
            continue
        where = f"{code_span(item.name)} ({code_span(scene.workflow.path)} line {item.value.line})"
        if item.url.user not in ("", "default"):
            reason = f"{where} names the user {code_span(item.url.user)}, and a plain password belongs to no other "
            reason += "user than `default`"
            says = f"Leave the user out: `redis://:PASSWORD@{item.url.host}`."
        elif scene.server.password and scene.server.password != item.url.password and "%" not in item.url.password:
            reason = f"{where} has another password"
            says = f"Write the password of line {scene.server.line} into {code_span(item.name)}."
        else:
            continue
        return Answer(
            why=f"{_state(scene)}, and {reason}.{_stopped(scene)}",
            fixes=(Fix(says=says),),
            places=(Place(scene.workflow.path, item.value.line, f"{item.name} is refused"),),
            facts=_facts(scene, f"{scene.workflow.path}:{item.value.line}"),
        )
    return None


def _stopped(scene: Scene) -> str:
    """Which fixture all tests stopped in, where none of them came to run."""
    facts = scene.question.finding.facts
    fixture, errors = facts.get("common_fixture"), facts.get("errors")
    if not isinstance(fixture, str) or not isinstance(errors, int):
        return ""
    tests = f"All {errors} tests" if errors > 1 else "The test"
    return f" {tests} stopped in setup and never ran: the fixture {code_span(fixture)} is what they share."


def _facts(scene: Scene, where: str) -> dict[str, Told]:
    return {"service": scene.server.service.name, "named_in": where, "password_wanted": scene.server.protected}
