"""One file an event: decides whether there is work, puts it into the queue, and does nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import redis


@dataclass(frozen=True, slots=True)
class Desk:
    """What a handler has at hand: the queue, whether an account may use the App, which App we are."""

    connection: redis.Redis
    serves: Callable[[str], bool]
    app: int = 0
