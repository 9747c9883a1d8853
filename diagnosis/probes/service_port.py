"""A refused connection to a server that the job's services declare elsewhere, not at all, or without a health check."""

from __future__ import annotations

import re

from diagnosis.patch import replaced
from diagnosis.probes.new_service import service_block, starts_servers
from diagnosis.probes.question import Answer, Question
from diagnosis.probes.servers import Kind, created_database, created_user, image_name, url_of
from diagnosis.probes.service_address import Scene, kind_asked, new_address, target_of
from diagnosis.probes.workflow_edit import declares, with_health, with_port, with_service
from diagnosis.report import Fix, Place
from diagnosis.report import Value as Told
from diagnosis.template import code_span
from diagnosis.workflow import Job, Service


def service_port(question: Question) -> Answer | None:
    """Compares the address of the error with the job's services and their ports."""
    text = question.repo.text(question.workflow.path) if question.workflow else None
    target = target_of(question)
    if text is None or not target or not question.workflow or not question.job:
        return None
    kind = kind_asked(question, question.job, target)
    if not kind:
        return None
    scene = Scene(question, question.workflow, question.job, text, kind, target)
    services = [service for service in question.job.services if image_name(service) in kind.images]
    if not services:
        return _undeclared(scene)
    service = services[0]
    block = text.splitlines()[service.line - 1 : service.last_line]
    told = not any("${{" in line and line.lstrip().startswith(("-", "ports:")) for line in block)
    return _declared(scene, service) if len(services) == 1 and told else None


def _declared(scene: Scene, service: Service) -> Answer | None:
    if not scene.target.host:
        return _unready(scene, service)
    return _from_container(scene, service) if scene.job.container else _from_runner(scene, service)


def _from_container(scene: Scene, service: Service) -> Answer | None:
    target = scene.target
    if target.is_local or (target.host == service.name and target.port not in (None, scene.kind.port)):
        return _inside(scene, service)
    return _unready(scene, service) if target.host == service.name else None


def _from_runner(scene: Scene, service: Service) -> Answer | None:
    target, port = scene.target, scene.kind.port
    hosts = [item.host for item in service.ports if item.container == port]
    mapped = hosts[0] if len(hosts) == 1 else None
    if not target.is_local:
        return _moved(scene, service, mapped) if mapped and target.host == service.name else None
    if not declares(scene.text, service, "ports"):
        return _unpublished(scene, service)
    if None in hosts:
        return _any_port(scene, service)
    if (target.port or port) in hosts:
        return _unready(scene, service)
    return _moved(scene, service, mapped) if mapped and target.port else None


def _where(scene: Scene, service: Service) -> str:
    return f"the service {code_span(service.name)} ({code_span(scene.path)} line {service.line})"


def _asked(scene: Scene) -> str:
    """The address of the error."""
    port = f":{scene.target.port}" if scene.target.port is not None else ""
    return code_span(f"{scene.target.host}{port}")


def _moved(scene: Scene, service: Service, port: int) -> Answer:
    """The service is published, at another port or under the name of the machine."""
    real = f"localhost:{port}"
    if scene.target.is_local:
        why = (
            f"The tests ask {_asked(scene)}, and {_where(scene, service)} is on {port}: it maps "
            f"{code_span(f'{port}:{scene.kind.port}')}."
        )
    else:
        why = (
            f"The tests ask {_asked(scene)}. That name is only known inside containers, and this job runs on the "
            f"runner itself: there {_where(scene, service)} is {code_span(real)}."
        )
    return _readdressed(scene, service, why, "localhost", port)


def _inside(scene: Scene, service: Service) -> Answer:
    why = (
        f"The job runs in a container ({code_span(scene.job.container)}), so {_where(scene, service)} is not at "
        f"{_asked(scene)}: it is {code_span(f'{service.name}:{scene.kind.port}')} there, whatever `ports:` maps."
    )
    return _readdressed(scene, service, why, service.name, scene.kind.port)


def _readdressed(scene: Scene, service: Service, why: str, host: str, port: int) -> Answer:
    patch, names = new_address(scene, host, port)
    real = code_span(f"{host}:{port}")
    if names:
        why += f" {', '.join(names)} names the other address."
    says = f"Use {real} where the address comes from" + (f": {', '.join(names)}." if names else ".")
    fixes = [Fix(says=says, files=(patch,) if patch else ())]
    if scene.target.is_local and not scene.job.container and scene.target.port:
        mapping = f"{scene.target.port}:{scene.kind.port}"
        fixes.append(
            Fix(
                says=f"Or map {code_span(mapping)} in the service's `ports:`.",
                consequence="Whatever uses the present port must then change.",
            )
        )
    return Answer(
        why=why,
        fixes=tuple(fixes),
        places=(Place(scene.path, service.line, f"{service.name} is at {host}:{port}"),),
        facts=_facts(scene) | {"service_at": f"{host}:{port}"},
    )


def _unpublished(scene: Scene, service: Service) -> Answer:
    port = scene.target.port or scene.kind.port
    patch = with_port(scene.path, scene.text, scene.job, service, scene.kind.port) if port == scene.kind.port else None
    return Answer(
        why=f"The tests ask {_asked(scene)}, and {_where(scene, service)} publishes no port: without `ports:` it is "
        "reached only by jobs that run in a container themselves.",
        fixes=(
            Fix(
                says=f"Publish the port: {code_span(f'{port}:{scene.kind.port}')} in the service's `ports:`.",
                files=(patch,) if patch else (),
            ),
        ),
        places=(Place(scene.path, service.line, f"{service.name} publishes no port"),),
        facts=_facts(scene),
    )


def _any_port(scene: Scene, service: Service) -> Answer | None:
    """`- 5432` alone: Docker takes any free port of the runner."""
    port = scene.kind.port
    lines = scene.text.splitlines()
    bare = re.compile(rf"(?P<head>\s*-\s*)(?P<quote>[\"']?){port}(?P=quote)\s*$")
    block = range(service.line, service.last_line + 1)
    found = [(number, match["head"]) for number in block if (match := bare.match(lines[number - 1]))]
    if len(found) != 1 or scene.target.port not in (None, port):
        return None
    number, head = found[0]
    return Answer(
        why=f"{code_span(scene.path)} line {number} publishes {code_span(str(port))} of the service "
        f"{code_span(service.name)} at any free port of the runner, and the tests ask {_asked(scene)}.",
        fixes=(
            Fix(
                says=f"Map the port: {code_span(f'{port}:{port}')}.",
                files=(replaced(scene.path, scene.text, {number: [f"{head}{port}:{port}"]}),),
            ),
        ),
        places=(Place(scene.path, number, "any free port"),),
        facts=_facts(scene),
    )


def _unready(scene: Scene, service: Service) -> Answer | None:
    """The address is right. Without a health check nothing waits until the server takes connections."""
    if "--health-cmd" in service.options or "${{" in service.options:
        return None
    user = created_user(scene.question, service, scene.kind)
    database = created_database(scene.question, service, scene.kind)
    command = health_command(scene.kind, service, user, database)
    patch = with_health(scene.path, scene.text, scene.job, service, command)
    flag = code_span(f'--health-cmd "{command}"')
    return Answer(
        why=f"T{_where(scene, service)[1:]} has no health check, so GitHub starts the steps as soon as the "
        "container exists, whether or not the server takes connections. Locally it has been running for long.",
        fixes=(
            Fix(
                says=f"Have GitHub wait for it: `options:` with {flag}.",
                files=(patch,) if patch else (),
            ),
        ),
        places=(Place(scene.path, service.line, f"{service.name} has no health check"),),
        facts=_facts(scene) | {"health_check": command},
    )


def health_command(kind: Kind, service: Service, user: str | None, database: str | None) -> str:
    """The command of the image that tells whether its server is ready."""
    image = image_name(service)
    if image == "mariadb":
        return "healthcheck.sh --connect --innodb_initialized"
    if image == "valkey":
        return "valkey-cli ping"
    if kind.area == "postgresql" and not (_is_plain(user) and _is_plain(database)):
        return "pg_isready"
    return kind.health.format(user=user, database=database)


def _is_plain(value: str | None) -> bool:
    return bool(value and re.fullmatch(r"[\w.-]+", value))


def _undeclared(scene: Scene) -> Answer | None:
    """The job has no such service, and none of its steps starts a server of its own."""
    local = scene.target.is_local and scene.target.port is not None and not scene.job.container
    if not local or starts_servers(scene.job, scene.kind) or not _is_linux(scene.job):
        return None
    urls = [
        url
        for setting in scene.question.environment.values()
        if (url := url_of(scene.question, setting.value, scene.kind.schemes)) and scene.target.means(url.host)
    ]
    block = service_block(scene.kind, urls, scene.target.port or scene.kind.port)
    patch = with_service(scene.path, scene.text, scene.job, block) if block else None
    told = [
        (job, service)
        for job in scene.workflow.jobs
        for service in job.services
        if image_name(service) in scene.kind.images
    ]
    elsewhere = f" The job {code_span(told[0][0].key)} has one (line {told[0][1].line})." if told else ""
    return Answer(
        why=f"The job {code_span(scene.job.key)} ({code_span(scene.path)} line {scene.job.line}) declares no "
        f"{scene.kind.name} service, so nothing listens at {_asked(scene)}; locally one runs there.{elsewhere}",
        fixes=(
            Fix(
                says=f"Declare a {scene.kind.name} service with its port and a health check in the job's `services:`.",
                files=(patch,) if patch else (),
            ),
        ),
        places=(Place(scene.path, scene.job.line, f"no {scene.kind.name} service"),),
        facts=_facts(scene),
    )


def _is_linux(job: Job) -> bool:
    """Services run on Linux only."""
    return "ubuntu" in job.runs_on or "linux" in job.runs_on


def _facts(scene: Scene) -> dict[str, Told]:
    told: dict[str, Told] = {"asked": f"{scene.target.host}:{scene.target.port or ''}".strip(":")}
    return told | {"server": scene.kind.name}
