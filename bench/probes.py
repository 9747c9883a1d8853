"""What the repository's questions cost on a tree of 50,000 files: `python -m bench.probes`.

Each signature with probes is seen in its own first example, in a repository whose workflow has the example's step. The
cost is the processor's time for the diagnosis with the repository less that without it.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Iterator
from functools import cache

from diagnosis import catalogue, engine
from diagnosis.engine import JobLog
from diagnosis.prober import Surroundings
from diagnosis.repo import Unknown
from diagnosis.report import Report

FILES = 50_000
MOST_MS = 250.0
WORKFLOW = ".github/workflows/ci.yml"
PARTS = ("api", "billing", "cart", "orders", "search", "users")
NAMES = ("__init__.py", "models.py", "views.py", "conftest.py", "test_views.py", "settings.py", "README.md", "index.ts")
CONTENT = {
    "pyproject.toml": b'[project]\nname = "shop"\ndependencies = ["flask>=3"]\n\n[tool.pytest.ini_options]\n'
    b'addopts = "--cov-fail-under=80"\n',
    ".gitignore": b"*.pyc\nbuild/\n*secret*\n",
    "requirements.txt": b"flask==3.0.0\nredis==5.0.0\n",
    "package.json": b'{"name": "shop", "scripts": {"test": "jest", "lint": "eslint ."}}\n',
    "Makefile": b"lint:\n\truff check .\ntest:\n\tpytest\n",
    "Dockerfile": b"FROM python:3.12\nCOPY app /app\n",
}


class LargeTree:
    """A repository of many services, each file some lines long."""

    def __init__(self, step: str) -> None:
        self._workflow = workflow(step)

    def paths(self) -> tuple[str, ...]:
        """All of them."""
        return every_path()

    def read(self, path: str) -> bytes | Unknown | None:
        """Small files, all alike where it does not matter."""
        if path == WORKFLOW:
            return self._workflow
        return CONTENT.get(path, b"import os\n\n\ndef view(request):\n    return os.environ['SHOP_URL']\n" * 40)


@cache
def every_path() -> tuple[str, ...]:
    """The paths of the tree, in order."""
    files = (
        f"services/{part}{number}/src/{part}/{name}"
        for number in range(FILES // len(PARTS) // len(NAMES) + 1)
        for part in PARTS
        for name in NAMES
    )
    return tuple(sorted([*CONTENT, WORKFLOW, *files]))


def workflow(step: str) -> bytes:
    """A workflow whose only job has this step."""
    script = json.dumps(step.removeprefix("Run "))
    return (
        "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    services:\n      postgres:\n"
        "        image: postgres:16\n        env:\n          POSTGRES_USER: shop\n"
        "        ports:\n          - 5433:5432\n"
        f"    steps:\n      - run: {script}\n"
    ).encode()


def main() -> int:
    """Print the slowest signatures, the median and the maximum; 1 when the maximum is too much."""
    rows = sorted(costs(), reverse=True)
    for cost, identifier in rows[:10]:
        print(f"{identifier:58} {cost:9.1f} ms")
    times = [cost for cost, _ in rows]
    print(f"{len(times)} signatures with probes, {FILES:,} files")
    print(f"{'median':58} {statistics.median(times):9.1f} ms")
    print(f"{'maximum':58} {times[0]:9.1f} ms  <= {MOST_MS:g}  {'met' if times[0] <= MOST_MS else 'missed'}")
    return int(times[0] > MOST_MS)


def costs() -> Iterator[tuple[float, str]]:
    """Milliseconds that the repository adds to the diagnosis of each signature's first example."""
    known = catalogue.load()
    for signature in known.signatures:
        if signature.probes:
            log = JobLog("1_test.txt", signature.should_match[0].log.encode(), "test")
            alone, report = timed(log, known, None)
            tree = LargeTree((report.best and report.best.step) or "Run pytest")
            with_tree, _ = timed(log, known, Surroundings(tree, WORKFLOW))
            yield with_tree - alone, signature.id


def timed(log: JobLog, known: catalogue.Catalogue, around: Surroundings | None) -> tuple[float, Report]:
    """The best of three, and what came of it."""
    taken: list[float] = []
    for _ in range(3):
        began = time.process_time()
        report = engine.diagnose([log], known, around=around)
        taken.append(time.process_time() - began)
    return 1000 * min(taken), report


if __name__ == "__main__":
    sys.exit(main())
