"""Fetches what we were told in vain: GitHub delivers an event once, and again only if it is asked to.

A delivery that was refused, or that nobody answered, is asked for again until it arrives; what was worked on already is
recognised by its job's id. So no outage of ours that is shorter than GitHub's memory loses a run.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import redis
import structlog

from bot import metrics
from bot.events import HEARD
from bot.github.auth import App
from bot.github.deliveries import Deliveries, Delivery
from bot.settings import Settings

WINDOW: Final = timedelta(days=3)
"""GitHub forgets older deliveries."""

SETTLED: Final = timedelta(minutes=2)
"""Younger ones may still be on their way."""

OVERLAP: Final = timedelta(minutes=30)
"""How far behind the last look the next one goes: deliveries are listed late at times."""

MOST_TRIES: Final = 4
"""Deliveries of one event after which it is given up: what is refused so often is refused for what it says."""

SECONDS: Final = 120.0
"""For one look; the rest is left for the next."""

SEEN: Final = "whyred:reconciled"

log = structlog.get_logger()


def reconcile() -> str:
    """Ask for what did not arrive. Returns what was done, in a word or two.

    Raises RetryLater where GitHub asks for another time.
    """
    settings = Settings.from_environment()
    deliveries = Deliveries(App(settings.app_id, settings.private_key, settings.github_api_url))
    with closing(redis.Redis.from_url(settings.redis_url)) as connection:
        return look(deliveries, connection, datetime.now(UTC))


def look(deliveries: Deliveries, connection: redis.Redis, now: datetime) -> str:
    """Ask for what had not arrived by then."""
    began = time.monotonic()
    lost = missed(deliveries.since(_horizon(connection, now)), now - SETTLED)
    asked = 0
    for event in lost:
        if time.monotonic() - began > SECONDS:
            break
        deliveries.send_again(event.newest.id)
        metrics.ASKED_AGAIN.add(event.newest.event)
        asked += 1
    # What was asked for again may fail again: all its tries stay in sight until it has arrived or was given up.
    oldest = min((event.first for event in lost), default=now)
    connection.set(SEEN, min(oldest, now - OVERLAP).isoformat(), ex=int(WINDOW.total_seconds()))
    log.info("deliveries looked through", lost=len(lost), asked=asked)
    return f"{asked} of {len(lost)} asked for again"


@dataclass(frozen=True, slots=True)
class Lost:
    """An event that never arrived: its newest delivery, and when the first one was tried."""

    newest: Delivery
    first: datetime


def missed(deliveries: Iterable[Delivery], settled: datetime) -> list[Lost]:
    """The events that never arrived, the oldest first; what was tried after `settled` is waited for."""
    tries: dict[str, list[Delivery]] = {}
    for delivery in deliveries:
        if delivery.event in HEARD:
            tries.setdefault(delivery.guid, []).append(delivery)
    lost = [
        Lost(max(known, key=lambda one: one.id), min(one.at for one in known))
        for known in tries.values()
        if not any(one.arrived for one in known) and len(known) < MOST_TRIES and all(one.at <= settled for one in known)
    ]
    return sorted(lost, key=lambda event: event.newest.id)


def _horizon(connection: redis.Redis, now: datetime) -> datetime:
    seen = connection.get(SEEN)
    earliest = now - WINDOW
    return max(datetime.fromisoformat(seen.decode()), earliest) if isinstance(seen, bytes) else earliest
