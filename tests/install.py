"""Builds the wheel, installs it in a fresh environment as a user would, and lets it explain a log. Needs a registry."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOG = ROOT / "sandbox" / "scenes" / "coverage.log"
WORKFLOW = "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    stepz:\n      - run: make\n"
"""Whether a key is known is told by data that the wheel must carry."""


def main() -> None:
    """Raises CalledProcessError or AssertionError when the installed product does not work."""
    with tempfile.TemporaryDirectory(prefix="whyred-install-") as folder:
        wheels = Path(folder) / "wheels"
        _run([sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", wheels, ROOT])
        home = Path(folder) / "environment"
        venv.create(home, with_pip=True)
        pip: list[str | Path] = [home / "bin" / "python", "-m", "pip", "install", "--quiet"]
        _run([*pip, "--require-hashes", "--requirement", ROOT / "requirements" / "run.txt"])
        _run([*pip, "--no-deps", next(wheels.glob("whyred-*.whl"))])
        workflow = Path(folder) / "ci.yml"
        workflow.write_text(WORKFLOW)
        for target, options, expected in (
            (LOG, ["--repo", str(ROOT)], "coverage/below-threshold"),
            (workflow, [], "workflow/schema"),
        ):
            told = _run([home / "bin" / "whyred", "explain", "--format", "json", target, *options], cwd=folder)
            signature = json.loads(told)["findings"][0]["signature"]
            assert signature == expected, signature
            print(f"the installed wheel names {signature}")


def _run(command: Sequence[str | Path], cwd: str | Path | None = None) -> str:
    """What the command printed; its errors go where ours go."""
    told = [str(part) for part in command]
    return subprocess.run(told, cwd=cwd, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    main()
