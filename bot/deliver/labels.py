"""The labels of our issues: how they look, and that each is made once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import redis

from bot.github import issues
from bot.github.client import Client
from bot.github.issues import Label

OURS: Final = "whyred"
FLAKY: Final = "flaky"
PRIORITY: Final = "priority: high"

REMEMBERED: Final = 30 * 24 * 3600
"""Seconds for which a label is taken to exist: GitHub makes one that is not there, only in another colour."""

_LOOK: Final = {
    OURS: Label(OURS, "b60205", "A failed workflow run, explained"),
    FLAKY: Label(FLAKY, "fbca04", "Comes and goes by itself"),
    PRIORITY: Label(PRIORITY, "d93f0b", "To be looked at first"),
}


def of_category(category: str) -> str:
    """The name of the label for failures of this category."""
    return f"{OURS}: {category}"


def recategorised(standing: Iterable[str], wanted: Iterable[str]) -> list[str]:
    """The labels of an issue that is about another failure now: other categories than the wanted ones go."""
    return list(dict.fromkeys([*(name for name in standing if not name.startswith(of_category(""))), *wanted]))


def make(client: Client, connection: redis.Redis, names: Iterable[str]) -> None:
    """Make those of these labels that the repository does not have."""
    for name in names:
        key = f"whyred:label:{client.repository.id}:{name}"
        if not connection.exists(key):
            issues.make_label(client, _label(name))
            connection.set(key, 1, ex=REMEMBERED)


def calmed(standing: Sequence[str]) -> dict[str, list[str]]:
    """What changes in the fields of an issue that is no longer to be looked at first."""
    return {"labels": [name for name in standing if name != PRIORITY]} if PRIORITY in standing else {}


def _label(name: str) -> Label:
    if name.startswith(of_category("")):
        return Label(name, "e99695", "A failed workflow run of this kind")
    return _LOOK.get(name, Label(name))
