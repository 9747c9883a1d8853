"""Who is assigned to an issue: those who can do something about it and may be; nobody is pinged in vain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from bot.github import issues, owners
from bot.github.client import Client
from bot.github.owners import Owners
from diagnosis.template import code_span

MOST: Final = 5
"""So many are asked: GitHub takes ten, but what is everybody's is nobody's."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """Whom to assign, and what the issue says about those who own the code, in Markdown."""

    people: tuple[str, ...] = ()
    said: str = ""


def choose(client: Client, named: tuple[str, ...], author: str | None, paths: tuple[str, ...]) -> Assigned:
    """Those whom the repository's configuration names, and the author; failing both, who owns the code there."""
    people = _assignable(client, (*named, *([author] if author else ())))
    if people:
        return Assigned(people)
    found = owners.find(client, paths)
    return Assigned(_assignable(client, found.people), say(found)) if found else Assigned()


def _assignable(client: Client, logins: Iterable[str]) -> tuple[str, ...]:
    wanted = list(dict.fromkeys(logins))[:MOST]
    return tuple(login for login in wanted if issues.assignable(client, login))


def say(found: Owners) -> str:
    """Whose code it is. In code spans a team, which can not be assigned, is not mentioned to all of its members."""
    names = ", ".join(code_span(f"@{name}") for name in (*found.people, *found.teams))
    return f"Code owners of {code_span(found.path)}: {names}."
