"""A smoke test that is not let in: which credentials it signs in with, and which migration creates their user."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from diagnosis.probes.called_scripts import step_names
from diagnosis.probes.question import Answer, Question
from diagnosis.repo import VENDORED
from diagnosis.report import Fix, Place
from diagnosis.template import code_span

MOST_READ: Final = 6

_SMOKE: Final = re.compile(r"smoke|health.?check|post-?deploy|verify[\w ]*deploy", re.IGNORECASE)
_SECRET: Final = re.compile(r"\$\{\{\s*secrets\.(?P<name>\w+)\s*\}\}", re.ASCII)
_CREDENTIAL: Final = re.compile(r"USER|EMAIL|LOGIN|PASS|TOKEN|KEY|SECRET|CRED|AUTH", re.IGNORECASE)
_SENDS: Final = re.compile(
    r"(?i)(?:^|\s)(?:-u|--user|--oauth2-bearer|-b|--cookie|--cert|-n|--netrc)\b|authorization|api-?key|token|\$"
)
_MIGRATION: Final = re.compile(r"(?:^|/)(?:versions|migrations|migrate)/[^/]+(?:/[^/]+)?\.(?:py|sql|js|ts|rb|go)$")
_USER: Final = re.compile(r"smoke|(?:test|ci|probe|monitor)_?user|users?_?(?:for_)?(?:smoke|test)", re.IGNORECASE)
_MIGRATES: Final = re.compile(
    r"alembic[^\n]* upgrade|manage\.py\s+migrate|prisma\s+migrate|flyway|knex\s+migrate|db:migrate|sequelize|typeorm"
    r"|goose\s|dbmate|liquibase|migrate\s+(?:up|deploy|-)",
)


@dataclass(frozen=True, slots=True)
class Credential:
    """A secret that the step signs in with, and the line that hands it over."""

    secret: str
    line: int


def smoke_credentials(question: Question) -> Answer | None:
    """Names the secrets, the migration of their user, and whether the workflow runs migrations at all."""
    step, workflow = question.step, question.workflow
    if not step or not workflow or not (_SMOKE.search(step.name) or "smoke" in step.run):
        return None
    credentials = _credentials(question)
    migration = _migration(question)
    if not credentials:
        return _none_sent(question, migration)
    listed = ", ".join(f"{code_span(item.secret)} (line {item.line})" for item in credentials)
    why = (
        f"The service answers, so the deployment is up: it refuses who signs in. The step signs in with "
        f"{_named(len(credentials))} {listed} of {code_span(workflow.path)}."
    )
    places = [Place(workflow.path, item.line, f"signs in with {item.secret}") for item in credentials]
    return Answer(
        why=why + _created(question, migration),
        fixes=_fixes(question, credentials, migration),
        places=(*places, *([Place(migration)] if migration else [])),
        facts={"secrets": [item.secret for item in credentials]} | ({"migration": migration} if migration else {}),
    )


def _credentials(question: Question) -> list[Credential]:
    found: dict[str, Credential] = {}
    step = question.step
    if not step:
        return []
    for name, setting in question.environment.items():
        told = _SECRET.fullmatch(setting.value.text.strip())
        if not told or not _CREDENTIAL.search(f"{name} {told['name']}"):
            continue
        if setting.level == "step" or step_names(question, name):
            found.setdefault(told["name"], Credential(told["name"], setting.value.line))
    for number, line in enumerate(step.run.splitlines()):
        for told in _SECRET.finditer(line):
            if _CREDENTIAL.search(told["name"]):
                found.setdefault(told["name"], Credential(told["name"], step.run_line + number))
    return list(found.values())


def _migration(question: Question) -> str | None:
    """The migration that creates the user, by its name, or by what it says; None where none or several may."""
    own = [path for path in question.repo.paths if _MIGRATION.search(path) and VENDORED.isdisjoint(path.split("/"))]
    named = [path for path in own if _USER.search(path.rpartition("/")[2])]
    smoke = [path for path in named if "smoke" in path.rpartition("/")[2].lower()]
    if smoke or named:
        return (smoke or named)[-1] if len(smoke or named) == 1 else None
    likely = [path for path in own if re.search(r"user|seed|account", path.rpartition("/")[2], re.IGNORECASE)]
    hits = question.repo.search(re.compile(r"(?i)smoke"), likely[-MOST_READ:])
    told = list(dict.fromkeys(hit.path for hit in hits))
    return told[0] if len(told) == 1 else None


def _named(count: int) -> str:
    return "the secret" if count == 1 else "the secrets"


def _created(question: Question, migration: str | None) -> str:
    if not migration or not question.workflow:
        return ""
    runs = [(job, step.run_line) for job in question.workflow.jobs for step in job.steps if _MIGRATES.search(step.run)]
    told = f" The user is created by the migration {code_span(migration)}, "
    if runs:
        return f"{told}which the job {code_span(runs[0][0].key)} runs in line {runs[0][1]}."
    return f"{told}and no step of this workflow runs migrations by itself."


def _fixes(question: Question, credentials: list[Credential], migration: str | None) -> tuple[Fix, ...]:
    names = ", ".join(code_span(item.secret) for item in credentials)
    secrets = Fix(
        says=f"Check {_named(len(credentials))} {names}: set for this environment, and what the user was created with.",
        commands=("gh secret list",),
    )
    if not migration:
        return (secrets,)
    if question.repo.named("alembic.ini"):
        commands: tuple[str, ...] = ("alembic upgrade head",)
    elif question.repo.named("manage.py"):
        commands = ("python manage.py migrate",)
    else:
        commands = ()
    return secrets, Fix(says=f"Run {code_span(migration)} where the smoke test goes.", commands=commands)


def _none_sent(question: Question, migration: str | None) -> Answer | None:
    """The step asks with curl, and each of its calls shows that it sends no credentials."""
    step, workflow = question.step, question.workflow
    if not step or not workflow:
        return None
    text = step.run.replace("\\\n", " ")
    calls = [line for line in text.splitlines() if re.search(r"(?:^|[\s(;|&])curl\s", line)]
    other = re.search(r"python|node|\bnpm\b|\bnpx\b|\.sh\b|pytest|newman|k6|wget|http ", text)
    if not calls or other or any(_SENDS.search(_without_urls(line)) for line in calls):
        return None
    more = f" The migration {code_span(migration)} creates a user for it." if migration else ""
    return Answer(
        why=f"The service answers, so the deployment is up. The step ({code_span(workflow.path)} line {step.line}) "
        f"sends no credentials, and what it asks for wants a login.{more}",
        fixes=(
            Fix(
                says="Sign in with a user made for it, its name and password from secrets: `curl --user`, or a header."
            ),
            Fix(
                says="Or ask a path that is open to everybody, such as the health check.",
                consequence="Then nothing behind the login is checked.",
            ),
        ),
        places=(Place(workflow.path, step.line, "sends no credentials"),),
        facts={"migration": migration} if migration else {},
    )


def _without_urls(line: str) -> str:
    """The call without its addresses, whose variables are no credentials."""
    return re.sub(r"[\"']?(?:https?://|\$\{?\w*(?:URL|HOST|BASE|ENDPOINT)\w*\}?)\S*", "", line)
