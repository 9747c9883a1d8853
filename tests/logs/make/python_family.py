"""Builds the small failing Python projects of python_family*.txt, runs the real tool in each and keeps what it printed.

Usage: python tests/logs/make/python_family.py [NAME ...] [--into FOLDER]

A case begins with `=== area/name python=3.12 with=pytest,requests`; `--- path` opens a file of its project, `$ command`
is a line of the step, `: command` one that prepares it unseen. The first number of `python` chooses the interpreter
(pyenv's, else PATH's); `with` is installed beforehand into a fresh environment, `keep` keeps the log under tests/logs.
Needs `uv` on PATH, and `poetry` for its cases.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
WORKSPACE = "/home/runner/work/shop/shop"
MACHINE = re.compile(r"^(Looking in (links|indexes):|WARNING: (Location|Url) 'file:|Processing /opt/).*\n", re.M)
INDEX = re.compile(r"(?:py(?:pi|thonhosted))(?:\.python)?\.org")


@dataclass
class Case:
    """One failing project: what is in it, what is installed, what is run."""

    name: str
    options: dict[str, str]
    files: dict[str, str] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    preparations: list[str] = field(default_factory=list)


def cases() -> list[Case]:
    found: list[Case] = []
    path = ""
    for source in sorted(HERE.glob("python_family*.txt")):
        for line in source.read_text("utf-8").splitlines(keepends=True):
            if line.startswith("=== "):
                name, *options = line[4:].split()
                found.append(Case(name, dict(option.partition("=")[::2] for option in options)))
                path = ""
            elif line.startswith("--- "):
                path = line[4:].strip()
                found[-1].files[path] = ""
            elif line.startswith("$ "):
                found[-1].commands.append(line[2:].rstrip("\n"))
            elif line.startswith(": "):
                found[-1].preparations.append(line[2:].rstrip("\n"))
            elif path:
                found[-1].files[path] += line
    return found


def interpreter(version: str) -> str:
    installed = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    return str(installed[-1]) if installed else str(shutil.which(f"python{version}"))


def run(case: Case) -> str:
    python = Path(interpreter(case.options.get("python", "3.12")))
    with tempfile.TemporaryDirectory() as folder:
        home, work = Path(folder, "env"), Path(folder, "shop")
        subprocess.run(["uv", "venv", "-q", "--seed", "-p", python, home], check=True)
        if packages := case.options.get("with"):
            subprocess.run(["uv", "pip", "install", "-q", "-p", home, *packages.split(",")], check=True)
        work.mkdir()
        for name, text in case.files.items():
            target = work / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text.rstrip("\n") + "\n" if text.strip() else "", "utf-8")
        variables = os.environ | {
            "PATH": f"{home}/bin:{os.environ['PATH']}",
            "VIRTUAL_ENV": str(home),
            "UV_PYTHON": str(home / "bin/python"),
            "UV_PYTHON_DOWNLOADS": "never",
            "CI": "true",
            "COLUMNS": "80",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        variables.pop("PYTHONPATH", None)
        for command in case.preparations:
            subprocess.run(["bash", "-c", command], cwd=work, env=variables, check=True, stdout=subprocess.DEVNULL)
        done = subprocess.run(
            ["bash", "-e", "-c", "\n".join(case.commands)],
            cwd=work,
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=300,
        )
        text = done.stdout.decode("utf-8", "replace").replace("\r\n", "\n")
    return dress(case, rewrite(text, work, home, python), done.returncode)


def rewrite(text: str, work: Path, home: Path, python: Path) -> str:
    hosted = f"/opt/hostedtoolcache/Python/{python.parent.parent.name}/x64"
    for real in (work, work.resolve()):
        text = text.replace(str(real), WORKSPACE)
    text = text.replace(str(home), hosted).replace(str(python.parent.parent), hosted)
    text = INDEX.sub("pypi.example", text).replace(str(Path.home()), "/home/runner")
    text = re.sub(r"/tmp/[\w-]+/?", "/tmp/build/", text)
    text = re.sub(r"environ\(\{.*", "environ({'CI': 'true', 'GITHUB_ACTIONS': 'true', 'RUNNER_OS': 'Linux'...})", text)
    return MACHINE.sub("", text)


def dress(case: Case, text: str, code: int) -> str:
    """With the lines that a GitHub runner prints around a step."""
    head = f"##[group]Run {case.commands[0]}\n" + "".join(f"{line}\n" for line in case.commands)
    tail = f"##[error]Process completed with exit code {code}.\n" if code else ""
    return f"{head}shell: /usr/bin/bash -e {{0}}\n##[endgroup]\n{text.rstrip()}\n{tail}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="begin of the names of the cases to run; all without")
    parser.add_argument("--into", type=Path, help="keep every log below this folder instead of tests/logs")
    given = parser.parse_args()
    for case in cases():
        if given.names and not case.name.startswith(tuple(given.names)):
            continue
        if given.into is None and "keep" not in case.options:
            continue
        target = (given.into or HERE.parent) / f"{case.name}.log"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(run(case), "utf-8")
        print(target)


if __name__ == "__main__":
    main()
