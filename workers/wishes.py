"""What a repository asks of us: its own file over its organisation's over the installation's, kept for some minutes."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from typing import Final

import redis
import structlog

from bot import config_file
from bot.config import Config
from bot.config_file import ConfigError
from bot.config_yaml import MOST_BYTES
from bot.github import client as github
from bot.github import dot_github
from bot.github.auth import App
from bot.github.client import Client
from bot.github.dot_github import Entry
from bot.render.safe import code_span
from bot.settings import Settings
from diagnosis import engine
from diagnosis.report import Report
from workers import caps

FILE: Final = ".github/whyred.yml"
SIGNATURES: Final = ".github/whyred"
ORGANISATION: Final = ".github"
"""The repository whose wishes hold for all of its owner's."""

KEPT: Final = 300
"""Seconds until a changed file is noticed."""

REMEMBERED: Final = 90 * 24 * 3600
"""Seconds for which it is known where a note was told."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Note:
    """Something to be told once to those who can mend it, in Markdown; `about` changes with what it is about."""

    about: str
    says: str


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for, what is wrong with how it was asked, and the repository's own signatures' files."""

    config: Config
    notes: tuple[Note, ...] = ()
    signatures: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class _Folder:
    """What stands below `.github`: `data` is the file of wishes, in base64, where there is one of the allowed size."""

    file: Entry | None = None
    data: str = ""
    signatures: tuple[Entry, ...] = ()


def load(client: Client, connection: redis.Redis, settings: Settings) -> Wishes:
    """The wishes that hold for the client's repository."""
    owner, _, name = client.repository.name.partition("/")
    installation = client.repository.installation
    wishes = Wishes(config_file.defaults(settings.config_defaults))
    if name != ORGANISATION:
        app = App(settings.app_id, settings.private_key, settings.github_api_url)

        def organisation() -> _Folder:
            shared = github.to_read(app, connection, installation, ORGANISATION)
            return _look(shared, signatures=False) if shared else _Folder()

        folder = _kept(connection, f"whyred:wishes:installation:{installation}", organisation)
        wishes = _over(wishes, folder, f"{owner}/{ORGANISATION}: ")
    folder = _kept(connection, f"whyred:wishes:{client.repository.id}", lambda: _look(client, signatures=True))
    wishes = _over(wishes, folder, "")
    unknown = [name for name in wishes.config.chat.to if name not in settings.chat_urls]
    if unknown and folder.file:
        names = ", ".join(map(code_span, unknown))
        says = f"{code_span(FILE)}: `chat.to` names {names}, which whoever runs whyred has not set up."
        wishes = replace(wishes, notes=(*wishes.notes, Note(f"{folder.file.sha} chat", says)))
    return wishes


def _look(client: Client, *, signatures: bool) -> _Folder:
    """Ask GitHub: one request where there is no file of ours, and mostly there is none."""
    entries = {entry.path: entry for entry in dot_github.listed(client)}
    file, data = entries.get(FILE), b""
    if file and file.kind == "file" and file.size <= MOST_BYTES:
        data = dot_github.content(client, file.sha) or b""
    folder = entries.get(SIGNATURES)
    own = dot_github.listed(client, SIGNATURES) if signatures and folder and folder.kind == "dir" else ()
    kept = tuple(entry for entry in own if entry.kind == "file" and entry.path.endswith(".toml"))
    return _Folder(file if file and file.kind == "file" else None, base64.b64encode(data).decode(), kept)


def _kept(connection: redis.Redis, key: str, look: Callable[[], _Folder]) -> _Folder:
    kept = connection.get(key)
    if isinstance(kept, bytes):
        told = json.loads(kept)
        file = Entry(**told["file"]) if told["file"] else None
        return _Folder(file, told["data"], tuple(Entry(**entry) for entry in told["signatures"]))
    found = look()
    connection.set(key, json.dumps(asdict(found)), ex=KEPT)
    return found


def _over(wishes: Wishes, folder: _Folder, whose: str) -> Wishes:
    """The wishes with those of a folder over them; a file that can not be used changes none of them."""
    wishes = replace(wishes, signatures=folder.signatures)
    if folder.file is None:
        return wishes
    try:
        if folder.file.size > MOST_BYTES:
            raise ConfigError(f"the file has more than {MOST_BYTES >> 10} kB", 1, 1)
        return replace(wishes, config=config_file.read(base64.b64decode(folder.data), wishes.config))
    except ConfigError as error:
        log.info("configuration refused", file=f"{whose}{FILE}", line=error.line, column=error.column)
        stop = "" if error.says.endswith("?") else "."
        says = f"{code_span(whose + FILE)}, {error}{stop} Nothing in it holds until that is mended."
        return replace(wishes, notes=(*wishes.notes, Note(folder.file.sha, says)))


def wanted(report: Report, config: Config) -> Report:
    """The report without what the repository does not want to hear of. A guess is no known failure, and stays."""
    kept = tuple(
        item for item in report.findings if not (item.signature and config.ignores(item.signature, item.category))
    )
    if len(kept) == len(report.findings):
        return report
    best = report.best
    left = replace(report, findings=kept)
    return replace(
        left, outcome=engine.outcome(left.best), excerpt=report.excerpt if best and left.best is best else None
    )


def remarks(connection: redis.Redis, repository: int, notes: Iterable[Note], where: str) -> tuple[str, ...]:
    """What of the notes is to be told at this place: what was told nowhere else before."""
    keys = {note: f"whyred:note:{repository}:{note.about}" for note in notes}
    return tuple(note.says for note, key in keys.items() if caps.is_first(connection, key, where, REMEMBERED))
