"""Runs the small projects of passing_*.txt as a GitHub runner would and keeps what a job printed, whole.

Usage: python tests/logs/make/passing.py [NAME ...] [--scratch FOLDER] [--into FOLDER]

A case begins with `=== name with=pytest,ruff npm=jest@29 job=test`. `with` is installed beforehand into a Python
environment (`python=3.12` chooses it), `npm` into node_modules, both unseen and kept in the scratch folder.
`--- path` opens a file of the project, `: command` prepares it unseen, `$ command` is a line of a step, and
`@ NAME` begins another step, with `continue-on-error` behind it if the job is to survive it. A file whose name
begins with `passing_` holds jobs that pass and go to passing/ (or to survived/ if a step failed on the way);
`without_cause_` holds jobs that fail and never say why: they go to without-cause/. A job that does not end as its file
says is an error. `cache` ends the job with the word of a cache that is saved after success only.
Needs whatever tools the cases run on PATH.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

HERE = Path(__file__).resolve().parent
WORKSPACE = "/home/runner/work/shop/shop"
HOSTED = "/opt/hostedtoolcache/Python/3.12.11/x64"
MACHINE = re.compile(
    r"^(?:Looking in (?:links|indexes):|WARNING: (?:Location|Url) 'file:|Processing /opt/|npm warn Unknown user config"
    r"|warning: .*opt/pypi|Picked up JAVA_TOOL_OPTIONS|WARNING: Running pip as the 'root' user).*\n",
    re.M,
)
HOSTS = {
    r"(?:files\.)?py(?:pi|thonhosted)(?:\.python)?\.org": "pypi.example",
    r"(?:registry\.|www\.)?npmjs\.(?:org|com)": "registry.npm.example",
    r"(?:index\.|static\.)?crates\.io": "crates.example",
    r"repo1?\.maven(?:\.apache)?\.org|repo\.maven\.apache\.org": "maven.example",
    r"proxy\.golang\.org": "goproxy.example",
    r"(?:deb|security|archive|ports)\.(?:debian\.org|ubuntu\.com)": "deb.example",
    r"(?:index\.)?rubygems\.org": "rubygems.example",
    r"(?:repo\.)?hex\.pm": "hex.example",
    r"registry-1\.docker\.io|(?:index\.|auth\.)?docker\.io": "registry.docker.example",
    r"(?:repo\.)?packagist\.org": "packagist.example",
}


class UnexpectedEnd(Exception):
    """A step that failed, or did not, against what its case says."""


@dataclass
class Step:
    """One step of a job: its name, its script, and whether the job survives its failure."""

    name: str = ""
    survived: bool = False
    script: list[str] = field(default_factory=list)


@dataclass
class Case:
    """One job: what is in its checkout, what is installed, what is run."""

    name: str
    fails: bool
    options: dict[str, str]
    files: dict[str, str] = field(default_factory=dict)
    preparations: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    @property
    def folder(self) -> str:
        """Where its log is kept."""
        if self.fails:
            return "without-cause"
        return "survived" if any(step.survived for step in self.steps) else "passing"


def cases() -> Iterator[Case]:
    """The cases of all files, in order."""
    for source in sorted([*HERE.glob("passing_*.txt"), *HERE.glob("without_cause_*.txt")]):
        for text in re.split(r"^=== ", source.read_text("utf-8"), flags=re.M)[1:]:
            yield parse(text, fails=source.name.startswith("without_cause_"))


def parse(text: str, *, fails: bool) -> Case:
    head, *lines = text.splitlines(keepends=True)
    name, *options = head.split()
    case = Case(name, fails, dict(option.partition("=")[::2] for option in options))
    path = ""
    for line in lines:
        if line.startswith("--- "):
            path = line[4:].strip()
            case.files[path] = ""
        elif line.startswith(": "):
            case.preparations.append(line[2:].rstrip("\n"))
        elif line.startswith("@ "):
            called = line[2:].strip()
            case.steps.append(Step(called.removesuffix(" continue-on-error"), called.endswith(" continue-on-error")))
        elif line.startswith("$ "):
            if not case.steps:
                case.steps.append(Step())
            case.steps[-1].script.append(line[2:].rstrip("\n"))
        elif path:
            case.files[path] += line
    return case


def interpreter(version: str) -> str:
    """pyenv's, else the one on PATH."""
    known = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    return str(known[-1]) if known else str(shutil.which(f"python{version}"))


def installed(case: Case, scratch: Path) -> tuple[Path, Path | None]:
    """The Python environment and the node_modules of a case, made once for each set of packages."""
    python, wanted = case.options.get("python", "3.12"), case.options.get("with", "")
    env = scratch / "env" / hashlib.sha256(f"{python} {wanted}".encode()).hexdigest()[:12]
    if not env.exists():
        subprocess.run([interpreter(python), "-m", "venv", env], check=True)
        if wanted:
            subprocess.run([env / "bin/pip", "install", "-q", *wanted.split(",")], check=True)
    packages = case.options.get("npm")
    if not packages:
        return env, None
    node = scratch / "node" / hashlib.sha256(packages.encode()).hexdigest()[:12]
    if not node.exists():
        node.mkdir(parents=True)
        (node / "package.json").write_text("{}")
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", *packages.split(",")]
        subprocess.run(command, cwd=node, check=True)
    return env, node / "node_modules"


def run(case: Case, scratch: Path) -> str:
    """The log of a job, really run."""
    env, modules = installed(case, scratch)
    with tempfile.TemporaryDirectory(prefix="passing-") as folder:
        work = Path(folder, "shop")
        work.mkdir()
        for name, text in case.files.items():
            target = work / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text.rstrip("\n") + "\n" if text.strip() else "", "utf-8")
            if name.endswith(".sh"):
                target.chmod(0o755)
        if modules:
            subprocess.run(["cp", "-al", modules, work / "node_modules"], check=True)
        variables = os.environ | {
            "PATH": f"{env}/bin:{work}/node_modules/.bin:{os.environ['PATH']}",
            "VIRTUAL_ENV": str(env),
            "CI": "true",
            "GITHUB_WORKSPACE": str(work),
            "COLUMNS": "100",
            "PYTHONDONTWRITEBYTECODE": "1",
            "RUNNER_TEMP": folder,
        }
        for name in ("PYTHONPATH", "NODE_OPTIONS", "RUST_BACKTRACE"):
            variables.pop(name, None)
        for command in case.preparations:
            subprocess.run(
                ["bash", "-e", "-c", command], cwd=work, env=variables, check=True, stdout=subprocess.DEVNULL
            )
        lines = [line for step in case.steps for line in shown(step, work, variables, case)]
        text = rewrite("\n".join([*BEGIN.format(**job(case)).splitlines(), *lines]), Path(folder), env)
    return stamped("\n".join([text, *([CACHE] if "cache" in case.options else []), END]))


def job(case: Case) -> dict[str, str]:
    return {"job": case.options.get("job", "test")}


def shown(step: Step, work: Path, variables: dict[str, str], case: Case) -> list[str]:
    """What a runner prints of a step: its script in cyan, its settings, its output, how it ended."""
    done = subprocess.run(
        ["bash", "-e", "-c", "\n".join(step.script)],
        cwd=work,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=400,
    )
    last = step is case.steps[-1]
    if bool(done.returncode) != (step.survived or (case.fails and last)):
        raise UnexpectedEnd(f"{step.script} ended with {done.returncode}\n{done.stdout.decode()[-3000:]}")
    echo = [f"\x1b[36;1m{line}\x1b[0m" for line in step.script]
    head = [f"##[group]Run {step.script[0]}", *echo, "shell: /usr/bin/bash -e {0}", "##[endgroup]"]
    output = done.stdout.decode("utf-8", "replace").replace("\r\n", "\n").rstrip("\n")
    code = 128 - done.returncode if done.returncode < 0 else done.returncode
    failed = [f"##[error]Process completed with exit code {code}."] if code else []
    return [*head, *(output.split("\n") if output else []), *failed]


def rewrite(text: str, folder: Path, env: Path) -> str:
    """The text as it would read on a runner: none of this machine's paths, no registry's host."""
    for real in (folder, folder.resolve()):
        text = text.replace(str(real / "shop"), WORKSPACE).replace(str(real), "/home/runner/work/_temp")
    text = text.replace(str(env), HOSTED)
    text = re.sub(re.escape(str(Path.home())) + r"/\.pyenv/versions/[\d.]+", HOSTED, text)
    text = text.replace(str(Path.home()) + "/", "/home/runner/").replace(str(env.parents[1]), "/home/runner/work/_temp")
    text = re.sub(r"/tmp/(?!build/)[\w.-]+", "/tmp/build", text)
    for host, example in HOSTS.items():
        text = re.sub(rf"\b(?:{host})\b", example, text)
    return MACHINE.sub("", text + "\n").rstrip("\n")


def stamped(text: str) -> str:
    """With the runner's clock before each line, a step of the same length each."""
    start = datetime(2026, 3, 6, 6, 11, 13, 688_700, UTC)
    return "".join(
        f"{start + timedelta(microseconds=13_719 * number):%Y-%m-%dT%H:%M:%S.%f}8Z {line}\n"
        for number, line in enumerate(text.split("\n"))
    )


BEGIN = """\
Current runner version: '2.335.1'
##[group]Operating System
Ubuntu
24.04.4
LTS
##[endgroup]
##[group]GITHUB_TOKEN Permissions
Contents: read
Metadata: read
##[endgroup]
Secret source: Actions
Prepare workflow directory
Prepare all required actions
Getting action download info
Download action repository 'actions/checkout@v5' (SHA:08c6903cd8c0fde910a37f88322edcfb5dd907a8)
Complete job name: {job}
##[group]Run actions/checkout@v5
with:
  repository: shop/shop
  fetch-depth: 1
##[endgroup]
Syncing repository: shop/shop
##[group]Getting Git version info
Working directory is '/home/runner/work/shop/shop'
[command]/usr/bin/git version
git version 2.54.0
##[endgroup]
Deleting the contents of '/home/runner/work/shop/shop'
"""

CACHE = """\
Post job cleanup.
Cache hit occurred on the primary key setup-python-Linux-x64-24.04-Ubuntu-python-3.12.11-pip-50b9, not saving cache."""
END = """\
Post job cleanup.
[command]/usr/bin/git version
git version 2.54.0
[command]/usr/bin/git config --local --name-only --get-regexp core\\.sshCommand
[command]/usr/bin/git config --local --name-only --get-regexp http\\.https\\:\\/\\/github\\.com\\/\\.extraheader
http.https://github.com/.extraheader
[command]/usr/bin/git config --local --unset-all http.https://github.com/.extraheader
Cleaning up orphan processes"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="begin of the names of the cases to run; all without")
    parser.add_argument(
        "--scratch", type=Path, default=Path(tempfile.gettempdir(), "passing"), help="kept between runs"
    )
    parser.add_argument("--into", type=Path, default=HERE.parent, help="keep the logs below this folder")
    given = parser.parse_args()
    wrong = []
    for case in cases():
        if given.names and not case.name.startswith(tuple(given.names)):
            continue
        target = given.into / case.folder / f"{case.name}.log"
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            target.write_text(run(case, given.scratch), "utf-8")
        except UnexpectedEnd as error:
            wrong.append(f"{case.name}: {error}")
    if wrong:
        raise SystemExit("\n".join(wrong))


if __name__ == "__main__":
    main()
