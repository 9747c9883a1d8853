"""Where a Python module of the repository would stand, told from its dotted name."""

from __future__ import annotations

from dataclasses import dataclass

from diagnosis.probes.question import Question


@dataclass(frozen=True, slots=True)
class Expected:
    """A module of the repository's own: `files` are the paths that it may have, the likeliest first; `package` is the
    folder of its top package."""

    module: str
    package: str
    files: tuple[str, ...]


def own_module(question: Question, module: str) -> Expected | None:
    """Where the module must stand if it is the repository's own; None if it is not, or may be in several places."""
    top, *rest = module.split(".")
    packages = _packages(question, top)
    if not rest or len(packages) != 1:
        return None
    inside = "/".join((packages[0], *rest))
    return Expected(module, packages[0], (f"{inside}.py", f"{inside}/__init__.py"))


def _packages(question: Question, top: str) -> list[str]:
    """The folders of this name: those with an `__init__.py` if there are any, near the step's folder first.

    Further away it cannot be one inside another package, which is imported by a longer name.
    """
    repo = question.repo
    named = [path.rpartition("/")[0] for path in repo.named("__init__.py")]
    regular = [folder for folder in named if folder.rpartition("/")[2] == top]
    roots = dict.fromkeys((question.folder, f"{question.folder}/src".strip("/"), "", "src"))
    usual = [path for root in roots if (path := f"{root}/{top}".strip("/")) in repo.folders]
    near = [path for path in usual if path in regular] or usual
    plain = [folder for folder in sorted(repo.folders) if folder.endswith(f"/{top}")]
    within = {folder for folder in (*regular, *plain) if folder.rpartition("/")[0] in named}
    return near[:1] or [folder for folder in regular or plain if folder not in within]
