"""A busy week in a minute: what a team's pull requests get of mails and edits, and what it leaves with the host."""

from __future__ import annotations

import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import redis
from rq.registry import ScheduledJobRegistry, StartedJobRegistry

from bot.private_redis import private_redis
from sandbox.client import Sandbox
from sandbox.product import product
from sandbox.scenes import FOLDER
from workers.queue import queue

NAME: Final = "octo/bench"
PULLS: Final = 16
LEGS: Final = 6
DAY_SECONDS: Final = 100.0

CAUSES: Final = ("coverage", "module", "database", "unknown")
OUTAGE: Final = (
    b"##[group]Run npm ci\nnpm ci\n##[endgroup]\nnpm error code E503\n"
    b"npm error 503 Service Unavailable - GET https://registry.npm.example/is-odd\n"
    b"##[error]Process completed with exit code 1.\n"
)


class Week:
    """A repository with its pull requests, and what happens to them; each webhook comes twice."""

    def __init__(self, sandbox: Sandbox, connection: redis.Redis) -> None:
        self.sandbox, self.connection = sandbox, connection
        self.red = 0
        sandbox.create_repository(NAME, assignable=["mona"])
        self.pulls = {f"change-{number}": self._open(f"change-{number}") for number in range(PULLS)}

    def day(self, logs: Iterable[bytes | None], branches: Iterable[str]) -> None:
        """A push to each of these branches, red with its log or green without one, and all that is told of them."""
        for log, branch in zip(logs, branches, strict=False):
            self._run(branch, log)
        waiting, deadline = queue(self.connection), time.monotonic() + DAY_SECONDS
        registries = [kind(queue=waiting) for kind in (StartedJobRegistry, ScheduledJobRegistry)]
        while waiting.count or any(len(registry) for registry in registries):
            if time.monotonic() > deadline:
                raise SystemExit(f"not all was told within {DAY_SECONDS:.0f} seconds")
            # The budget for writes is one of hours, which this week does not have.
            for name in self.connection.scan_iter("whyred:writes:*"):
                self.connection.delete(name)
            time.sleep(0.1)

    def _open(self, branch: str) -> int:
        self.sandbox.push(NAME, branch, {"a.txt": branch}, author="mona")
        return self.sandbox.open_pull(NAME, branch, author="mona")

    def _run(self, branch: str, log: bytes | None) -> None:
        event = "push" if branch == "main" else "pull_request"
        sha = self.sandbox.push(NAME, branch, {"a.txt": f"{branch} {time.monotonic()}"}, author="mona")
        run = self.sandbox.start_run(NAME, sha=sha, branch=branch, event=event)
        for leg in range(LEGS):
            ended, text = ("failure", log) if log else ("success", b"all well\n")
            steps = [("Set up job", "success"), ("Run the tests", ended)]
            self.sandbox.add_job(NAME, run, f"test ({leg})", conclusion=ended, log=text, steps=steps)
        self.sandbox.resend(self.sandbox.finish_run(NAME, run)["delivery"])
        self.red += log is not None


def main() -> None:
    """Play the week, and print what came of it."""
    with tempfile.TemporaryDirectory() as folder, private_redis(Path(folder)) as url, product(redis_url=url) as sandbox:
        began = time.monotonic()
        with redis.Redis.from_url(url) as connection:
            week = Week(sandbox, connection)
            play(week)
            print(f"{PULLS} pull requests, {week.red} red runs of {LEGS} jobs, in {time.monotonic() - began:.0f} s")
            figures(week)
            print(f"  {'Redis: keys, those without an end':42} {' '.join(map(str, keys(connection)))}")
        print(f"  {'memory of the largest process':42} {max(memory(url), default=0) >> 10} MB")


def play(week: Week) -> None:
    """Monday to Friday: each its own cause, another one, an outage of a registry, a broken main, and all is green."""
    causes = [(FOLDER / f"{name}.log").read_bytes() for name in CAUSES]
    branches = list(week.pulls)
    week.day((causes[place % 4] for place in range(PULLS)), branches)
    week.day((causes[(place + place % 2) % 4] for place in range(PULLS)), branches)
    week.day([OUTAGE] * PULLS, branches)
    week.day([causes[2]], ["main"])
    week.day([causes[2]] * PULLS, branches)
    week.day([None] * (PULLS + 1), ["main", *branches])


def figures(week: Week) -> None:
    """What people were sent, and whether anybody was told twice or not at all."""
    sent = Counter(map(_kind, _writes(week.sandbox)))
    state = {one["number"]: one for one in week.sandbox.state(NAME)["issues"]}
    told = [[one["body"] for one in state[number]["comment_list"]] for number in week.pulls.values()]
    issues = [one for one in state.values() if "pull_request" not in one]
    comments = sum(map(len, told))
    others = sent["POST comments"] + sent["POST issues"] + sent["PATCH issues"] - comments
    edits = sent["PATCH comments"] / PULLS
    print(f"  {'mails for a pull request, a broken main':42} {comments / PULLS:g}, {others}")
    print(f"  {'edits for a pull request':42} {edits:g}")
    print(f"  {'API writes for a red run':42} {sum(sent.values()) / week.red:.2f}")
    print(f"  {'comments lost, doubled, not green at last':42} {_wrong(told)}")
    print(f"  {'issues, of which open':42} {len(issues)}, {sum(one['state'] == 'open' for one in issues)}")


def _wrong(told: list[list[str]]) -> str:
    green = sum("Green again" in bodies[0] for bodies in told if bodies)
    return f"{sum(not bodies for bodies in told)}, {sum(len(bodies) > 1 for bodies in told)}, {len(told) - green}"


def _writes(sandbox: Sandbox) -> Iterator[dict[str, Any]]:
    return (one for one in sandbox.requests() if one["method"] != "GET" and "access_tokens" not in one["path"])


def _kind(write: dict[str, Any]) -> str:
    """The method, and the last word of the path."""
    return f"{write['method']} {re.findall(r'[a-z-]+', write['path'])[-1]}"


def keys(connection: redis.Redis) -> tuple[int, int]:
    """How many keys there are, and how many of them do not expire by themselves."""
    lives = [int(connection.ttl(name)) for name in connection.scan_iter()]
    return len(lives), lives.count(-1)


def memory(redis_url: str) -> Iterator[int]:
    """The resident kilobytes of each process that was told this Redis, on Linux."""
    for process in Path("/proc").glob("[0-9]*"):
        # A process may end while it is looked at, and others are not ours to look at.
        with suppress(FileNotFoundError, ProcessLookupError, PermissionError):
            if redis_url.encode() in (process / "environ").read_bytes():
                yield from map(int, re.findall(r"VmRSS:\s+(\d+)", (process / "status").read_text()))


if __name__ == "__main__":
    main()
