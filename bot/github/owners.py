"""The owners of a file by the repository's CODEOWNERS, read where GitHub reads it: on the default branch."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from codeowners import MASK, CodeOwners

from bot.github.client import Client
from bot.github.view import GitHubView
from diagnosis.regex import Regex, compile_regex

FILES: Final = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where GitHub looks, in this order; the first that is there counts alone."""

MOST_LINE: Final = 1000
"""Characters of a rule. Its pattern takes linear time to match, but longer to compile."""

_NOT_GITHUBS: Final = re.compile(r"[#!]|.*\[")
"""Where a rule has its path: remarks, and what is not in GitHub's syntax, negations and ranges."""


@dataclass(frozen=True, slots=True)
class Owners:
    """Who owns `path`: people by their logins, teams as `org/team`. Addresses of mail are left out."""

    path: str
    people: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()


def find(client: Client, paths: Sequence[str]) -> Owners | None:
    """The owners of the first of these paths that has any; None where nobody owns them, or nobody may know."""
    rules = list(_rules(_text(client))) if paths else []
    found = (_of(rules, path) for path in paths)
    return next((owners for owners in found if owners.people or owners.teams), None)


def _text(client: Client) -> str:
    view = GitHubView(client, client.repository.default_branch)
    for path in FILES:
        content = view.read(path)
        if content is not None:
            return content.decode("utf-8-sig", "replace") if isinstance(content, bytes) else ""
    return ""


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: Regex
    owners: tuple[tuple[str, str], ...]


def _rules(text: str) -> Iterator[_Rule]:
    """The rules in the file's order. One that can not be read is left out, as GitHub does."""
    for line in text.splitlines():
        rule, _, _ = line.partition(" #")
        path, *_ = (*rule.replace(r"\ ", "").split(), "#")
        if len(rule) > MOST_LINE or _NOT_GITHUBS.match(path):
            continue
        for pattern, _, owners, _, _ in CodeOwners(rule).paths:
            # The pattern is a stranger's, and backtracks: RE2 takes linear time, and spells the end differently.
            yield _Rule(compile_regex(pattern.pattern.replace(r"\Z", r"\z")), tuple(owners))


def _of(rules: Iterable[_Rule], path: str) -> Owners:
    """The owners by the last rule that matches."""
    owners: tuple[tuple[str, str], ...] = ()
    for rule in rules:
        # The library's patterns have MASK where a path has a blank.
        if rule.pattern.search(path.replace(" ", MASK)):
            owners = rule.owners
    return Owners(
        path,
        tuple(name.removeprefix("@") for kind, name in owners if kind == "USERNAME"),
        tuple(name.removeprefix("@") for kind, name in owners if kind == "TEAM"),
    )
