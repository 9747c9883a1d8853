"""Peak memory of `whyred explain TARGET` over that of the process with everything imported: a number of MB."""

from __future__ import annotations

import contextlib
import importlib
import io
import resource
import subprocess
import sys
from pathlib import Path
from typing import Final

from bot.cli import explain

STATUS: Final = Path("/proc/self/status")


def peak() -> float:
    """Megabytes that this process has held at most.

    Linux hands the peak of getrusage down to children that are started from a large process, so its own page is asked.
    """
    if STATUS.exists():
        line = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / 1e6
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size / 1e6 if sys.platform == "darwin" else size * 1024 / 1e6


def measure(target: Path) -> float:
    """What it costs in a process of its own. Fails when the target could not be read."""
    command = [sys.executable, "-m", "bench.memory", str(target)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main(target: str) -> None:
    """Explain the target and print by how much the peak rose."""
    importlib.import_module("bot.render.text")
    before = peak()
    with contextlib.redirect_stdout(io.StringIO()):
        status = explain.explain([target], "text")
    assert status != explain.BAD_INPUT
    sys.stdout.write(f"{peak() - before:.1f}\n")


if __name__ == "__main__":
    main(sys.argv[1])
