"""The block of a service that a job does not declare yet, and whether its steps start such a server themselves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from diagnosis.probes.servers import Kind
from diagnosis.probes.urls import ConnectionUrl
from diagnosis.probes.workflow_edit import scalar
from diagnosis.workflow import Job

_STARTERS: Final = re.compile(
    r"docker|podman|compose|systemctl|service\s+\w+\s+(?:re)?start|pg_ctl|pg_ctlcluster|redis-server|valkey-server"
    r"|mysqld|mysql\.server|mongod\b|\bmake\b|\.sh\b|\bjust\b|\btask\b|testcontainers|brew\s+services",
    re.IGNORECASE,
)
_PLAIN: Final = re.compile(r"[\w.~-]+", re.ASCII)


def starts_servers(job: Job, kind: Kind) -> bool:
    """Whether a step may start a server of this kind: by Docker, the system, a script, an action for it."""
    words = (kind.area, kind.images[0], *kind.schemes)
    return any(
        _STARTERS.search(step.run)
        or (step.uses and (step.uses.startswith(("./", "docker://")) or any(word in step.uses for word in words)))
        for step in job.steps
    )


def service_block(kind: Kind, urls: Sequence[ConnectionUrl], port: int) -> list[str]:
    """The lines of a service that answers to this URL; none where its user and database are not told."""
    if not urls and kind.area in ("postgresql", "mysql"):
        return []
    url = urls[0] if urls else None
    environment = _environment(kind, url) if url else {}
    if environment is None:
        return []
    user = url.user if url and url.user else kind.default_user
    database = url.database if url and url.database else user
    health = kind.health.format(user=user, database=database)
    return [
        f"{kind.images[0]}:",
        f"  image: {kind.image}",
        *(["  env:"] if environment else []),
        *(f"    {name}: {scalar(value)}" for name, value in environment.items()),
        "  ports:",
        f"    - {port}:{kind.port}",
        "  options: >-",
        f'    --health-cmd "{health}"',
        "    --health-interval 10s",
        "    --health-timeout 5s",
        "    --health-retries 10",
    ]


def _environment(kind: Kind, url: ConnectionUrl) -> dict[str, str] | None:
    """What the image must be given to answer to this URL; None where that is not told, or not possible."""
    if kind.area == "redis":
        return {} if not url.password else None
    if kind.area == "mongodb":
        return {} if not url.user else None
    told = (url.user, url.password or "", url.database)
    if not all(_PLAIN.fullmatch(part) for part in told):
        return None
    if kind.area == "mysql" and url.user == "root":
        return {"MYSQL_ROOT_PASSWORD": url.password or "", "MYSQL_DATABASE": url.database}
    login = {kind.user[0]: url.user, kind.password[0]: url.password or "", kind.database[0]: url.database}
    return login if kind.area == "postgresql" else {"MYSQL_RANDOM_ROOT_PASSWORD": "yes", **login}
