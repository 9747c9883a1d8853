"""Which checks must pass before something is merged into a branch, by the repository's rules and by its protection."""

from __future__ import annotations

from urllib.parse import quote

from bot.github.client import Client
from bot.github.errors import ForbiddenError, NotFoundError


def required_checks(client: Client, branch: str) -> frozenset[str]:
    """Their names; none where that is not for us to know."""
    return _by_rules(client, quote(branch, safe="")) | _by_protection(client, quote(branch, safe=""))


def _by_rules(client: Client, branch: str) -> frozenset[str]:
    try:
        rules = client.pages(f"/rules/branches/{branch}", most=3)
    except (ForbiddenError, NotFoundError):
        return frozenset()
    told = [rule["parameters"] for rule in rules if rule["type"] == "required_status_checks"]
    return frozenset(item["context"] for parameters in told for item in parameters["required_status_checks"])


def _by_protection(client: Client, branch: str) -> frozenset[str]:
    """The older way, which the rules do not tell of."""
    if not client.may("contents", "read"):
        return frozenset()
    try:
        protection = client.get(f"/branches/{branch}").get("protection") or {}
    except (ForbiddenError, NotFoundError):
        return frozenset()
    required = protection.get("required_status_checks") or {}
    return frozenset(required.get("contexts") or ()) if required.get("enforcement_level") != "off" else frozenset()
