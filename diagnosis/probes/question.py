"""What a probe is asked and what it may answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from posixpath import normpath

from diagnosis.paths import in_repository
from diagnosis.repo import Repository
from diagnosis.report import Finding, Fix, Place, Value
from diagnosis.workflow import Job, Setting, Step, Workflow, environment, matrix_values


@dataclass(frozen=True, slots=True)
class Question:
    """A finding and what surrounds it.

    `lines` are the cleaned lines of the step that it was seen in. The workflow, the job and the step are those of the
    file at the failing commit, None where it is not clear which are meant.
    """

    finding: Finding
    repo: Repository
    lines: Sequence[str] = ()
    workflow: Workflow | None = None
    job: Job | None = None
    step: Step | None = None

    def capture(self, name: str) -> str:
        """What the signature captured under this name; empty where it captured nothing."""
        return self.finding.captures.get(name, "")

    @property
    def folder(self) -> str:
        """The folder that the step's commands run in, from the repository's root; empty for the root itself."""
        levels = (level.working_directory for level in (self.step, self.job, self.workflow) if level)
        told = next(filter(None, levels), "")
        told = told.replace("${{ github.workspace }}", ".").replace("$GITHUB_WORKSPACE", ".")
        folder = normpath(told) if told and "${{" not in told else "."
        return "" if folder == "." or folder.startswith(("..", "/")) else folder

    @property
    def environment(self) -> dict[str, Setting]:
        """What the workflow sets for the step's processes."""
        return environment(self.workflow, self.job, self.step) if self.workflow and self.job else {}

    @property
    def matrix(self) -> dict[str, str]:
        """The values of the job's matrix, as far as its name tells them."""
        return matrix_values(self.job, self.finding.job) if self.job else {}

    def path(self, printed: str) -> str | None:
        """The file of the repository that a printed path means: as it is, below the step's folder, or the only one
        that ends so. None when there is no such file, or more than one may be meant."""
        shown = in_repository(printed.replace("\\", "/")).removeprefix("./")
        if not shown or shown.startswith(("/", "../")):
            return self._ending(shown)
        below = f"{self.folder}/{shown}" if self.folder else shown
        for path in (below, shown):
            if self.repo.has(path):
                return path
        return self._ending(shown)

    def _ending(self, shown: str) -> str | None:
        """The only file that ends as the path does, the longest ending first: a bare name tells too little."""
        parts = [part for part in PurePosixPath(shown).parts if part not in ("/", "..")]
        for start in range(len(parts) - 1):
            tail = "/".join(parts[start:])
            found = self.repo.ending(tail)
            if found:
                return found[0] if len(found) == 1 else None
        return None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a probe found out. Texts are Markdown in which every value stands in a code span (`template.code_span`).

    `why` says the reason in the repository with the file and line that show it; it takes the place of the signature's
    own. `fixes`, best first, and `verify` take the place of the signature's; so does `title` where the answer knows
    better. `places` come before those of the log.
    """

    why: str
    fixes: tuple[Fix, ...] = ()
    places: tuple[Place, ...] = ()
    verify: tuple[str, ...] = ()
    title: str = ""
    facts: Mapping[str, Value] = field(default_factory=dict)


Probe = Callable[[Question], Answer | None]
"""None where the repository does not tell, or where something needed for a sure answer is not known."""
