"""Worker processes that are killed while they work: `python -m tests.bot.deliver.fleet ORDER` drains a queue.

The queue stands in a database of its own, so that what the product keeps in Redis can be wiped. A job that a killed
worker had taken goes back to the queue, as it does with RQ; only that RQ takes a minute to notice.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Final, cast

import redis

from bot.case import Repository
from bot.deliver.effect import Patience
from bot.errors import RetryLater
from bot.github.auth import App, HeldToken, RepositoryTokens
from bot.github.client import Access, Client
from tests.bot.deliver.tellings import TELLINGS, Job

PATIENCE: Final = Patience(lag=0.5, lease=2.5, wait=0.3)
WORKERS: Final = 6
QUEUE: Final = "jobs"
DONE: Final = "done"


@dataclass(frozen=True)
class Order:
    """Where to work, and what happens to the workers meanwhile. Kills and wipes are spread over the jobs."""

    redis_url: str
    github_url: str
    app_id: int
    key: str
    installation: int
    repositories: dict[str, int]
    """By name the ids of those that the installation reaches."""
    jobs: int
    kills: int = 0
    wipes: int = 0
    seed: int = 1


@dataclass(frozen=True)
class Toll:
    """What happened."""

    kills: int
    wipes: int
    seconds: float


@dataclass
class Fleet:
    """The workers by their process ids, and what has happened to them."""

    order: Order
    queue: redis.Redis
    memory: redis.Redis
    clients: dict[int, Callable[[], Client]]
    chance: random.Random
    running: dict[int, str] = field(default_factory=dict)
    kills: int = 0
    wipes: int = 0

    def drain(self) -> Toll:
        """Work until every job is done."""
        begun = time.monotonic()
        for number in range(WORKERS):
            self.start(f"at:{number}")
        while (done := int(cast(bytes | None, self.queue.get(DONE)) or 0)) < self.order.jobs:
            self.look_for_the_dead()
            if self.due(done, self.wipes, self.order.wipes):
                self.memory.flushdb()
                self.wipes += 1
            if self.due(done, self.kills, self.order.kills):
                self.kill_one()
            time.sleep(self.chance.uniform(0.002, 0.03))
        for process in list(self.running):
            self.end(process)
        return Toll(self.kills, self.wipes, round(time.monotonic() - begun, 1))

    def due(self, done: int, happened: int, wanted: int) -> bool:
        """Whether as many have happened as go with this share of the work."""
        return happened * self.order.jobs < done * wanted

    def kill_one(self) -> None:
        """Kill a worker that has a job, wherever it is in it."""
        busy = [process for process, place in self.running.items() if self.queue.exists(place)]
        if busy:
            self.start(self.end(self.chance.choice(busy)))
            self.kills += 1

    def end(self, process: int) -> str:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        return self.running.pop(process)

    def look_for_the_dead(self) -> None:
        process, status = os.waitpid(-1, os.WNOHANG)
        if process:
            raise RuntimeError(f"a worker died by itself: {status}")

    def start(self, place: str) -> None:
        """A worker, which begins with what its predecessor had taken."""
        self.queue.lmove(place, QUEUE, "LEFT", "RIGHT")
        process = os.fork()
        if process:
            self.running[process] = place
            return
        try:
            work(self.order, place, {name: cache(client) for name, client in self.clients.items()})
        except BaseException:
            traceback.print_exc()
            os._exit(1)


def work(order: Order, place: str, clients: dict[int, Callable[[], Client]]) -> None:
    """Take one job after another, until killed."""
    queue, memory = connections(order)
    while True:
        taken = cast(bytes | None, queue.lmove(QUEUE, place, "RIGHT", "LEFT"))
        if taken is None:
            time.sleep(0.02)
            continue
        job = Job(**json.loads(taken))
        again = False
        try:
            TELLINGS[job.telling](clients[job.repository](), memory, job, PATIENCE)
        except RetryLater:
            again = True
        with queue.pipeline() as end:
            end.delete(place)
            _ = end.lpush(QUEUE, taken) if again else end.incr(DONE)
            end.execute()


def connections(order: Order) -> tuple[redis.Redis, redis.Redis]:
    """The queue's, and the product's."""
    return redis.Redis.from_url(f"{order.redis_url}?db=1"), redis.Redis.from_url(order.redis_url)


def sent(queue: redis.Redis, jobs: Iterable[Job]) -> int:
    """Put the jobs into the queue; how many they are."""
    packed = [json.dumps(asdict(job)) for job in jobs]
    queue.delete(QUEUE, DONE)
    return int(queue.lpush(QUEUE, *packed))


def fleet(order: Order) -> Fleet:
    """The fleet before it starts: nothing is connected yet that a worker would share with another."""
    queue, memory = connections(order)
    app = App(order.app_id, order.key, f"{order.github_url}/api/v3")
    tokens = RepositoryTokens(app, memory)
    slug = tokens.slug()
    clients: dict[int, Callable[[], Client]] = {}
    for name, number in order.repositories.items():
        repository = Repository(number, name, "main", order.installation)
        held = tokens.get(order.installation, number)

        def client(repository: Repository = repository, held: str = held) -> Client:
            # Unpaced: how fast an installation may write is not what is tried here.
            return Client(app.api_url, repository, Access(HeldToken(held), app_id=app.id, slug=lambda: slug))

        clients[repository.id] = client
    return Fleet(order, queue, memory, clients, random.Random(order.seed))


def main() -> None:
    order = Order(**json.loads(Path(sys.argv[1]).read_text("utf-8")))
    print(json.dumps(asdict(fleet(order).drain())))


if __name__ == "__main__":
    main()
