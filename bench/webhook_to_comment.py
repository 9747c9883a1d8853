"""Seconds from a signed webhook to the comment, with 1 MB of logs, where they go, and the writes: `make bench`."""

from __future__ import annotations

import argparse
import math
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.github.pace import PER_MINUTE
from sandbox.client import Sandbox
from sandbox.product import product

NAME: Final = "octo/bench"
LOG: Final = Path(__file__).parents[1] / "sandbox" / "scenes" / "coverage.log"
BYTES: Final = 1_000_000
JOBS: Final = (1, 40)

SETTLED: Final = 0.5
"""Seconds after the comment in which the run's other writes are made."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one failed run came to: its parts in seconds, its comments, and the writes that it took."""

    seconds: dict[str, float]
    comments: int
    writes: int


def main() -> None:
    """Print the median, the 95th percentile and the parts of so many runs, of one failing job and of forty."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    runs = parser.parse_args().runs
    with product() as sandbox:
        sandbox.create_repository(NAME)
        _measure(sandbox, "warm", 1)
        for jobs in JOBS:
            _print(jobs, [_measure(sandbox, f"jobs-{jobs}-{number}", jobs) for number in range(runs)])


def _print(jobs: int, told: Sequence[Told]) -> None:
    print(f"{jobs} failing {'job' if jobs == 1 else 'jobs'}, {len(told)} runs")
    for part in told[0].seconds:
        seconds = sorted(one.seconds[part] for one in told)
        late = seconds[math.ceil(0.95 * len(seconds)) - 1]
        print(
            f"  {part:34} median {statistics.median(seconds):6.3f} s   p95 {late:6.3f} s   slowest {seconds[-1]:6.3f} s"
        )
    print(f"  {'comments per pull request':34} {max(one.comments for one in told)}")
    writes = [one.writes for one in told]
    print(f"  {'API writes per failing run':34} median {statistics.median(writes):g}   most {max(writes)}")


def _measure(sandbox: Sandbox, branch: str, jobs: int) -> Told:
    sha = sandbox.push(NAME, branch, {"a.txt": branch}, author="mona")
    pull = sandbox.open_pull(NAME, branch, author="mona")
    run = sandbox.start_run(NAME, sha=sha, branch=branch, event="pull_request")
    for number in range(jobs):
        name, steps = f"test ({number})", [("Run pytest", "failure")]
        sandbox.add_job(NAME, run, name, conclusion="failure", log=_log(BYTES // jobs), steps=steps)
    sandbox.clear()
    began = time.time()
    sandbox.finish_run(NAME, run)
    answered = time.time()
    while not sandbox.comments(NAME, pull):
        time.sleep(0.005)
    seconds = _parts(sandbox, began, answered)
    time.sleep(SETTLED)
    writes = [one for one in sandbox.requests() if one["method"] != "GET" and "access_tokens" not in one["path"]]
    # Sooner, the budget for writes would be spent within the minute, and its wait be measured.
    time.sleep(max(began + len(writes) * 60 / PER_MINUTE - time.time(), 0))
    return Told(seconds, len(sandbox.comments(NAME, pull)), len(writes))


def _parts(sandbox: Sandbox, began: float, answered: float) -> dict[str, float]:
    """The stretches between the requests that the bot made, as the local GitHub's own clock saw them."""
    asked = sandbox.requests()
    first = asked[0]["at"]
    logs = next(one["at"] for one in asked if one["host"] == "logs")
    last = max(one["at"] for one in asked if one["host"] == "logs")
    after = next(one["at"] for one in asked if one["at"] > last)
    comment = next(one["at"] for one in asked if one["method"] == "POST" and one["path"].endswith("/comments"))
    return {
        "webhook to comment": comment - began,
        "  webhook answered (202)": answered - began,
        "  webhook to the first request": first - began,
        "  run, jobs, pull request, to log": logs - first,
        "  logs read and diagnosed": after - logs,
        "  comments listed, comment made": comment - after,
    }


def _log(size: int) -> bytes:
    """The scene's log behind so many bytes of a passing build's chatter."""
    text = LOG.read_bytes()
    line = b"2026-03-02T09:14:00.0000000Z  compiling module %06d of the shop\n"
    lines = (size - len(text)) // len(line % 0)
    return b"".join(line % number for number in range(lines)) + text


if __name__ == "__main__":
    main()
