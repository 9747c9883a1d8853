"""One file an event: decides whether there is work, puts it into the queue, and does nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import redis


@dataclass(frozen=True, slots=True)
class Desk:
    """What a handler has at hand: the queue, whom we work for (everybody, if nobody is named), which App we are."""

    connection: redis.Redis
    allowed_owners: tuple[str, ...] = ()
    app: int = 0

    def serves(self, owner: str) -> bool:
        """Whether this account may use the App."""
        return not self.allowed_owners or owner.lower() in self.allowed_owners
