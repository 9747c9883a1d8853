"""Child processes that live and end together: started one by one, watched, and stopped in the reverse order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, Self

PATIENCE: Final = 25.0
"""Seconds that a process gets to finish what it is doing."""

LAST_WORDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Ended:
    """A process that has ended by itself: its exit status, or the signal that killed it as a negative number."""

    name: str
    status: int

    def __str__(self) -> str:
        if self.status < 0:
            return f"{self.name} was killed by {signal.Signals(-self.status).name}"
        return f"{self.name} ended with status {self.status}"


class Processes:
    """The processes, in the order of their start. Leaving the context stops them all.

    To be used from the main thread: see `bot.leash`, by which they end even when we are killed.
    """

    def __init__(self) -> None:
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_told: object) -> None:
        self.stop()

    def start(self, name: str, command: Sequence[str], environ: Mapping[str, str], output: Path | None = None) -> None:
        """Start one, in a session of its own so that Ctrl-C reaches us alone. `output` takes both of its streams."""
        if name in self._running:
            raise ValueError(f"{name} is running already")
        leashed = [sys.executable, "-m", "bot.leash", str(os.getpid()), *command]
        stream: IO[bytes] | None = output.open("ab") if output else None
        try:
            self._running[name] = subprocess.Popen(  # noqa: S603 - the commands are our own
                leashed,
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT if stream else None,
                start_new_session=True,
            )
        finally:
            if stream:
                stream.close()

    def pids(self) -> dict[str, int]:
        """The process ids, by name."""
        return {name: process.pid for name, process in self._running.items()}

    def ended(self) -> Ended | None:
        """The first one that has ended by itself; None as long as all are running."""
        for name, process in self._running.items():
            status = process.poll()
            if status is not None:
                return Ended(name, status)
        return None

    def stop(self, patience: float = PATIENCE) -> None:
        """End all of them, the last one started first. Returns when none is left."""
        while self._running:
            _name, process = self._running.popitem()
            _end(process, patience)


def _end(process: subprocess.Popen[bytes], patience: float) -> None:
    """Ask, insist (a worker then gives up its job), and at last kill it with what it has started."""
    for seconds in (patience, LAST_WORDS):
        if process.poll() is None:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(seconds)
    if process.poll() is None:
        # Its session, and so its group, is named after it.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
