"""A database login that fails because the tests and the job's service name different users, databases or passwords."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from diagnosis.probes.alembic_url import alembic_url
from diagnosis.probes.database_mismatch import (
    Mismatch,
    Sent,
    contradiction,
    facts_of,
    locally,
    mismatch_of,
    service_url,
    service_variable,
    urls_sent,
)
from diagnosis.probes.hard_coded import Code, Literal, also_written, code_files, siblings
from diagnosis.probes.question import Answer, Question
from diagnosis.probes.servers import LOCAL, first_set, kind_of, only_service, resolved
from diagnosis.probes.urls import ConnectionUrl, connection_url
from diagnosis.probes.workflow_edit import with_job_environment, with_value
from diagnosis.report import FilePatch, Fix, Place
from diagnosis.template import code_span

_USERS: Final = frozenset({"user", "username", "db_user", "pguser", "postgres_user", "mysql_user", "database_user"})
_DATABASES: Final = frozenset({"database", "dbname", "db_name", "db", "postgres_db", "mysql_database"})
_SYSTEM: Final = frozenset({"root", "runner"})


@dataclass(frozen=True, slots=True)
class Culprit:
    """The string in the code that names what the service does not have; `url` is None where it is no URL."""

    code: Code
    literal: Literal
    url: ConnectionUrl | None


def database_credentials(question: Question) -> Answer | None:
    """Compares the user or database of the error with the service's, and finds who names the other one."""
    kind = kind_of(question)
    service = only_service(question.job, kind) if kind and kind.user and question.job else None
    mismatch = mismatch_of(question, kind, service) if kind and service else None
    if not mismatch:
        return None
    sent = list(urls_sent(question, mismatch.kind))
    if any(item.url.host and item.url.host not in {*LOCAL, mismatch.service.name} for item in sent):
        return None
    if mismatch.sent == mismatch.created:
        return _other_password(question, mismatch, sent)
    in_workflow = [url for url in sent if mismatch.fits(url.url)]
    if in_workflow:
        return _in_workflow(question, mismatch, in_workflow[0])
    found = _in_code(question, mismatch, sent) or _in_alembic(question, mismatch)
    return found or _nobody_named(question, mismatch, sent)


def _in_workflow(question: Question, mismatch: Mismatch, sent: Sent) -> Answer | None:
    """The workflow itself disagrees: the URL of a variable against the service below it."""
    path, line = mismatch.workflow.path, sent.value.line
    text = question.repo.text(path)
    if text is None:
        return None
    change = _change(question, mismatch, sent)
    patch = with_value(path, text, sent.value, *change) if change else None
    names = service_variable(mismatch)
    return Answer(
        why=f"{contradiction(mismatch)} {code_span(sent.name)} in line {line} of the same file names "
        f"{code_span(mismatch.sent)}.",
        fixes=(
            Fix(
                says=f"Name {code_span(mismatch.created)} in {code_span(sent.name)}, with the service's password.",
                files=(patch,) if patch else (),
            ),
            Fix(
                says=f"Or set {code_span(names)} of the service to {code_span(mismatch.sent)}.",
                consequence="Everything else that logs in must then use it too.",
            ),
        ),
        places=(Place(path, line, f"{sent.name} names {mismatch.sent}"),),
        facts=facts_of(mismatch, f"{path}:{line}"),
    )


def _change(question: Question, mismatch: Mismatch, sent: Sent) -> tuple[str, str] | None:
    """What to write in the URL in the place of what; None where the file does not tell the whole login."""
    if mismatch.part == "database":
        before, after = f"/{mismatch.sent}", f"/{mismatch.created}"
        return (before, after) if sent.url.text.count(before) == 1 else None
    given = first_set(mismatch.service, mismatch.kind.password)
    password = resolved(question, given[1]) if given else None
    if sent.value.is_expression or not password or sent.url.password is None or not re.fullmatch(r"[\w.~-]+", password):
        return None
    return f"://{mismatch.sent}:{sent.url.password}@", f"://{mismatch.created}:{password}@"


def _in_code(question: Question, mismatch: Mismatch, sent: list[Sent]) -> Answer | None:
    environment = question.environment
    for path in code_files(question):
        code = Code(question.repo, path)
        for literal in code.literals:
            if literal.variable in environment and literal.variable:
                continue
            url = connection_url(literal.text, mismatch.kind.schemes)
            if url and mismatch.fits(url):
                return _hard_coded(question, mismatch, sent, Culprit(code, literal, url))
            if _is_part(mismatch, literal):
                return _hard_coded(question, mismatch, sent, Culprit(code, literal, None))
    return None


def _in_alembic(question: Question, mismatch: Mismatch) -> Answer | None:
    """The settings of Alembic, which reads no environment by itself."""
    found = alembic_url(question, mismatch.kind.schemes)
    if not found or not mismatch.fits(found[1]) or not any("alembic" in line for line in question.lines):
        return None
    hit = found[0]
    option = 'config.set_main_option("sqlalchemy.url", os.environ["DATABASE_URL"])'
    return Answer(
        title=f"{code_span(hit.path)} {_asks(mismatch)} {code_span(mismatch.sent)}, the job's service has "
        f"{code_span(mismatch.created)}",
        why=f"{contradiction(mismatch)} {code_span(hit.path)} line {hit.line} names {code_span(mismatch.sent)}, and "
        f"its `env.py` takes no address from the environment. {locally(question, mismatch)}",
        fixes=(Fix(says=f"Give Alembic the job's address in its `env.py`: {code_span(option)}."),),
        places=(Place(hit.path, hit.line, f"names {mismatch.sent}"),),
        facts=facts_of(mismatch, f"{hit.path}:{hit.line}"),
    )


def _is_part(mismatch: Mismatch, literal: Literal) -> bool:
    names = _USERS if mismatch.part == "user" else _DATABASES
    return literal.assigned and literal.text == mismatch.sent and literal.name.lower() in names


def _hard_coded(question: Question, mismatch: Mismatch, sent: list[Sent], culprit: Culprit) -> Answer:
    literal = culprit.literal
    where = f"{code_span(literal.path)} line {literal.line}"
    inside = f" (in {code_span(literal.function)})" if literal.function else ""
    chosen = _variable(question, mismatch, sent, culprit)
    if literal.variable:
        reason = f"{where}{inside} falls back to it, because {code_span(literal.variable)} is not set in this step"
    else:
        given = f", and does not read {code_span(chosen[0])}, which the job sets" if chosen else ""
        reason = f"{where}{inside} writes {code_span(mismatch.sent)}{given}"
    others = siblings(culprit.code, literal)
    return Answer(
        title=f"{code_span(literal.path)} {_asks(mismatch)} {code_span(mismatch.sent)}, the job's service has "
        f"{code_span(mismatch.created)}",
        why=f"{contradiction(mismatch)} {reason}. {locally(question, mismatch)}",
        fixes=_fixes(question, mismatch, culprit, chosen, others),
        places=(Place(literal.path, literal.line, f"names {mismatch.sent}"),),
        facts=facts_of(mismatch, f"{literal.path}:{literal.line}")
        | ({"siblings": [f"{item.path}:{item.line}" for item in others]} if others else {}),
    )


def _asks(mismatch: Mismatch) -> str:
    name = mismatch.kind.name
    return f"logs in to {name} as" if mismatch.part == "user" else f"asks {name} for the database"


def _variable(question: Question, mismatch: Mismatch, sent: list[Sent], culprit: Culprit) -> tuple[str, str] | None:
    """The variable of the job that tells what the service has, and what must be done with its value."""
    url = culprit.url
    if url is None:
        names = mismatch.kind.client_user if mismatch.part == "user" else mismatch.kind.client_database
        for name in names:
            setting = question.environment.get(name)
            if setting and resolved(question, setting.value) == mismatch.created:
                return name, ""
        return None
    right = {item.name: item.url for item in sent if mismatch.part_of(item.url) == mismatch.created}
    wanted = [culprit.literal.name.upper(), "DATABASE_URL", "TEST_DATABASE_URL", *sorted(right)]
    chosen = next((name for name in wanted if name in right), None)
    if chosen is None:
        return None
    given = right[chosen]
    change = f'.replace("{given.base}://", "{url.base}://", 1)' if given.base != url.base else ""
    return chosen, change


def _fixes(
    question: Question,
    mismatch: Mismatch,
    culprit: Culprit,
    chosen: tuple[str, str] | None,
    others: list[Literal],
) -> tuple[Fix, ...]:
    also = also_written(others)
    other = Fix(
        says=f"Or create {code_span(mismatch.sent)} in CI: set {code_span(service_variable(mismatch))} of the service "
        f"{code_span(mismatch.service.name)} to it.",
        consequence="The address stays in the code, and every other way to run the tests must match it.",
    )
    if culprit.literal.variable or chosen is None:
        return _set_in_job(question, mismatch, culprit, also), other
    patch = culprit.code.preferring([(culprit.literal, *chosen)])
    first = Fix(
        says=f"Read {code_span(chosen[0])} first, and keep what is written there as the fallback for local runs.{also}",
        files=(patch,) if patch else (),
    )
    return first, other


def _set_in_job(question: Question, mismatch: Mismatch, culprit: Culprit, also: str) -> Fix:
    """The variable that is not set yet, and the code that does not read one yet."""
    literal = culprit.literal
    default = "DATABASE_URL" if culprit.url else service_variable(mismatch)
    variable = literal.variable or default
    value = mismatch.created if not culprit.url else service_url(question, mismatch, culprit.url.base)
    says = f"Set {code_span(variable)} in the job's `env:` to what the service has, {code_span(mismatch.created)}"
    if not literal.variable:
        says += (
            f", and read it first in line {literal.line} of {code_span(literal.path)}, with the present text as the "
        )
        says += "fallback for local runs"
    reading = None if literal.variable else culprit.code.preferring([(literal, variable, "")])
    setting = _set(question, variable, value) if value else None
    whole = setting and (reading or literal.variable)
    return Fix(says=f"{says}.{also}", files=tuple(patch for patch in (reading, setting) if patch) if whole else ())


def _set(question: Question, variable: str, value: str) -> FilePatch | None:
    workflow, job = question.workflow, question.job
    text = question.repo.text(workflow.path) if workflow else None
    if not workflow or not job or text is None or variable in question.environment:
        return None
    return with_job_environment(workflow.path, text, job, {variable: value})


def _nobody_named(question: Question, mismatch: Mismatch, sent: list[Sent]) -> Answer | None:
    """A client that named no user asks for the one that runs the step; libpq reads another from PGUSER."""
    absent = mismatch.part == "user" and mismatch.sent in _SYSTEM and mismatch.kind.area == "postgresql"
    if not absent or "PGUSER" in question.environment or not question.step:
        return None
    if any(not item.url.user for item in sent):
        urls = [item for item in sent if not item.url.user]
        says = f"Name the user in {code_span(urls[0].name)} (line {urls[0].value.line}): {code_span(mismatch.created)}."
    elif sent:
        return None
    else:
        says = f"Name the user: `-U`, or `PGUSER` in the job's `env:`, with {code_span(mismatch.created)}."
    return Answer(
        why=f"The connection named no user, so the client took the one that runs the step, {code_span(mismatch.sent)}; "
        f"the service {code_span(mismatch.service.name)} was created with {code_span(mismatch.created)} "
        f"({mismatch.told}). Locally the system's user often has a role of its own.",
        fixes=(Fix(says=says),),
        facts=facts_of(mismatch, ""),
    )


def _other_password(question: Question, mismatch: Mismatch, sent: list[Sent]) -> Answer | None:
    """The user is right. Only passwords that the workflow writes in the clear can be compared; none is shown."""
    if mismatch.part != "user":
        return None
    given = first_set(mismatch.service, mismatch.kind.password)
    password = resolved(question, given[1]) if given else None
    if not given or not password:
        return None
    path = mismatch.workflow.path
    for item in sent:
        if item.url.user != mismatch.sent or item.value.is_expression:
            continue
        if item.url.password == password or "%" in (item.url.password or ""):
            continue
        state = "another password" if item.url.password else "no password"
        return Answer(
            why=f"{code_span(item.name)} ({code_span(path)} line {item.value.line}) names the right user, "
            f"{code_span(mismatch.sent)}, and {state}: the service {code_span(mismatch.service.name)} was created with "
            f"the {code_span(given[0])} of line {given[1].line}.",
            fixes=(Fix(says=f"Write the password of line {given[1].line} into {code_span(item.name)}."),),
            places=(Place(path, item.value.line, f"{item.name} has {state}"),),
            facts=facts_of(mismatch, f"{path}:{item.value.line}"),
        )
    return None
