"""What a repository asks of whyred, as values. `.github/whyred.yml` is made into them by bot/config_file.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Final, Literal

Outlet = Literal["comment", "issue", "check"]


@dataclass(frozen=True, slots=True)
class Route:
    """Where failures of a category go. `docs`: the team's own runbook, an https address or a path in the repository."""

    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    docs: str | None = None


@dataclass(frozen=True, slots=True)
class Chat:
    """Where failures of `branches` (globs; none: the default branch) are told as well.

    `to` names addresses that whoever hosts whyred has set up: an address is a secret, and none stands in a repository.
    """

    to: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    per_hour: int = 10


@dataclass(frozen=True, slots=True)
class Config:
    """A repository's wishes over its organisation's over the installation's; these are what nobody has to ask for."""

    outlets: tuple[Outlet, ...] = ("comment", "check")
    """Where a pull request's failure is told."""
    issues: bool = True
    """Whether a failure without a pull request opens an issue."""
    shadow: bool = False
    """Record what would have been said, and say nothing."""
    early: bool = True
    """Say on the pull request what failed while the run still goes on."""
    drafts: bool = False
    """Tell a draft's failures like those of any pull request; else they stand in its check run alone."""
    suggest: bool = False
    """Offer the patch as a review with suggestions, where its lines are in the pull request's diff."""
    workflows: tuple[str, ...] = ()
    """Globs of names or paths; none: all."""
    branches: tuple[str, ...] = ()
    """Globs of the branches that a run is for (a pull request's base, else its own); none: all."""
    ignore: tuple[str, ...] = ()
    """Globs of signature ids, or categories."""
    routes: Mapping[str, Route] = field(default_factory=dict)
    """By category."""
    reruns: int = 0
    """How often the failed jobs of one commit are run again by themselves, where all of them are transient."""
    chat: Chat = Chat()

    def on_a_draft(self) -> Config:
        """The wishes for a pull request that its author has not handed in yet: nothing that sends a mail."""
        if self.drafts:
            return self
        quiet: tuple[Outlet, ...] = ("check",) if "check" in self.outlets else ()
        return replace(self, outlets=quiet, early=False, suggest=False)

    def watches(self, workflow_name: str, workflow_path: str, branch: str) -> bool:
        """Whether a run of this workflow for this branch is to be told about."""
        return _any(self.workflows, workflow_name, workflow_path) and _any(self.branches, branch)

    def ignores(self, signature: str | None, category: str) -> bool:
        """Whether findings of this kind are to be left out."""
        return bool(self.ignore) and _any(self.ignore, signature or "", category)

    def route(self, category: str) -> Route:
        """Where failures of this category go."""
        return self.routes.get(category, _NOWHERE)


_NOWHERE: Final = Route()
DEFAULTS: Final = Config()


def _any(globs: tuple[str, ...], *names: str) -> bool:
    return not globs or any(fnmatchcase(name, glob) for glob in globs for name in names if name)
