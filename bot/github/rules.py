"""Which checks must pass before something is merged into a branch, by the repository's rules and by its protection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from bot.github.client import Client
from bot.github.errors import ForbiddenError, NotFoundError


def required_checks(client: Client, branch: str, app: int | None) -> frozenset[str]:
    """The names of those that may be this App's, or any App's; none where that is not for us to know."""
    name = quote(branch, safe="")
    return frozenset(_names((*_by_rules(client, name), *_by_protection(client, name)), app))


def _names(checks: Iterable[dict[str, Any]], app: int | None) -> Iterator[str]:
    for check in checks:
        # GitHub names no App, or -1, where whoever says so will do.
        wanted = check.get("integration_id") or check.get("app_id") or -1
        if app is None or wanted in (app, -1):
            yield check["context"]


def _by_rules(client: Client, branch: str) -> list[dict[str, Any]]:
    try:
        rules = client.pages(f"/rules/branches/{branch}", most=3)
    except (ForbiddenError, NotFoundError):
        return []
    told = [rule["parameters"] for rule in rules if rule["type"] == "required_status_checks"]
    return [check for parameters in told for check in parameters["required_status_checks"]]


def _by_protection(client: Client, branch: str) -> list[dict[str, Any]]:
    """The older way, which the rules do not tell of."""
    if not client.may("contents", "read"):
        return []
    try:
        protection = client.get(f"/branches/{branch}").get("protection") or {}
    except (ForbiddenError, NotFoundError):
        return []
    required = protection.get("required_status_checks") or {}
    if required.get("enforcement_level") == "off":
        return []
    apart = required.get("checks") or ()
    # What is older than the choice of an App stands in the list of names alone.
    known = {check["context"] for check in apart}
    return [*apart, *({"context": name} for name in required.get("contexts") or () if name not in known)]
