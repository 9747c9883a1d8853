"""GitHub tries out the webhook: that it came through is the answer."""

from __future__ import annotations

from bot.events import Ping
from bot.handlers import Desk


def handle(_event: Ping, _desk: Desk) -> str:
    """Nothing to do."""
    return "pong"
