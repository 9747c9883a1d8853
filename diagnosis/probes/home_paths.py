"""Paths below somebody's home directory: whose they are, where the repository writes them, and what they mean in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from diagnosis.probes.question import Question
from diagnosis.repo import VENDORED, Hit, Repository

MOST_READ: Final = 10

_HOME: Final = re.compile(r"^(?:[A-Za-z]:)?/(?:Users|home)/(?P<person>[^/]+)/(?P<rest>[^\n]+)$")
_NOBODY: Final = frozenset(
    {"runner", "runneradmin", "runneruser", "Public", "Shared", "Default", "root", "node", "app", "appuser", "user"}
    | {"ubuntu", "debian", "vscode", "vsts", "travis", "circleci", "jovyan", "gradle", "docker", "ec2-user", "postgres"}
    | {"pwuser", "linuxbrew", "nonroot", "www-data", "git", "jenkins", "build", "builder", "ci"}
)
"""The accounts of runners and of well-known images: a path below them may well exist in a job."""

_FRAME: Final = re.compile(r"(?P<path>[\w./\\:@+-]{1,400}\.(?:py|js|ts|mjs|cjs|tsx|rb|go|php|java|kt|cs))(?=[:\"(])")
_LIKELY: Final = re.compile(
    r"\.env(?:\.\w+)*|(?:settings|config|database|db|conftest|constants)\w*\.(?:py|js|ts|json|ya?ml|toml)"
    r"|(?:docker-)?compose[\w.-]*\.ya?ml|application[\w-]*\.(?:ya?ml|properties)|alembic\.ini"
)


@dataclass(frozen=True, slots=True)
class HomePath:
    """A path with forward slashes below the home directory of a person, and its part below that."""

    path: str
    person: str
    rest: str

    @property
    def name(self) -> str:
        """The last part."""
        return self.rest.rpartition("/")[2]


def home_path(printed: str) -> HomePath | None:
    """What a printed path says; None where it is of no person's machine."""
    path = re.sub(r"[\\/]+", "/", printed.strip())
    found = _HOME.match(path)
    if not found or found["person"] in _NOBODY or not re.search(r"\w", found["rest"]):
        return None
    return HomePath(path, found["person"], found["rest"].rstrip("/"))


def written(repo: Repository, files: list[str], path: HomePath) -> list[Hit]:
    """The lines that write this path, or the beginning of it that others are joined to; whole ones first."""
    home = re.compile(rf"(?:[A-Za-z]:)?[\\/]+(?:Users|home)[\\/]+{re.escape(path.person)}[^\s\"'`,;:)]*")
    whole: list[Hit] = []
    begun: list[Hit] = []
    for hit in repo.search(home, files):
        if hit.text.lstrip().startswith(("#", "//", ";", "*")):
            continue
        for found in home.finditer(hit.text):
            told = re.sub(r"[\\/]+", "/", found[0]).rstrip("/")
            if told == path.path:
                whole.append(hit)
            elif path.path.startswith(f"{told}/"):
                begun.append(hit)
    return [*dict.fromkeys(whole), *dict.fromkeys(begun)]


def likely_files(question: Question) -> list[str]:
    """The few files that a path in an error may stand in: those of the traceback, deepest first, then settings."""
    frames = [found["path"] for line in question.lines for found in _FRAME.finditer(line)]
    printed = dict.fromkeys(reversed([*(place.path for place in question.finding.places), *frames]))
    traced = [path for name in list(printed)[:20] if (path := question.path(name)) and _own(path)]
    near = sorted(_settings(question), key=lambda path: (not path.startswith(question.folder), path.count("/"), path))
    return list(dict.fromkeys((*traced[:5], *near)))[:MOST_READ]


def _settings(question: Question) -> Iterator[str]:
    for path in question.repo.paths:
        if _LIKELY.fullmatch(path.rpartition("/")[2]) and _own(path):
            yield path


def _own(path: str) -> bool:
    return VENDORED.isdisjoint(path.split("/"))


def in_checkout(repo: Repository, path: HomePath) -> str | None:
    """The path below the repository's root: the longest ending that begins with one of the root's folders.

    None where no ending does, so that it may be a file that never belonged to the repository.
    """
    parts = path.rest.split("/")
    for start in range(len(parts) - 1):
        if parts[start] in repo.folders:
            return "/".join(parts[start:])
    return None
