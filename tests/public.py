"""Breaks three public projects in one way each, lets whyred explain the log, and runs the tests with its patch.

Needs a package registry. The sources are those of a release, checked by their hash; what its archive leaves out (the
workflow, the .gitignore) is written here. The project's own tests say before and after whether the patch is right.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import tempfile
import time
import venv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
TOOLS = ("pytest==8.4.2", "pytest-cov==6.2.1", "freezegun==1.5.5", "werkzeug==3.1.3", "flit-core==3.12.0")
"""What the projects build and test with. They are installed one after the other into one environment."""


class UnavailableError(Exception):
    """The registry did not give what was asked for."""


@dataclass(frozen=True, slots=True)
class Project:
    """A release, how it is broken, and what whyred has to say of it."""

    name: str
    version: str
    sha256: str
    tests: str
    """The step that fails, as the workflow runs it."""
    broken: Callable[[Path], None]
    signature: str
    tells: str
    """What the reason has to name."""
    patches: str


def main() -> int:
    """How many projects were not mended; one line about each."""
    with tempfile.TemporaryDirectory(prefix="whyred-public-") as folder:
        home = Path(folder)
        venv.create(home / "environment")
        try:
            _pip(home, "install", *TOOLS)
        except UnavailableError as error:
            print(f"skipped, for the package registry does not give the projects' tools: {error}")
            return 0
        return sum(not _passes(project, home) for project in PROJECTS)


def _passes(project: Project, folder: Path) -> bool:
    began = time.monotonic()
    try:
        told = _mended(project, folder)
    except UnavailableError as error:
        print(
            f"{project.name} {project.version}: skipped, for the package registry does not give it: {error}", flush=True
        )
        return True
    except (AssertionError, subprocess.CalledProcessError) as error:
        print(f"{project.name} {project.version}: {getattr(error, 'stderr', '') or error}", flush=True)
        return False
    print(f"{project.name} {project.version}: {told} ({time.monotonic() - began:.0f} s)", flush=True)
    return True


def _mended(project: Project, folder: Path) -> str:
    """What was found and mended: the author's folder is what they see, the runner's is what they have pushed."""
    author = _unpacked(project, folder)
    project.broken(author)
    _write(author / ".github/workflows/tests.yml", _workflow(project))
    _run(["git", "init", "--quiet", "--initial-branch=main"], author)
    _commit(author)
    runner = folder / "runner" / project.name
    _run(["git", "clone", "--quiet", author, runner], folder)
    _pip(folder, "install", "--no-build-isolation", "--editable", runner)
    log = _step(project, folder, passes=False)
    found = _explained(log, runner, folder)
    assert found["signature"] == project.signature, f"told {found['signature']} in place of {project.signature}"
    assert project.tells in found["why"], f"{project.tells} is not in: {found['why']}"
    patches = next(fix["files"] for fix in found["fixes"] if fix["files"])
    assert [patch["path"] for patch in patches] == [project.patches], patches
    for patch in patches:
        _run(["git", "apply"], author, told=patch["patch"])
    _commit(author)
    _run(["git", "pull", "--quiet"], runner)
    ended = _step(project, folder, passes=True).strip().splitlines()[-1].strip("= ")
    return f"{found['signature']}, mended by the patch of {project.patches}: {ended}"


def _unpacked(project: Project, folder: Path) -> Path:
    wanted = folder / f"{project.name}.txt"
    _write(wanted, f"{project.name}=={project.version} --hash=sha256:{project.sha256}\n")
    archives = folder / "archives"
    options: list[str | Path] = [
        "--no-deps",
        "--no-binary",
        project.name,
        "--no-build-isolation",
        "--require-hashes",
        "--dest",
        archives,
    ]
    _pip(folder, "download", *options, "--requirement", wanted)
    with tarfile.open(archives / f"{project.name}-{project.version}.tar.gz") as archive:
        archive.extractall(folder, filter="data")
    return folder / f"{project.name}-{project.version}"


def _pip(folder: Path, *arguments: str | Path) -> None:
    """Our own pip, for the environment of the projects: one of its own would take long to set up."""
    pip: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        folder / "environment",
        "--quiet",
        "--disable-pip-version-check",
    ]
    try:
        _run([*pip, *arguments], folder)
    except subprocess.CalledProcessError as error:
        raise UnavailableError((error.stderr or "").strip().splitlines()[-1:]) from error


def _step(project: Project, folder: Path, *, passes: bool) -> str:
    """The log of the step, as the runner writes it."""
    path = f"{folder / 'environment' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    ended = subprocess.run(
        project.tests.split(),
        cwd=folder / "runner" / project.name,
        env={**os.environ, "PATH": path},
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert (ended.returncode == 0) is passes, f"{project.tests} ended with {ended.returncode}:\n{ended.stdout[-2000:]}"
    if passes:
        return ended.stdout
    last = f"##[error]Process completed with exit code {ended.returncode}.\n"
    return f"##[group]Run {project.tests}\n{project.tests}\n##[endgroup]\n{ended.stdout}{last}"


def _explained(log: str, runner: Path, folder: Path) -> dict[str, Any]:
    file = folder / "tests.log"
    _write(file, log)
    told = _run([sys.executable, "-m", "bot.cli.main", "explain", "--format", "json", "--repo", runner, file], ROOT)
    found: dict[str, Any] = json.loads(told)["findings"][0]
    return found


def _workflow(project: Project) -> str:
    return (
        "name: Tests\non:\n  push:\n  pull_request:\njobs:\n  tests:\n    runs-on: ubuntu-latest\n    steps:\n"
        "      - uses: actions/checkout@v4\n      - uses: actions/setup-python@v5\n        with:\n"
        '          python-version: "3.12"\n'
        f"      - run: pip install -e . pytest pytest-cov freezegun\n      - run: {project.tests}\n"
    )


def _commit(folder: Path) -> None:
    _run(["git", "add", "--all"], folder)
    identity = ["-c", "user.name=Mona", "-c", "user.email=mona@example.com"]
    _run(["git", *identity, "commit", "--quiet", "--message", "All of it"], folder)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1, f"{path.name} has {old!r} {text.count(old)} times"
    path.write_text(text.replace(old, new))


def _run(command: Sequence[str | Path], cwd: Path, told: str = "") -> str:
    """What the command printed; raises CalledProcessError with what it complained of."""
    words = [str(part) for part in command]
    return subprocess.run(words, cwd=cwd, check=True, input=told, capture_output=True, text=True).stdout


def _ignored_module(project: Path) -> None:
    """Meant for build output, the pattern swallows the module that encodes."""
    _write(project / ".gitignore", "__pycache__/\n*.egg-info/\n.coverage\n*encod*\n.env\n")


def _coverage_gate(project: Path) -> None:
    _replaced(
        project / "pyproject.toml",
        "[tool.pytest.ini_options]\n",
        '[tool.pytest.ini_options]\naddopts = "--cov=click --cov-report=term --cov-fail-under=100"\n',
    )


def _developer_path(project: Path) -> None:
    _replaced(
        project / "tests/test_config.py",
        'os.path.join(current_dir, "static", "config.json"), json.load',
        '"/Users/mona/code/flask/tests/static/config.json", json.load',
    )


PROJECTS = (
    Project(
        "itsdangerous",
        "2.2.0",
        "e0050c0b7da1eea53ffaf149c0cfbb5c6e2e2b69c4bef22c81fa6eb73e5f6173",
        "pytest",
        _ignored_module,
        "python/module-not-found",
        "`.gitignore` line 4",
        ".gitignore",
    ),
    Project(
        "click",
        "8.1.8",
        "ed53c9d8990d83c2a27deae68e4ee337473f6330c040a31d4225c9574d16096a",
        "pytest -q",
        _coverage_gate,
        "coverage/below-threshold",
        "`pyproject.toml`",
        "pyproject.toml",
    ),
    Project(
        "flask",
        "3.1.0",
        "5f873c5184c897c8d9d1b05df1e3d01b14910ce69607a117bd3277098a5836ac",
        "python -m pytest",
        _developer_path,
        "python/file-not-found",
        "`tests/test_config.py` line 34",
        "tests/test_config.py",
    ),
)


if __name__ == "__main__":
    sys.exit(main())
