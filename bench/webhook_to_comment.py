"""Seconds from a signed webhook to the comment, with a log of 1 MB, and where they go: `make bench`."""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path
from typing import Final

from sandbox.client import Sandbox
from sandbox.product import product

NAME: Final = "octo/bench"
LOG: Final = Path(__file__).parents[1] / "sandbox" / "scenes" / "coverage.log"
BYTES: Final = 1_000_000


def main() -> None:
    """Print the median, the slowest and the parts of so many runs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    runs = parser.parse_args().runs
    with product() as sandbox:
        sandbox.create_repository(NAME)
        _measure(sandbox, 0)
        timed = [_measure(sandbox, number) for number in range(1, runs + 1)]
    for part in timed[0]:
        seconds = [one[part] for one in timed]
        print(f"{part:34} median {statistics.median(seconds):6.3f} s   slowest {max(seconds):6.3f} s")


def _measure(sandbox: Sandbox, number: int) -> dict[str, float]:
    branch = f"branch-{number}"
    sha = sandbox.push(NAME, branch, {"a.txt": branch}, author="mona")
    pull = sandbox.open_pull(NAME, branch, author="mona")
    run = sandbox.start_run(NAME, sha=sha, branch=branch, event="pull_request")
    sandbox.add_job(NAME, run, "test", conclusion="failure", log=_log(), steps=[("Run pytest", "failure")])
    sandbox.clear()
    began = time.time()
    sandbox.finish_run(NAME, run)
    answered = time.time()
    while not sandbox.comments(NAME, pull):
        time.sleep(0.005)
    return _parts(sandbox, began, answered)


def _parts(sandbox: Sandbox, began: float, answered: float) -> dict[str, float]:
    """The stretches between the requests that the bot made, as the local GitHub's own clock saw them."""
    asked = sandbox.requests()
    first = asked[0]["at"]
    logs = next(one["at"] for one in asked if one["host"] == "logs")
    after = next(one["at"] for one in asked if one["at"] > logs)
    comment = next(one["at"] for one in asked if one["method"] == "POST" and one["path"].endswith("/comments"))
    return {
        "webhook to comment": comment - began,
        "  webhook answered (202)": answered - began,
        "  webhook to the first request": first - began,
        "  run, jobs, pull request, to log": logs - first,
        "  log read and diagnosed": after - logs,
        "  comments listed, comment made": comment - after,
    }


def _log() -> bytes:
    """The scene's log behind a megabyte of a passing build's chatter."""
    text = LOG.read_bytes()
    line = b"2026-03-02T09:14:00.0000000Z  compiling module %06d of the shop\n"
    lines = (BYTES - len(text)) // len(line % 0)
    return b"".join(line % number for number in range(lines)) + text


if __name__ == "__main__":
    main()
