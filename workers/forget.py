"""Forgets what the App has lost: what is kept of it, and what still waits to be done for it."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import closing

import redis
import structlog

from bot.settings import Settings
from workers import history, queue

log = structlog.get_logger()


def forget_repositories(*repositories: int) -> str:
    """Delete what is known of these repositories. Raises RetryLater while the history does not answer."""
    settings = Settings.from_environment()
    with closing(redis.Redis.from_url(settings.redis_url)) as connection:
        dropped = queue.drop(connection, frozenset(repositories))
        _forget_keys(connection, repositories)
    history.keep(settings, lambda store: store.forget_repositories(repositories))
    log.info("repositories forgotten", count=len(repositories), dropped=dropped)
    return "forgotten"


def forget_installation(installation: int) -> str:
    """Delete all that was learnt through an installation. Raises RetryLater while the history does not answer."""
    history.keep(Settings.from_environment(), lambda store: store.forget_installation(installation))
    log.info("installation forgotten", installation=installation)
    return "forgotten"


def _forget_keys(connection: redis.Redis, repositories: Collection[int]) -> None:
    """Delete what Redis holds for them, in one pass. A key names its repository by the id, between colons.

    Another number may be the same: what Redis holds is found out anew where it is missing.
    """
    lost = {str(repository).encode() for repository in repositories}
    for key in connection.scan_iter("whyred:*", count=1000):
        if not lost.isdisjoint(key.split(b":")):
            connection.delete(key)
