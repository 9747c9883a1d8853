"""A server of the project's own, such as a mock, that a variable sends the tests to and that no step starts."""

from __future__ import annotations

import re
from typing import Final

from diagnosis.probes.question import Answer, Question
from diagnosis.probes.servers import LOCAL
from diagnosis.probes.service_address import kind_asked, target_of
from diagnosis.report import Fix, Place
from diagnosis.template import code_span

_STARTS: Final = re.compile(r"&[ \t]*$|docker|compose|\bmake\b|\.sh\b|start-server", re.MULTILINE)


def server_not_started(question: Question) -> Answer | None:
    """Names the variable that sends the tests to a port of this machine where no step and no service listens."""
    target, job = target_of(question), question.job
    if not target or not job or not question.workflow or not target.is_local or target.port is None:
        return None
    if kind_asked(question, job, target):
        return None
    address = re.compile(rf"(?:{'|'.join(map(re.escape, sorted(LOCAL)))}):{target.port}\b")
    named = [(name, item.value) for name, item in question.environment.items() if address.search(item.value.text)]
    started = any(str(target.port) in step.run or _STARTS.search(step.run) for step in job.steps)
    published = any(port.host == target.port for service in job.services for port in service.ports)
    if not named or started or published:
        return None
    name, value = named[0]
    path = question.workflow.path
    return Answer(
        why=f"{code_span(name)} ({code_span(path)} line {value.line}) sends the tests to "
        f"{code_span(f'{target.host}:{target.port}')}, and no step or service of the job {code_span(job.key)} starts a "
        "server there.",
        fixes=(
            Fix(
                says="Start the server in a step before the tests, in the background, and wait until it answers; or "
                f"point {code_span(name)} elsewhere."
            ),
        ),
        places=(Place(path, value.line, f"{name} names {target.host}:{target.port}"),),
        facts={"named_in": f"{path}:{value.line}", "variable": name},
    )
