"""What every job that deals with one repository has at hand: GitHub, Redis, the settings, the repository's wishes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property

import redis
import structlog

from bot.case import PullRequest
from bot.config import Config
from bot.github import client as github
from bot.github.auth import App
from bot.github.client import Client
from bot.github.errors import ForbiddenError, NotFoundError
from bot.settings import Settings
from workers import wishes
from workers.wishes import Wishes

log = structlog.get_logger()


@dataclass(frozen=True)
class Office:
    """One repository as one installation reaches it. Its wishes are asked for when they first matter."""

    client: Client
    connection: redis.Redis
    settings: Settings
    asked: bool = False
    """Whether a person has asked for this: then it is said although nothing more was to be said."""

    @cached_property
    def wishes(self) -> Wishes:
        """What was asked for, and what is wrong with how it was asked."""
        return wishes.load(self.client, self.connection, self.settings)

    @property
    def config(self) -> Config:
        """What the repository has asked for."""
        return self.wishes.config

    def config_for(self, pull_request: PullRequest | None) -> Config:
        """What it has asked for there; a draft's author is told in full where they have asked."""
        quieter = pull_request is not None and pull_request.draft and not self.asked
        return self.config.on_a_draft() if quieter else self.config


def work(installation: int, repository: int, job: Callable[[Office], str], **names: int) -> str:
    """Do a job about a repository; what was done, in a word or two. `names` are logged with every line.

    Raises RetryLater when GitHub's limits, or something that is not written yet, ask for another time.
    """
    settings = Settings.from_environment()
    app = App(settings.app_id, settings.private_key, settings.github_api_url)
    names = {"installation": installation, "repository": repository, **names}
    with structlog.contextvars.bound_contextvars(**names), closing(redis.Redis.from_url(settings.redis_url)) as store:
        try:
            client = github.for_installation(app, store, installation, repository)
            if not settings.serves(client.repository.name.partition("/")[0]):
                return "silent: owner not allowed"
            return job(Office(client, store, settings))
        except (ForbiddenError, NotFoundError) as error:
            # Uninstalled, suspended, deleted or not permitted: another try would be refused as well.
            return f"silent: refused ({error.status}: {error.message})"
