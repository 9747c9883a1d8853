"""Small trees for the tests of what asks the repository, and git's verdict on the patches that come back."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import dedent
from typing import Any

from diagnosis.prober import Surroundings
from diagnosis.probes import PROBES, Answer, Question
from diagnosis.repo import Repository, Unknown
from diagnosis.report import Finding, Fix
from diagnosis.workflow_yaml import parse

CI = ".github/workflows/ci.yml"
Files = Mapping[str, str | bytes | Unknown]


class Tree:
    """A commit's files, told; `paths` may be Unknown as a whole. Counts what is read."""

    def __init__(self, files: Files, paths: Unknown | None = None) -> None:
        self.files = {path: _content(content) for path, content in files.items()}
        self.untold = paths
        self.seen: list[str] = []

    def paths(self) -> tuple[str, ...] | Unknown:
        return self.untold or tuple(sorted(self.files))

    def read(self, path: str) -> bytes | Unknown | None:
        self.seen.append(path)
        return self.files.get(path)

    def around(self, workflow_path: str | None = CI) -> Surroundings:
        return Surroundings(self, workflow_path)


def _content(content: str | bytes | Unknown) -> bytes | Unknown:
    return dedent(content).lstrip("\n").encode() if isinstance(content, str) else content


def finding(signature: str = "", **told: Any) -> Finding:
    """A finding with these captures and facts; `job`, `step` and `places` may be told too."""
    values: dict[str, Any] = {
        "category": "test",
        "kind": "cause",
        "confidence": "high",
        "title": "What broke",
        "why": "Why.",
        "log": "1_test.txt",
        "job": "test",
        "step": "Run pytest",
        "lines": (1,),
        "evidence": (),
        "fingerprint": "0" * 16,
        "fixes": (Fix(says="Mend it."),),
        **told,
    }
    return Finding(signature=signature, **values)


def ask(probe: str, files: Files | Tree, captures: Mapping[str, str], *, log: str = "", **told: Any) -> Answer | None:
    """The answer of one probe about a finding with these captures in a repository of these files.

    The workflow is `.github/workflows/ci.yml`, if there is one; `log` are the lines of the step.
    """
    tree = files if isinstance(files, Tree) else Tree(files)
    found = finding(captures=dict(captures), **told)
    repo = Repository(tree)
    text = repo.text(CI)
    workflow = parse(CI, text) if text else None
    job = workflow.job(found.job) if workflow else None
    step = job.step(found.step) if job else None
    return PROBES[probe](Question(found, repo, dedent(log).strip("\n").split("\n"), workflow, job, step))


def checkout(folder: Path, files: Files) -> Path:
    """The files as a git repository on disk, all committed."""
    for path, content in Tree(files).files.items():
        if isinstance(content, bytes):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "--message=All of it")
    return folder


def git(folder: Path, *arguments: str, told: str = "") -> str:
    """What a git command prints; raises with what it complains of."""
    identity = ("-c", "user.name=Mona", "-c", "user.email=mona@example.com", "-c", "core.autocrlf=false")
    ended = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, input=told.encode(), capture_output=True, check=False
    )
    assert ended.returncode == 0, ended.stderr.decode()
    return ended.stdout.decode()


def apply(folder: Path, fix: Fix) -> None:
    """Apply a fix's patches as its reader would."""
    assert fix.files
    for file in fix.files:
        git(folder, "apply", "--check", "-", told=file.patch)
        git(folder, "apply", "-", told=file.patch)


def texts(folder: Path, paths: Sequence[str]) -> list[str]:
    """What the files hold now."""
    return [(folder / path).read_bytes().decode() for path in paths]
