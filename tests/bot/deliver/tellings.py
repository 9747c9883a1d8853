"""How a worker of the fleet tells something: through each of the outlets, and naively, as the protocol is not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import redis

from bot.case import Age
from bot.check_run import CheckText
from bot.deliver import check, comment, issue
from bot.deliver.check import CheckMark, Subject
from bot.deliver.effect import Patience
from bot.deliver.issue import Draft
from bot.deliver.marker import Place
from bot.deliver.sticky import Mark, Told
from bot.github import comments
from bot.github.client import Client
from bot.github.errors import UncertainError
from bot.told import SUM, Cause, Seen, Telling

SHA: Final = "2a15757"
TRIES: Final = 3


@dataclass(frozen=True)
class Job:
    """What one delivery asks for: to tell in an outlet of a repository what an attempt of a workflow was about."""

    telling: str
    repository: int
    about: str
    workflow: int
    attempt: int = 1


def to_comment(client: Client, memory: redis.Redis, job: Job, patience: Patience) -> object:
    """A failure of its own for each workflow, in the comment of a pull request."""
    seen = Seen(job.workflow, 1, f"`test`{SUM}")
    cause = Cause(f"{job.workflow:016x}", "cause", title(job.workflow), "", "", (seen,))
    mark = Mark(job.workflow, Age(1, job.attempt), SHA, "red", 1, 1)
    told = Told(mark, f"https://ghe.example/{client.repository.name}/actions/runs", Telling((cause,)))
    return comment.publish(comment.Outlet(client, memory, int(job.about), patience=patience), told)


def to_issue(client: Client, memory: redis.Redis, job: Job, patience: Patience) -> object:
    """An issue for each fingerprint."""
    place = Place(job.about, job.workflow, "main", (Age(1, job.attempt),), "2026-11-21")
    draft = Draft(title(job.workflow), title(job.workflow), "It is red.")
    return issue.publish(client, memory, place, draft, patience)


def to_check(client: Client, memory: redis.Redis, job: Job, patience: Patience) -> object:
    """A check run for each workflow on a commit."""
    subject = Subject(job.about, title(job.workflow), CheckMark(job.workflow, Age(1, 1), "red"))
    return check.publish(
        client, memory, subject, CheckText(title(job.workflow), f"It is red, {job.attempt}."), patience
    )


def to_comment_naively(client: Client, memory: redis.Redis, job: Job, _: Patience) -> object:
    """Post again when the answer is lost, and remember what was posted."""
    name = f"naive:{client.repository.id}:{job.about}"
    if memory.exists(name):
        return None
    for _try in range(TRIES):
        try:
            comments.create(client, int(job.about), title(job.workflow))
        except UncertainError:
            continue
        break
    return memory.set(name, 1)


def title(workflow: int) -> str:
    """What is told."""
    return f"Workflow {workflow} is red"


TELLINGS: Final[Mapping[str, Callable[[Client, redis.Redis, Job, Patience], object]]] = {
    "comment": to_comment,
    "issue": to_issue,
    "check": to_check,
    "naive": to_comment_naively,
}
