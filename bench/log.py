"""The bench log: job after job, made of the fixtures and the signatures' own examples between lines of progress."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

from diagnosis import catalogue
from diagnosis.clean import split_prefix

FIXTURES: Final = Path(__file__).parents[1] / "tests" / "logs"
SEED: Final = 20_260_306
BEGAN: Final = datetime(2026, 3, 6, 6, 0, 0, tzinfo=UTC)

STEPS: Final = (6, 14)
QUIET: Final = (10, 130)
FAILURES: Final = (4, 40)
"""Steps of a job, lines of progress in each, and failures in the last one: with them about one line in twenty holds
what a signature confirms, and one in thirty a mark of the runner's, as in 488 real failing logs (45,610 hits in 924,028
lines)."""

COLOURED: Final = 0.03
"""Share of the lines that hold an escape character, as in real logs."""

_PACKAGES: Final = ("orders", "billing", "cart", "catalog", "shipping", "search", "users", "mailer", "reports", "stock")
_MODULES: Final = (
    "views",
    "models",
    "tasks",
    "routes",
    "schema",
    "client",
    "worker",
    "cache",
    "forms",
    "queue",
    "admin",
)
_PROGRESS: Final = (
    "Collecting {package}-{module}=={a}.{b}.{c} (from -r requirements.txt (line {b}))",
    "  Downloading shop_{package}-{a}.{b}.{c}-cp312-cp312-manylinux_2_17_x86_64.whl (1.{b} MB)",
    "     ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 1.{b}/1.{b} MB 2{c}.{a} MB/s eta 0:00:00",
    "Requirement already satisfied: shop-{package}>={a}.{b} in /opt/hostedtoolcache/Python/3.12.1/x64/lib (from shop)",
    "tests/{package}/test_{module}.py::test_{module}_of_{package}_{c} PASSED                            [ {b}%]",
    "tests/{package}/test_{module}.py ...............................................................  [ {b}%]",
    "ok  \tgithub.example/shop/{package}/{module}\t0.{c}{b}s\tcoverage: {b}.{a}% of statements",
    "   Compiling shop-{package}-{module} v{a}.{b}.{c} (/home/runner/work/shop/shop/crates/{package})",
    "[ {b}%] Building CXX object src/{package}/CMakeFiles/{package}.dir/{module}.cpp.o",
    "/usr/bin/c++ -I/home/runner/work/shop/shop/include -O2 -Wall -fPIC -o {package}/{module}.o -c {module}.cpp",
    "npm http fetch GET 200 https://registry.npm.example/@shop%2f{package}-{module} {b}ms (cache miss)",
    "  ✓ {package} › {module} › renders the list of {package} with {b} rows ({c} ms)",
    "PASS src/{package}/{module}.test.tsx ({a}.{b} s)",
    "#{b} [build {a}/9] COPY {package}/{module} /app/{package}/{module}",
    "#{b} sha256:{hash} {a}.{c}MB / {b}.{c}MB 0.{c}s done",
    "[INFO] Running shop.{package}.{module}Test",
    "[INFO] Tests run: {b}, Failures: 0, Errors: 0, Skipped: {c}, Time elapsed: {a}.{b} s -- in shop.{package}",
    "{module} INFO  [{package}] handled request id={hash} in {b}.{c} ms status=200",
    "Hit:{b} http://archive.example/ubuntu jammy-updates InRelease",
    "Unpacking lib{package}{a}:amd64 ({a}.{b}.{c}-1ubuntu{a}) ...",
    "remote: Compressing objects: {b}% ({c}/{b})",
    "copying src/shop/{package}/{module}.py -> build/lib.linux-x86_64-cpython-312/shop/{package}",
    "",
)
_COLOURED: Final = (
    "\x1b[32m✓\x1b[0m {package} \x1b[2m›\x1b[0m {module} handles {b} rows \x1b[90m({c} ms)\x1b[0m",
    "\x1b[1m\x1b[36mbuild\x1b[39m\x1b[22m {package}/{module}.js \x1b[32m{b}.{c} kB\x1b[39m",
    "\x1b[36;1mmake {package}-{module} JOBS={c}\x1b[0m",
)
_STEPS: Final = ("make {package}", "npm run {package}:{module}", "pytest tests/{package}", "./ci/{module}.sh {package}")


class Builder:
    """Writes job logs one after the other; the same seed and sources give the same bytes."""

    def __init__(self, seed: int = SEED) -> None:
        self._random = random.Random(seed)
        self._failures = list(failures())
        self._random.shuffle(self._failures)
        self._clock = BEGAN

    def job(self) -> bytes:
        """One failed job: quiet steps, one that fails in some of the known ways, and the runner's last words."""
        lines: list[str] = []
        for _ in range(self._random.randint(*STEPS)):
            lines += self._step(self._progress(self._random.randint(*QUIET)))
        for _ in range(self._random.randint(*FAILURES)):
            lines += [*self._failure(), *self._progress(self._random.randint(1, 30))]
        lines += ["##[error]Process completed with exit code 1.", "Post job cleanup.", "Cleaning up orphan processes"]
        return b"".join(self._stamped(line) for line in lines)

    def _failure(self) -> tuple[str, ...]:
        """One of all; some are seen every day and most once in a while."""
        rank = int(len(self._failures) ** self._random.random())
        return self._failures[rank - 1]

    def _step(self, lines: Iterable[str]) -> Iterator[str]:
        command = self._filled(self._random.choice(_STEPS))
        yield f"##[group]Run {command}"
        yield f"\x1b[36;1m{command}\x1b[0m"
        yield "shell: /usr/bin/bash -e {0}"
        yield "##[endgroup]"
        yield from lines

    def _progress(self, count: int) -> Iterator[str]:
        for _ in range(count):
            kind = _COLOURED if self._random.random() < COLOURED else _PROGRESS
            yield self._filled(self._random.choice(kind))

    def _filled(self, text: str) -> str:
        pick = self._random
        return text.format(
            package=pick.choice(_PACKAGES),
            module=pick.choice(_MODULES),
            a=pick.randint(0, 9),
            b=pick.randint(10, 99),
            c=pick.randint(1, 40),
            hash=f"{pick.getrandbits(64):016x}",
        )

    def _stamped(self, line: str) -> bytes:
        self._clock += timedelta(microseconds=self._random.randint(10, 90_000))
        return f"{self._clock:%Y-%m-%dT%H:%M:%S.%f}{self._random.randint(0, 9)}Z {line}\n".encode()


@lru_cache(maxsize=1)
def failures() -> tuple[tuple[str, ...], ...]:
    """What failed jobs print: the fixtures and each signature's examples, without clocks and the runner's marks."""
    texts = [path.read_bytes() for path in sorted(FIXTURES.rglob("*.log"))]
    for signature in catalogue.load().signatures:
        texts += [example.log.strip("\n").encode() for example in signature.should_match]
    return tuple(tuple(_body(text)) for text in texts)


_MARK: Final = re.compile(
    r"##\[(?:end)?group\]|##\[error\]Process completed|shell: |Post job cleanup|Cleaning up orphan"
)


def _body(text: bytes) -> Iterator[str]:
    for raw in text.split(b"\n"):
        line = split_prefix(raw)[2].decode("utf-8", "replace").rstrip("\r")
        if not _MARK.match(line):
            yield line


def write(path: Path, size: int) -> None:
    """A log of at least so many bytes. What was made first is repeated from REPEATED on: making it takes longer
    than all that is measured, and nothing in the engine remembers what it read megabytes ago."""
    builder = Builder()
    made = bytearray()
    while len(made) < min(size, REPEATED):
        made += builder.job()
    with path.open("wb") as file:
        while file.tell() < size:
            file.write(made)


REPEATED: Final = 10_000_000
