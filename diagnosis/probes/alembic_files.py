"""The migrations of an Alembic project as their files tell them: revisions, parents and heads."""

from __future__ import annotations

import ast
import configparser
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from posixpath import normpath
from typing import Final

from diagnosis.patch import replaced
from diagnosis.probes.python_source import parsed
from diagnosis.probes.question import Question
from diagnosis.report import FilePatch

MOST_FILES: Final = 17
"""Migrations that are read; with more, the newest ones, and only where the names of the files begin with a date."""

_DATED: Final = re.compile(r"(?:19|20)\d\d[-_]?(?:0[1-9]|1[0-2])[-_]?(?:0[1-9]|[12]\d|3[01])")
_CREATED: Final = re.compile(r"^Create Date: (?P<date>\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d\S*)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Migration:
    """A file under versions/. `parents` is what its `down_revision` names; `parent_line` the line of that."""

    path: str
    revision: str
    parents: tuple[str, ...]
    line: int
    parent_line: int
    parent_column: int
    created: str
    free: bool
    """Whether nothing else ties it: no branch label and no `depends_on`."""


@dataclass(frozen=True, slots=True)
class History:
    """The migrations that were read; `whole` when those are all."""

    migrations: tuple[Migration, ...]
    whole: bool

    def named(self, revision: str) -> tuple[Migration, ...]:
        """The files that have this revision."""
        return tuple(item for item in self.migrations if item.revision == revision)

    def naming(self, revision: str) -> tuple[Migration, ...]:
        """The files that name this revision as their parent."""
        return tuple(item for item in self.migrations if revision in item.parents)

    @property
    def heads(self) -> tuple[Migration, ...]:
        """The migrations that none names as its parent, the oldest first where their dates tell."""
        parents = {parent for item in self.migrations for parent in item.parents}
        found = [item for item in self.migrations if item.revision not in parents]
        return tuple(sorted(found, key=lambda item: (item.created, item.path)))

    @property
    def twice(self) -> tuple[Migration, Migration] | None:
        """Two files with the same revision."""
        for item in self.migrations:
            same = self.named(item.revision)
            if len(same) > 1:
                return same[0], same[1]
        return None

    def line_of(self, migration: Migration) -> list[Migration]:
        """The migration and its ancestors, newest first, as far as there is one parent each."""
        found = [migration]
        while len(found[-1].parents) == 1 and len(found) <= len(self.migrations):
            above = self.named(found[-1].parents[0])
            if len(above) != 1:
                break
            found.append(above[0])
        return found


def history(question: Question) -> History | None:
    """The project's migrations; None where it is not clear which folder is meant, or a file of it cannot be read."""
    folder = _folder(question)
    if folder is None:
        return None
    files = [path for path in question.repo.paths if _inside(path, folder)]
    chosen = files if len(files) <= MOST_FILES else _newest(files)
    found = [_migration(question, path) for path in chosen]
    if not found or any(item is None for item in found):
        return None
    return History(tuple(item for item in found if item and item.revision), len(chosen) == len(files))


def with_parent(question: Question, migration: Migration, parent: str) -> FilePatch | None:
    """The patch that gives a migration another parent, also in the words of its docstring."""
    text, lines = question.repo.text(migration.path), question.repo.lines(migration.path)
    if text is None or len(migration.parents) != 1:
        return None
    old = migration.parents[0]
    line = lines[migration.parent_line - 1]
    rest = line[migration.parent_column :]
    if rest[1 : len(old) + 1] != old or not line.isascii():
        return None
    changed: dict[int, Sequence[str]] = {}
    changed[migration.parent_line] = [f"{line[: migration.parent_column + 1]}{parent}{rest[len(old) + 1 :]}"]
    for number, told in enumerate(lines, 1):
        if told.rstrip() == f"Revises: {old}":
            changed[number] = [f"Revises: {parent}"]
            break
    return replaced(migration.path, text, changed)


def _folder(question: Question) -> str | None:
    """The folder `versions` that is meant: that of the alembic.ini nearest to the step, else the only one there is."""
    repo = question.repo
    found = [path.removesuffix("/env.py") for path in repo.named("env.py")]
    folders = [f"{path}/versions" for path in found if f"{path}/versions" in repo.folders]
    settings = repo.nearest("alembic.ini", question.folder)
    if settings is None:
        return folders[0] if len(folders) == 1 else None
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(repo.text(settings) or "")
    except configparser.Error:
        return None
    told = parser.get("alembic", "script_location", fallback="").replace("%(here)s/", "")
    if not told or parser.has_option("alembic", "version_locations"):
        return None
    folder = normpath(f"{settings.rpartition('/')[0]}/{told.replace(':', '/')}/versions".lstrip("/"))
    return folder if folder in repo.folders else None


def _inside(path: str, folder: str) -> bool:
    return path.startswith(f"{folder}/") and path.endswith(".py") and not path.endswith("/__init__.py")


def _newest(files: Sequence[str]) -> list[str]:
    """The newest files, where the names of all begin with the day they were made on: none can name a later one."""
    names = {path: path.rpartition("/")[2] for path in files}
    if not all(_DATED.match(name) for name in names.values()):
        return []
    return sorted(files, key=lambda path: names[path])[-MOST_FILES:]


def _migration(question: Question, path: str) -> Migration | None:
    tree = parsed(question.repo, path)
    if tree is None:
        return None
    set_to = dict(_assigned(tree))
    revision, parent = set_to.get("revision"), set_to.get("down_revision")
    value = _literal(revision)
    parents = _literal(parent)
    listed = (parents,) if isinstance(parents, str) else tuple(map(str, parents)) if isinstance(parents, tuple) else ()
    created = _CREATED.search(ast.get_docstring(tree) or "")
    free = not any(_literal(set_to.get(name)) for name in ("branch_labels", "depends_on"))
    if revision is not None and not isinstance(value, str):
        return None
    return Migration(
        path,
        value if isinstance(value, str) else "",
        listed,
        revision.lineno if revision else 1,
        parent.lineno if parent else 1,
        parent.col_offset if parent else 0,
        created["date"] if created else "",
        free,
    )


def _assigned(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in tree.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if value is not None:
            yield from ((target.id, value) for target in targets if isinstance(target, ast.Name))


def _literal(node: ast.expr | None) -> object:
    try:
        return ast.literal_eval(node) if node is not None else None
    except ValueError:
        return None
