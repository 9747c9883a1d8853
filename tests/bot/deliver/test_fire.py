"""Exactly one of each thing, with workers killed at random, deliveries doubled, answers lost and lists that lag."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pytest
import redis

from sandbox.client import Sandbox
from sandbox.server import Server
from tests.bot.deliver.fleet import Order, Toll, sent
from tests.bot.deliver.tellings import Job, title

LAG = 0.25
"""Seconds for which lists do not show what was made: less than the fleet's patience, as GitHub's is less than ours."""

LOST = 0.1
"""The share of the writes that take effect and then answer 502, or close the connection."""

TWICE = 0.25
"""The share of the deliveries that come a second time."""

WRITES = {"comment": "*/comments", "issue": "*/issues", "check": "*/check-runs"}


@dataclass(frozen=True)
class Count:
    """How many things stand beside another that tells the same, and how many that were told do not stand."""

    duplicated: int
    missing: int


@dataclass
class Field:
    """Repositories on the local GitHub, and the fleet that tells things about them."""

    github: Sandbox
    server: Server
    redis_url: str
    folder: Path
    chance: random.Random
    installation: int
    ids: dict[str, int]

    def comments(self, each: int, telling: str = "comment") -> list[Job]:
        """Something to tell about as many new pull requests of each repository."""
        for name in self.ids:
            self.github.push(name, "work", {"shop.py": "PRICE = 1\n"})
        pulls = [
            (number, self.github.open_pull(name, "work")) for name, number in self.ids.items() for _ in range(each)
        ]
        return [Job(telling, repository, str(pull), 1) for repository, pull in pulls]

    def issues(self, each: int) -> list[Job]:
        """As many failures of each repository, none of which has a pull request."""
        numbers = [(repository, number) for repository in self.ids.values() for number in range(each)]
        return [Job("issue", repository, f"{number:016x}", number) for repository, number in numbers]

    def checks(self, each: int) -> list[Job]:
        """As many workflows that failed on one commit of each repository."""
        shas = [(number, self.github.push(name, "main", {"shop.py": "2"})) for name, number in self.ids.items()]
        return [Job("check", repository, sha, number) for repository, sha in shas for number in range(each)]

    def fire(self, jobs: Sequence[Job], *, kills: int, wipes: int = 0) -> Toll:
        """What it cost to do these jobs, some of them twice, while everything goes wrong."""
        self.github.clear()
        self.github.fault("lag", "GET", "*", count=None, seconds=LAG)
        for path in WRITES.values():
            for place in self.chance.sample(range(len(jobs)), int(len(jobs) * LOST)):
                self.github.fault(self.chance.choice(["drop-502", "drop"]), "POST", path, after=place)
        work = [*jobs, *self.chance.sample(jobs, int(len(jobs) * TWICE))]
        self.chance.shuffle(work)
        return self.drained(work, kills=kills, wipes=wipes)

    def drained(self, jobs: Sequence[Job], *, kills: int = 0, wipes: int = 0) -> Toll:
        """What it cost to do these jobs."""
        with redis.Redis.from_url(f"{self.redis_url}?db=1") as queue:
            sent(queue, jobs)
        order = Order(
            self.redis_url,
            self.server.url,
            self.server.world.app_id,
            self.server.key_path.read_text("utf-8"),
            self.installation,
            self.ids,
            len(jobs),
            kills,
            wipes,
        )
        written = self.folder / "order.json"
        written.write_text(json.dumps(asdict(order)), "utf-8")
        command = [sys.executable, "-m", "tests.bot.deliver.fleet", str(written)]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        assert ended.returncode == 0, ended.stderr
        return Toll(**json.loads(ended.stdout))

    def count(self, jobs: Iterable[Job]) -> Count:
        """What stands on GitHub in the end."""
        made = Counter[tuple[object, ...]]()
        for name, repository in self.ids.items():
            state = self.github.state(name)
            for one in state["issues"]:
                if "pull_request" in one:
                    made["comment", repository, str(one["number"])] += len(one["comment_list"])
                elif one["state"] == "open":
                    made["issue", repository, one["title"]] += 1
            standing = [one for one in state["check_runs"] if one["external_id"] != "superseded"]
            made.update(("check", repository, one["name"]) for one in standing)
        wanted = {(WHERE[job.telling], job.repository, told(job)) for job in jobs}
        assert made.keys() <= wanted | {thing for thing, number in made.items() if not number}
        return Count(sum(made[one] - 1 for one in wanted if made[one]), sum(not made[one] for one in wanted))

    def retired(self) -> int:
        """How many duplicates were made and taken away again."""
        retiring = ("not_planned", "superseded")
        changed = [one["body"] or {} for one in self.github.requests("PATCH")]
        closed = sum(any(word in body.values() for word in retiring) for body in changed)
        return closed + len(self.github.requests("DELETE", "/comments"))


WHERE = {"comment": "comment", "naive": "comment", "issue": "issue", "check": "check"}


def told(job: Job) -> str:
    """By what the thing is known on GitHub."""
    return job.about if WHERE[job.telling] == "comment" else title(job.workflow)


@pytest.fixture
def field(started: Server, github: Sandbox, redis_url: str, tmp_path: Path) -> Field:
    names = [f"octo/shop-{number}" for number in range(10)]
    ids = {name: github.create_repository(name) for name in names}
    return Field(github, started, redis_url, tmp_path, random.Random(5), github.install("octo"), ids)


@pytest.mark.slow
def test_of_four_hundred_things_each_is_there_once_although_workers_are_killed(field: Field) -> None:
    jobs = [*field.comments(20), *field.issues(10), *field.checks(10)]
    toll, count = field.fire(jobs, kills=150), field.count(jobs)
    print(f"\n{len(jobs)} things, {toll}: {count}, retired meanwhile: {field.retired()}")
    assert (len(jobs), count) == (400, Count(duplicated=0, missing=0))
    assert toll.kills >= 100


@pytest.mark.slow
def test_what_a_wiped_redis_doubles_is_one_again_after_the_next_delivery(field: Field) -> None:
    jobs = [*field.comments(10), *field.issues(5), *field.checks(5)]
    toll, count = field.fire(jobs, kills=50, wipes=10), field.count(jobs)
    print(f"\n{len(jobs)} things, {toll}: {count}, retired meanwhile: {field.retired()}")
    assert count.missing == 0
    field.github.clear()
    field.drained([replace(job, attempt=2) for job in jobs])
    assert field.count(jobs) == Count(duplicated=0, missing=0)


@pytest.mark.slow
def test_without_the_protocol_the_same_fire_doubles_things(field: Field) -> None:
    jobs = field.comments(10, "naive")
    toll, count = field.fire(jobs, kills=30), field.count(jobs)
    print(f"\n{len(jobs)} things without the protocol, {toll}: {count}")
    assert count.duplicated > 0


def test_twenty_workflows_that_fail_at_once_make_one_comment_that_holds_them_all(field: Field) -> None:
    (job,) = field.comments(1)[:1]
    field.drained([replace(job, workflow=number) for number in range(1, 21)])
    told = [one["comment_list"] for name in field.ids for one in field.github.state(name)["issues"]]
    ((comment,),) = [each for each in told if each]
    assert all(f"{title(number)}\n" in comment["body"] for number in range(1, 21))
