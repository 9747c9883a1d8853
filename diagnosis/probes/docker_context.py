"""The build context of a step that runs `docker build`, and what its .dockerignore leaves out of it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from posixpath import normpath
from typing import Final

from pathspec import GitIgnoreSpec

from diagnosis.probes.question import Question
from diagnosis.repo import Repository

_BUILD: Final = re.compile(r"^\s*(?:sudo\s+)?docker\s+(?:image\s+|buildx\s+)?build\s+(?P<rest>.*)$")
_WITHOUT_VALUE: Final = frozenset(
    {"--pull", "--no-cache", "--push", "--load", "--rm", "--force-rm", "-q", "--quiet", "--squash", "--debug", "-D"}
)


@dataclass(frozen=True, slots=True)
class Context:
    """Where a build takes its files from: folder and Dockerfile, from the repository's root. `committed` when that is
    the commit itself, whatever earlier steps have made."""

    folder: str
    dockerfile: str
    committed: bool = False

    def inside(self, path: str) -> str:
        """A path of the context as the repository's."""
        return f"{self.folder}/{path}".strip("/")


@dataclass(frozen=True, slots=True)
class Excluding:
    """The line of an ignore file, from 1, that keeps a path out of the context."""

    path: str
    line: int
    pattern: str


def context_of(question: Question) -> Context | None:
    """The context of the step; None where the file does not tell it for sure."""
    step = question.step
    if step is None:
        return None
    if step.uses.startswith("docker/build-push-action@"):
        told = {name: value.text for name, value in step.inputs.items()}
        folder = _folder("", told.get("context", "."))
        file = told.get("file", "")
        if folder is None or "${{" in file or "#" in told.get("context", ""):
            return None
        return Context(
            folder, _folder("", file) or "" if file else f"{folder}/Dockerfile".strip("/"), "context" not in told
        )
    return _of_command(question.folder, step.run)


def excluding(repo: Repository, context: Context, path: str) -> Excluding | None:
    """The pattern that has the last word on a path of the context, if it keeps it out. Docker's patterns begin at the
    context's root, and the last one that fits decides, also below a folder that is left out."""
    own = f"{context.dockerfile}.dockerignore"
    ignore = own if repo.has(own) else context.inside(".dockerignore")
    last: Excluding | None = None
    for number, line in enumerate(repo.lines(ignore), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        body = normpath(text.removeprefix("!").strip().strip("/"))
        if GitIgnoreSpec.from_lines([f"/{body}"]).match_file(path):
            last = None if text.startswith("!") else Excluding(ignore, number, text)
        elif text.startswith("!") and body.startswith(f"{path}/"):
            last = None
    return last


def _of_command(folder: str, script: str) -> Context | None:
    lines = script.replace("\\\n", " ").splitlines()
    builds = [found for line in lines if (found := _BUILD.match(line))]
    if len(builds) != 1 or any(re.match(r"\s*(?:cd|pushd)\s", line) for line in lines):
        return None
    rest = re.split(r"\s(?:&&|\|\||;|\||>)", builds[0]["rest"])[0]
    try:
        words = shlex.split(rest)
    except ValueError:
        return None
    file, where = _arguments(words)
    root = _folder(folder, where) if where else None
    if root is None or "$" in file:
        return None
    dockerfile = _folder(folder, file) if file else f"{root}/Dockerfile".strip("/")
    return Context(root, dockerfile) if dockerfile else None


def _arguments(words: Sequence[str]) -> tuple[str, str]:
    """What `--file` names, and the one argument that is no option."""
    file, places, value_of = "", [], ""
    for word in words:
        if value_of:
            file = word if value_of in ("-f", "--file") else file
            value_of = ""
        elif word.startswith("--") and "=" in word:
            file = word.partition("=")[2] if word.startswith("--file=") else file
        elif word.startswith("-"):
            value_of = "" if word in _WITHOUT_VALUE else word
        else:
            places.append(word)
    return file, places[0] if len(places) == 1 else ""


def _folder(start: str, told: str) -> str | None:
    told = told.replace("${{ github.workspace }}", ".").replace("$GITHUB_WORKSPACE", ".")
    if not told or "$" in told or "://" in told or told.startswith(("/", "-")) or told.endswith(".git"):
        return None
    path = normpath(f"{start}/{told}".lstrip("/"))
    return None if path.startswith("..") else "" if path == "." else path
