"""A small real project on the local GitHub: it fails, a comment says why, and its patch is applied as it stands."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.stories.runner import Performed, Runner
from tests.tree import git
from tests.workers.story import NAME, Story

WORKFLOW = ".github/workflows/ci.yml"
BRANCH = "work"

_PATCH = re.compile(r"\*\*Patch of .+?\*\*\n\n(?P<fence>`{3,})diff\n(?P<patch>.*?)\n(?P=fence)\n", re.DOTALL)
_UNSTEADY = (
    (re.compile(r"http://127\.0\.0\.1:\d+"), "https://github.example"),
    (re.compile(r"/runs/\d+"), "/runs/1"),
    (re.compile(r"\[run \d+\]"), "[run 1]"),
    (re.compile(r"/job/\d+"), "/job/2"),
    (re.compile(r"/blob/[0-9a-f]{40}/"), "/blob/main/"),
    (re.compile(r"commit `[0-9a-f]{7}`"), "commit `0000000`"),
    (re.compile(r"/Python/[\d.]+/x64/lib/python[\d.]+/"), "/Python/3.11.7/x64/lib/python3.11/"),
    (re.compile(r"Python [\d.]+, pytest-[\d.]+, pluggy-[\d.]+"), "Python 3.11.7, pytest-9.2.0, pluggy-1.7.0"),
    (re.compile(r"^plugins: .*", re.MULTILINE), "plugins: cov-7.1.0"),
    (re.compile(r"^<!-- whyred.*?-->\n", re.MULTILINE), ""),
    (re.compile(r"^- `[0-9a-f]{7}` (.*) <!-- whyred.*?-->$", re.MULTILINE), r"- `0000000` \1"),
    (re.compile(r"<!-- whyred.*?-->"), ""),
)


@dataclass
class Project:
    """A checkout with its history, a branch of it on the local GitHub, and that branch's pull request.

    `ports`: the usual port of a service -> the one that it has on this machine. `shown`: the job's name on GitHub
    where it is not its key. `secrets` are the repository's own. `timed`: whether the log's clock is GitHub's, which
    then tells the step that ended the job.
    """

    folder: Path
    story: Story
    ports: Mapping[int, int] = field(default_factory=dict)
    job: str = "test"
    shown: str = ""
    timed: bool = False
    pull: int = 0
    secrets: dict[str, str] = field(default_factory=dict)

    @classmethod
    def begin(cls, source: Path, folder: Path, story: Story, **told: Any) -> Project:
        """Write the files that `--- path` opens in a text file; the branch that they are to go into is empty."""
        project = cls(folder, story, **told)
        for path, text in files(source.read_text()).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(project.inward(text))
        git(folder, "init", "--quiet", "--initial-branch=main")
        story.push("main", "")
        return project

    def commit(self, message: str) -> str:
        """Commit all that git takes, push it, and return the commit on the local GitHub."""
        git(self.folder, "add", "--all")
        git(self.folder, "commit", "--quiet", "--allow-empty", f"--message={message}")
        content = {
            path: self.outward((self.folder / path).read_text())
            for path in git(self.folder, "ls-files").splitlines()
            if (self.folder / path).exists()
        }
        sha = self.story.github.push(NAME, BRANCH, content, author="mona", message=message)
        if not self.pull:
            self.pull = self.story.github.open_pull(NAME, BRANCH, author="mona")
        return sha

    def fail(self, message: str, told: Mapping[str, Performed] | None = None) -> str:
        """Commit, let the workflow run, and return the comment that stands on the pull request then.

        `told`: failed jobs whose tools do not run here, with what was kept of them; the project's own job may be one.
        """
        sha = self.commit(message)
        run = self.story.github.start_run(NAME, sha=sha, branch=BRANCH, event="pull_request", workflow_path=WORKFLOW)
        jobs = dict(told or {})
        if self.parses() and self.job not in jobs:
            jobs = {self.shown or self.job: self.perform(), **jobs}
        for name, done in jobs.items():
            assert not done.passed, f"{name} did not fail"
            self.story.github.add_job(NAME, run, name, conclusion="failure", log=done.log, steps=done.steps)
        self.story.github.finish_run(NAME, run, None if self.parses() else "failure", deliver=False)
        assert self.story.tell(run) in ("commented", "edited")
        (body,) = self.story.comments(self.pull)
        return body

    def edit(self, path: str, old: str, new: str) -> None:
        """Change one place of a file, as somebody would."""
        text = (self.folder / path).read_text()
        assert text.count(old) == 1, path
        (self.folder / path).write_text(text.replace(old, new))

    def carry_out(self, comment: str, command: str) -> None:
        """Run a command of the comment in the checkout, as its reader would."""
        assert command in comment, comment
        Runner(self.folder, WORKFLOW, self.job, self.ports, self.secrets).carry_out(command)

    def perform(self) -> Performed:
        """Run the job in a clean clone: a job has what is committed and nothing else."""
        clone = self.folder.parent / "clone"
        shutil.rmtree(clone, ignore_errors=True)
        git(self.folder, "clone", "--quiet", str(self.folder), str(clone))
        return Runner(clone, WORKFLOW, self.job, self.ports, self.secrets, timed=self.timed).perform()

    def parses(self) -> bool:
        """Whether the workflow file can be read at all."""
        try:
            Runner(self.folder, WORKFLOW, self.job)
        except AssertionError:
            return False
        return True

    def heal(self, comment: str, number: int = 0) -> None:
        """Apply what the comment's patches say, all those of its first fix, or of another one."""
        patches = [self.inward(found["patch"]) + "\n" for found in _PATCH.finditer(comment)]
        assert len(patches) > number, comment
        for patch in patches[number : number + 1]:
            git(self.folder, "apply", "--check", "-", told=patch)
            git(self.folder, "apply", "-", told=patch)

    def inward(self, text: str) -> str:
        """With the ports of this machine."""
        for usual, ours in self.ports.items():
            text = text.replace(str(usual), str(ours))
        return text

    def outward(self, text: str) -> str:
        """With the usual ports."""
        for usual, ours in self.ports.items():
            text = text.replace(str(ours), str(usual))
        return text


def files(text: str) -> dict[str, str]:
    """The files of a project that is written down as one text."""
    parts = re.split(r"^--- (.+)\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def steady(comment: str) -> str:
    """The comment without what differs from run to run."""
    for pattern, text in _UNSTEADY:
        comment = pattern.sub(text, comment)
    return comment
