"""The check run of a workflow on a commit: found by its external id and our App, never a failure itself.

GitHub adds annotations and takes none away: what has other ones to show than what stands is a check run of its own,
and of those of one name GitHub shows the newest. So here, unlike elsewhere, it is the newest that stands.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass, replace
from typing import Final

import redis

from bot.case import Age
from bot.check_run import CheckText
from bot.deliver import passed
from bot.deliver.budget import cut
from bot.deliver.effect import PATIENCE, Effect, Patience, Write, deliver, key
from bot.deliver.marker import State
from bot.github import checks
from bot.github.checks import BATCH, CheckRun
from bot.github.client import Client
from bot.github.errors import ForbiddenError, GitHubError, GoneError, InvalidError, NotFoundError

_MARK: Final = re.compile(
    r"whyred:v1 workflow=(?P<workflow>\d{1,20}) run=(?P<run>\d{1,20}) attempt=(?P<attempt>\d{1,9})"
    r" state=(?P<state>red|green) says=(?P<says>[0-9a-f]{16}) notes=(?P<notes>[0-9a-f]{16})"
)
_SUPERSEDED: Final = CheckText("Superseded", "Another check run of this name tells more.")


@dataclass(frozen=True, slots=True)
class CheckMark:
    """What a check run's external id says: of which attempt it tells, and digests of what it says and annotates."""

    workflow: int
    age: Age
    state: State
    says: str = ""
    notes: str = ""

    def __str__(self) -> str:
        """As GitHub keeps it."""
        age = f"run={self.age.run} attempt={self.age.attempt}"
        return f"whyred:v1 workflow={self.workflow} {age} state={self.state} says={self.says} notes={self.notes}"


def mark(external_id: str) -> CheckMark | None:
    """The mark that an external id is; None for what is none of ours, or was superseded."""
    match = _MARK.fullmatch(external_id)
    if not match:
        return None
    state: State = "red" if match["state"] == "red" else "green"
    age = Age(int(match["run"]), int(match["attempt"]))
    return CheckMark(int(match["workflow"]), age, state, match["says"], match["notes"])


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose check run it is: a workflow's on a commit, under this name."""

    sha: str
    name: str
    mark: CheckMark


def publish(
    client: Client, connection: redis.Redis, subject: Subject, text: CheckText, patience: Patience = PATIENCE
) -> str:
    """Tell what broke. Returns what was done, in a word or two."""
    outlet = _Outlet(client, connection, subject, patience)
    return outlet.deliver(lambda found: outlet.redden(found, text), revision=str(_marked(subject.mark, text)))


def settle(client: Client, connection: redis.Redis, subject: Subject, text: Callable[[str], CheckText]) -> str:
    """Tell that it passes, where something red stands. `text` is given the title of that."""
    outlet = _Outlet(client, connection, subject)
    return outlet.deliver(lambda found: outlet.settle(found, text))


class _Outlet:
    def __init__(
        self, client: Client, connection: redis.Redis, subject: Subject, patience: Patience = PATIENCE
    ) -> None:
        self.client, self.connection, self.subject, self.patience = client, connection, subject, patience
        self.key = key("check", client, subject.sha, subject.mark.workflow)

    def deliver(self, plan: Callable[[Sequence[CheckRun]], Write[CheckRun] | str], revision: str = "") -> str:
        if not self.client.may("checks"):
            return "silent: writing checks is not permitted"
        effect = Effect(self.key, self.find, plan, self.retire, "check", revision)
        try:
            return deliver(self.connection, effect, self.patience).says
        except (ForbiddenError, GoneError, InvalidError, NotFoundError) as error:
            return f"silent: the check was refused ({_why(error)})"

    def find(self) -> Sequence[CheckRun]:
        """The newest attempt's, the newest first. Those of older attempts may stay what they were."""
        made = checks.ours(self.client, self.subject.sha, self.subject.name)
        marked = [(known.age, one) for one in made if (known := mark(one.external_id)) and self.mine(known)]
        newest = max((age for age, _ in marked), default=None)
        return [one for age, one in marked if age == newest]

    def mine(self, known: CheckMark) -> bool:
        return known.workflow == self.subject.mark.workflow

    def retire(self, surplus: CheckRun) -> None:
        """It stays, but says no more: a check run can not be deleted."""
        checks.edit(self.client, surplus.id, "superseded", _SUPERSEDED)

    def redden(self, found: Sequence[CheckRun], text: CheckText) -> Write[CheckRun] | str:
        wanted = _marked(self.subject.mark, text)
        if passed.since(self.connection, self.key, wanted.workflow, wanted.age):
            return passed.LATE
        known = mark(found[0].external_id) if found else None
        if known and known.age > wanted.age:
            return "silent: a newer attempt stands"
        if known is None or (known.age, known.notes) != (wanted.age, wanted.notes):
            return Write("checked", lambda: self.write(None, wanted, text), new=True)
        if known == wanted and found[0].annotations >= len(text.annotations):
            return "silent: the check says so already"
        return Write("checked anew", lambda: self.write(found[0], wanted, text))

    def settle(self, found: Sequence[CheckRun], text: Callable[[str], CheckText]) -> Write[CheckRun] | str:
        wanted = self.subject.mark
        passed.note(self.connection, self.key, wanted.workflow, wanted.age)
        known = mark(found[0].external_id) if found else None
        if known is None or known.state == "green" or known.age > wanted.age:
            return "silent: no red check to settle"
        says = text(found[0].title)
        return Write("check settled", lambda: self.write(None, _marked(wanted, says), says), new=True)

    def write(self, stands: CheckRun | None, wanted: CheckMark, text: CheckText) -> CheckRun:
        """Write a new one, or what the one that stands lacks, batch by batch."""
        text = replace(text, summary=cut(text.summary), text=cut(text.text))
        if stands is None:
            stands = checks.create(self.client, self.subject.sha, self.subject.name, str(wanted), text)
            done = min(BATCH, len(text.annotations))
        else:
            more = text.annotations[stands.annotations : stands.annotations + BATCH]
            done = stands.annotations + len(more)
            stands = checks.edit(self.client, stands.id, str(wanted), text, more)
        for start in range(done, len(text.annotations), BATCH):
            more = text.annotations[start : start + BATCH]
            stands = checks.edit(self.client, stands.id, str(wanted), text, more)
        return stands


def _marked(subject: CheckMark, text: CheckText) -> CheckMark:
    """The mark with the digests of this text."""
    says = (text.title, text.summary, text.text, *(button.name for button in text.buttons))
    notes = (str(astuple(one)) for one in text.annotations)
    return replace(subject, says=_digest(says), notes=_digest(notes))


def _digest(parts: Iterable[str]) -> str:
    told = hashlib.sha256()
    for part in parts:
        told.update(part.encode("utf-8", "replace") + b"\0")
    return told.hexdigest()[:16]


def _why(error: GitHubError) -> str:
    return f"{error.status}: {error.message}"
