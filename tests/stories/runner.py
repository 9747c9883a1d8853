"""Runs a workflow's job as a runner would: the steps' own commands in a shell, with the tools of this environment."""

from __future__ import annotations

import platform
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from diagnosis.workflow import Job, Step, Workflow, environment
from diagnosis.workflow_yaml import parse

WORKSPACE = "/home/runner/work/shop/shop"
PYTHON = f"/opt/hostedtoolcache/Python/{platform.python_version()}/x64"
BEGAN = datetime(2026, 3, 6, 6, 0, 0, tzinfo=UTC)

_EXPRESSION = re.compile(r"\$\{\{.*?\}\}")
_SECRET = re.compile(r"\$\{\{\s*secrets\.(?P<name>\w+)\s*\}\}")
_SECONDS = re.compile(r"\bin \d+\.\d+s\b")


@dataclass(frozen=True)
class Performed:
    """What a job came to: its log, and its steps with their conclusions."""

    log: str
    steps: list[tuple[str, str]]

    @property
    def passed(self) -> bool:
        return all(conclusion != "failure" for _, conclusion in self.steps)


class Runner:
    """One job of a checkout's workflow. `ports` are those of this machine that stand for a service's own."""

    def __init__(
        self,
        folder: Path,
        path: str,
        key: str,
        ports: Mapping[int, int] | None = None,
        secrets: Mapping[str, str] | None = None,
        *,
        timed: bool = False,
    ) -> None:
        found = parse(path, (folder / path).read_text())
        assert found, f"{path} is no workflow"
        job = next(job for job in found.jobs if job.key == key)
        self.folder, self.workflow, self.job, self.ports = folder, found, job, ports or {}
        self.secrets = secrets or {}
        self.lines: list[str] = []
        self.timed = timed

    def perform(self) -> Performed:
        """Run the steps until one fails that may not; those with `if: always()` run all the same."""
        steps: list[tuple[str, str]] = [("Set up job", "success")]
        failed = False
        for step in self.job.steps:
            name = step.name or step.called[-1]
            if (failed and "always()" not in step.condition) or not self._has_files(step.condition):
                steps.append((name, "skipped"))
                continue
            status = self._step(step)
            failed |= bool(status) and not step.may_fail
            steps.append((name, "failure" if status and not step.may_fail else "success"))
        self._say("Post job cleanup.", "Cleaning up orphan processes")
        return Performed(self._log(), steps)

    def _log(self) -> str:
        """The lines behind the clock: of a time that stays the same, or, where it is to be GitHub's, of just now."""
        began = datetime.now(UTC) - timedelta(seconds=20) if self.timed else BEGAN
        times = [began + timedelta(milliseconds=20 * number) for number in range(len(self.lines))]
        stamped = zip(times, self.lines, strict=True)
        return "".join(f"{time:%Y-%m-%dT%H:%M:%S}.{time.microsecond:06d}0Z {line}\n" for time, line in stamped)

    def _has_files(self, condition: str) -> bool:
        """Whether the files are there that a condition with `hashFiles` asks for."""
        patterns = re.findall(r"'([^']+)'", condition) if condition.startswith("hashFiles(") else []
        return not patterns or any(next(self.folder.glob(pattern), None) for pattern in patterns)

    def carry_out(self, command: str) -> None:
        """Run a command that somebody read, with the tools and the settings of the job."""
        subprocess.run(
            ["bash", "-e", "-c", command],
            cwd=self.folder,
            env=self._environment(self._values(self.workflow, self.job, self.job.steps[-1])),
            check=True,
        )

    def _step(self, step: Step) -> int:
        """Its exit status; an action of others does nothing here."""
        values = self._values(self.workflow, self.job, step)
        self._say(f"##[group]{self._outward(step.called[-1])}")
        if step.run:
            self._say(*(f"\x1b[36;1m{line}\x1b[0m" for line in self._outward(step.run).rstrip("\n").split("\n")))
            self._say("shell: /usr/bin/bash -e {0}")
        if values:
            self._say("env:", *(f"  {name}: {self._masked(value)}" for name, value in values.items()))
        self._say("##[endgroup]")
        if not step.run:
            return 0
        folder = self.folder / (step.working_directory or self.job.working_directory or ".")
        ended = subprocess.run(
            ["bash", "-e", "-c", step.run],
            cwd=folder,
            env=self._environment(values),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        self._say(*self._outward(ended.stdout.decode(errors="replace")).rstrip("\n").split("\n"))
        if ended.returncode:
            self._say(f"##[error]Process completed with exit code {ended.returncode}.")
        return ended.returncode

    def _values(self, workflow: Workflow, job: Job, step: Step) -> dict[str, str]:
        """The step's environment; a secret that the repository has not is empty."""
        found = environment(workflow, job, step)
        return {name: self._filled(setting.value.text) for name, setting in found.items()}

    def _filled(self, text: str) -> str:
        return _EXPRESSION.sub("", _SECRET.sub(lambda told: self.secrets.get(told["name"], ""), text))

    def _environment(self, values: Mapping[str, str]) -> dict[str, str]:
        usual = {
            "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "PYTHONDONTWRITEBYTECODE": "1",
            "COVERAGE_FILE": str(self.folder.parent / "coverage"),
        }
        return usual | {name: self._inward(value) for name, value in values.items()}

    def _inward(self, text: str) -> str:
        for usual, ours in self.ports.items():
            text = text.replace(str(usual), str(ours))
        return text

    def _outward(self, text: str) -> str:
        """The output as a runner's: its folders, the usual ports, no times that differ from run to run."""
        for usual, ours in self.ports.items():
            text = text.replace(str(ours), str(usual))
        text = self._masked(text)
        for path, shown in ((self.folder, WORKSPACE), (Path(sys.prefix), PYTHON), (Path(sys.base_prefix), PYTHON)):
            text = text.replace(str(path), shown)
        return _SECONDS.sub("in 1.23s", text)

    def _masked(self, text: str) -> str:
        for secret in self.secrets.values():
            text = text.replace(secret, "***")
        return text

    def _say(self, *lines: str) -> None:
        self.lines += lines
