"""The engine's speed, size and start against what bounds them, in one run: `python -m bench.engine`.

All times are of processor time, so that what else runs on the machine counts less.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import hyperscan

from bench import log, memory
from bot.cli import files
from diagnosis import catalogue, engine, split
from diagnosis.catalogue import Catalogue
from diagnosis.clean import split_prefix
from diagnosis.compiled import database
from diagnosis.scan import Scanner
from diagnosis.source import Text

ROOT: Final = Path(__file__).parents[1]
NAIVE_BYTES: Final = 500_000
SMALL_LOG: Final = 80_000
RUNS: Final = 20
COUNTS: Final = (100, 200, 400)
SIZES: Final = (10, 30, 100)
PYTHON: Final = "import hyperscan, re2"
COMMAND: Final = "from bot.cli.main import run; run()"
"""What the script does that an installer writes."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, and what it must be at least or at most; without a goal it is only shown."""

    name: str
    value: float
    unit: str = ""
    least: float | None = None
    most: float | None = None

    @property
    def missed(self) -> bool:
        """Whether the goal was missed."""
        too_small = self.least is not None and self.value < self.least
        return too_small or (self.most is not None and self.value > self.most)

    def __str__(self) -> str:
        goal = f">= {self.least:g}" if self.least is not None else f"<= {self.most:g}" if self.most is not None else ""
        verdict = "" if not goal else "missed" if self.missed else "met"
        return f"{self.name:58} {self.value:9.4g} {self.unit:8} {goal:8} {verdict}".rstrip()


def main() -> int:
    """Print each figure as soon as it is known; 1 when a goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--quick", action="store_true", help="10 MB, and no gigabyte")
    told = parser.parse_args()
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        for figure in figures(Path(folder), 10 if told.quick else told.megabytes, quick=told.quick):
            print(figure, flush=True)
            missed += figure.missed
    return 1 if missed else 0


def figures(folder: Path, megabytes: int, *, quick: bool) -> Iterator[Figure]:
    """All that is measured, on logs that are made in the folder."""
    known = catalogue.load()
    path = folder / "bench.log"
    log.write(path, megabytes * 1_000_000)
    yield Figure("signatures", len(known.signatures))
    yield from speeds(path, known, folder)
    yield from flatness(path, known, folder)
    yield from linearity(folder, known, SIZES[:2] if quick else SIZES)
    yield from start(folder)
    yield from sizes(folder, [megabytes] if quick else [megabytes, 1000])


def speeds(path: Path, known: Catalogue, cache: Path) -> Iterator[Figure]:
    """The whole engine against the naive way, against its own prefilter and against inflating the log."""
    whole = rate(path, lambda: diagnose(path, known, cache))
    expressions = [*split.MARKS, *known.expressions]
    scanner = Scanner(expressions, cache)
    raw = rate(path, lambda: raw_scan(path, scanner.raw))
    at_once = database(expressions)
    plain = rate(path, lambda: raw_scan(path, partial(_scan, at_once)))
    inflating = rate(path, inflater(path, path.with_suffix(".zip")))
    slow = naive(path, known)
    yield Figure("the engine with the whole catalogue", whole, "MB/s")
    yield Figure("each signature by re over each line", slow, "MB/s")
    yield Figure("all expressions as one database over the raw bytes", plain, "MB/s")
    yield Figure("the prefilter's first stage alone over the raw bytes", raw, "MB/s")
    yield Figure("inflating the log from a zip", inflating, "MB/s")
    yield Figure("times as fast as the naive way", whole / slow, least=200)
    yield Figure("of the speed of all expressions at once", whole / plain)
    yield Figure("of the speed of the prefilter's first stage", whole / raw, least=0.45)
    yield Figure("of the speed of inflating", whole / inflating, least=1)


def flatness(path: Path, known: Catalogue, cache: Path) -> Iterator[Figure]:
    """What four times and more as many signatures cost."""
    taken: list[float] = []
    for count in (*(count for count in COUNTS if count < len(known.signatures)), len(known.signatures)):
        some = Catalogue(known.signatures[:: max(len(known.signatures) // count, 1)][:count])
        taken.append(1 / rate(path, lambda some=some: diagnose(path, some, cache)))  # type: ignore[misc]
        yield Figure(f"with {count} signatures", 1 / taken[-1], "MB/s")
    yield Figure("times the cost of 100 signatures for all of them", taken[-1] / taken[0], most=2)


def linearity(folder: Path, known: Catalogue, megabytes: Sequence[int]) -> Iterator[Figure]:
    """What each megabyte of a larger log costs."""
    taken: list[float] = []
    for size in megabytes:
        path = folder / f"{size}.log"
        log.write(path, size * 1_000_000)
        taken.append(1 / rate(path, lambda path=path: diagnose(path, known, folder)))  # type: ignore[misc]
        yield Figure(f"a log of {size} MB", 1 / taken[-1], "MB/s")
        path.unlink()
    yield Figure("times the cost of a megabyte in the largest log", taken[-1] / taken[0], most=1.5)


def start(folder: Path) -> Iterator[Figure]:
    """What it takes the installed command to explain an ordinary log, beside what it can not do without."""
    path = folder / "small.log"
    log.write(path, SMALL_LOG)
    path.write_bytes(path.read_bytes()[-SMALL_LOG:])
    site = installed(folder / "site-packages")
    commands = [sys.executable, "-c", PYTHON], [sys.executable, "-c", COMMAND, "explain", str(path)]
    python, explain = map(min, zip(*([spent(each, site) for each in commands] for _ in range(RUNS)), strict=True))
    yield Figure("python and the two native libraries", 1000 * python, "ms")
    yield Figure("whyred explain on 80 kB, after the first time", 1000 * explain, "ms")
    yield Figure("times the start of python and the libraries", explain / python, most=3)


def sizes(folder: Path, megabytes: Sequence[int]) -> Iterator[Figure]:
    """Peak memory of `whyred explain` over that of the interpreter with everything imported."""
    for size in megabytes:
        path = folder / "large.log"
        log.write(path, size * 1_000_000)
        yield Figure(f"memory for a log of {size} MB", memory.measure(path), "MB", most=100)
        if size == megabytes[0]:
            zipped(path, folder / "large.zip")
            yield Figure(f"memory for a zip of {size} MB", memory.measure(folder / "large.zip"), "MB", most=100)
        path.unlink()


def diagnose(path: Path, known: Catalogue, cache: Path) -> None:
    """One diagnosis, read from the disk in pieces as the command line does."""
    with ExitStack() as stack:
        engine.diagnose(files.read(path, stack), known, cache=cache)


Handler = Callable[[int, int, int, int, object], None]


def _scan(at_once: hyperscan.Database, text: bytes, handler: Handler) -> None:
    at_once.scan(text, match_event_handler=handler)


def raw_scan(path: Path, scan: Callable[[bytes, Handler], None]) -> None:
    """Nothing but hyperscan over the log, with the cheapest handler that python has."""
    with ExitStack() as stack:
        (job,) = files.read(path, stack)
        for _, _, chunk in Text(job.source, 0, job.source.size).chunks():
            scan(chunk, lambda *_: None)


def naive(path: Path, known: Catalogue) -> float:
    """Megabytes a second of every pattern over every line, measured on the first lines."""
    patterns = [re.compile("(?m)" + item.pattern) for item in known.signatures]
    with path.open("rb") as file:
        lines = [split_prefix(line)[2].decode("utf-8", "replace") for line in file.readlines(NAIVE_BYTES)]
        size = file.tell()
    began = time.process_time()
    for line in lines:
        for pattern in patterns:
            pattern.search(line)
    return size / 1e6 / (time.process_time() - began)


def inflater(path: Path, target: Path) -> Callable[[], None]:
    """Reads the log from a zip, which is made now."""
    zipped(path, target)

    def inflate() -> None:
        with zipfile.ZipFile(target) as archive, archive.open(path.name) as member:
            while member.read(1 << 20):
                pass

    return inflate


def zipped(path: Path, target: Path) -> None:
    """Pack the log as GitHub does."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(path, path.name)


def rate(path: Path, work: Callable[[], None], times: int = 2) -> float:
    """Megabytes of the log a second of processor time; the best of so many."""
    size = path.stat().st_size / 1e6
    taken = []
    for _ in range(times):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return size / min(taken)


def installed(folder: Path) -> Path:
    """The folder with what the command consists of, and the record of it that an installer leaves."""
    for name in ("bot", "diagnosis", "signatures"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    rows = (f"{path.relative_to(folder)},sha256={hashlib.sha256(path.read_bytes()).hexdigest()}\n" for path in files)
    record = folder / "whyred-0.dist-info" / "RECORD"
    record.parent.mkdir()
    record.write_text("".join(rows))
    return folder


def spent(command: Sequence[str], folder: Path) -> float:
    """Seconds of processor time of a command in a folder, with Python's cache of what it compiled, as users have it."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, env=environment, cwd=folder)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    sys.exit(main())
