"""The kinds of server that jobs run as service containers: images, ports, variables, how health is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from diagnosis.probes.question import Question
from diagnosis.probes.urls import ConnectionUrl, connection_url
from diagnosis.workflow import Job, Service, Value

LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1", "host.docker.internal"})
"""What a program calls the machine that it runs on."""

_EXPRESSION: Final = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)
_SIMPLE: Final = re.compile(r"\$\{\{\s*(?P<context>env|matrix)\.(?P<name>[\w-]+)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of server. `user`, `password` and `database` are the variables that its official images read."""

    area: str
    """The folder of its signatures."""
    name: str
    images: tuple[str, ...]
    image: str
    """What to name where no service is declared yet."""
    port: int
    schemes: tuple[str, ...]
    health: str
    """The command that tells whether it is ready, with the places {user} and {database}."""
    user: tuple[str, ...] = ()
    password: tuple[str, ...] = ()
    database: tuple[str, ...] = ()
    default_user: str = ""
    client_user: tuple[str, ...] = ()
    """Variables that tests and clients commonly read the user from."""
    client_database: tuple[str, ...] = ()


KINDS: Final = (
    Kind(
        area="postgresql",
        name="PostgreSQL",
        images=("postgres", "postgis", "pgvector", "timescaledb", "timescaledb-ha", "postgresql"),
        image="postgres:16",
        port=5432,
        schemes=("postgresql", "postgres", "postgis"),
        health="pg_isready -U {user} -d {database}",
        user=("POSTGRES_USER", "POSTGRESQL_USERNAME", "POSTGRESQL_USER"),
        password=("POSTGRES_PASSWORD", "POSTGRESQL_PASSWORD"),
        database=("POSTGRES_DB", "POSTGRESQL_DATABASE"),
        default_user="postgres",
        client_user=("PGUSER", "POSTGRES_USER", "DB_USER", "DB_USERNAME", "DATABASE_USER", "SQL_USER"),
        client_database=("PGDATABASE", "POSTGRES_DB", "DB_NAME", "DB_DATABASE", "DATABASE_NAME", "SQL_DATABASE"),
    ),
    Kind(
        area="mysql",
        name="MySQL",
        images=("mysql", "mariadb", "mysql-server", "percona"),
        image="mysql:8.4",
        port=3306,
        schemes=("mysql", "mariadb"),
        health="mysqladmin ping -h 127.0.0.1",
        user=("MYSQL_USER", "MARIADB_USER"),
        password=("MYSQL_PASSWORD", "MARIADB_PASSWORD"),
        database=("MYSQL_DATABASE", "MARIADB_DATABASE"),
        default_user="root",
        client_user=("MYSQL_USER", "DB_USER", "DB_USERNAME", "DATABASE_USER"),
        client_database=("MYSQL_DATABASE", "DB_NAME", "DB_DATABASE", "DATABASE_NAME"),
    ),
    Kind(
        area="redis",
        name="Redis",
        images=("redis", "valkey", "redis-stack", "redis-stack-server"),
        image="redis:7",
        port=6379,
        schemes=("redis", "rediss", "valkey"),
        health="redis-cli ping",
    ),
    Kind(
        area="mongodb",
        name="MongoDB",
        images=("mongo", "mongodb", "mongodb-community-server"),
        image="mongo:7",
        port=27017,
        schemes=("mongodb",),
        health="mongosh --quiet --eval 1",
        user=("MONGO_INITDB_ROOT_USERNAME",),
        password=("MONGO_INITDB_ROOT_PASSWORD",),
        database=("MONGO_INITDB_DATABASE",),
        client_user=("MONGO_USER", "MONGODB_USER"),
        client_database=("MONGO_DB", "MONGODB_DATABASE"),
    ),
)


def kind_of(question: Question) -> Kind | None:
    """The kind of server that the finding's signature speaks of."""
    area = (question.finding.signature or "").partition("/")[0]
    return next((kind for kind in KINDS if kind.area == area), None)


def kind_at(port: int) -> Kind | None:
    """The kind of server that listens at this port by default."""
    return next((kind for kind in KINDS if kind.port == port), None)


def only_service(job: Job, kind: Kind) -> Service | None:
    """The job's service of this kind; None where it has none, or several, so that either may be meant."""
    found = [service for service in job.services if image_name(service) in kind.images]
    return found[0] if len(found) == 1 else None


def image_name(service: Service) -> str:
    """The image without registry, tag and digest."""
    return service.image.partition("@")[0].rpartition("/")[2].partition(":")[0]


def resolved(question: Question, value: Value) -> str | None:
    """The text that GitHub makes of a value; None where the file does not tell it."""
    if not value.is_expression:
        return value.text
    found = _SIMPLE.fullmatch(value.text.strip())
    if not found or not question.workflow or not question.job:
        return None
    if found["context"] == "matrix":
        return question.matrix.get(found["name"])
    levels = (question.job.env, question.workflow.env)
    told = next((level[found["name"]] for level in levels if found["name"] in level), None)
    return told.text if told and not told.is_expression else None


def url_of(question: Question, value: Value, schemes: tuple[str, ...]) -> ConnectionUrl | None:
    """The URL that a value of the workflow holds; what only GitHub knows stands in it as a placeholder."""
    text = _EXPRESSION.sub(lambda found: _filled(question, value, found[0]), value.text)
    return connection_url(text, schemes)


def _filled(question: Question, value: Value, expression: str) -> str:
    told = resolved(question, replace(value, text=expression))
    return "{untold}" if told is None else told


def first_set(service: Service, names: tuple[str, ...]) -> tuple[str, Value] | None:
    """The first of these variables that the service is given."""
    return next(((name, service.env[name]) for name in names if name in service.env), None)


def created_user(question: Question, service: Service, kind: Kind) -> str | None:
    """The user that the image creates; None where the file does not tell."""
    named = first_set(service, kind.user)
    return resolved(question, named[1]) if named else kind.default_user or None


def created_database(question: Question, service: Service, kind: Kind) -> str | None:
    """The database that the image creates: PostgreSQL's is called like its user where nothing is said."""
    named = first_set(service, kind.database)
    if named:
        return resolved(question, named[1])
    return created_user(question, service, kind) if kind.area == "postgresql" else None
