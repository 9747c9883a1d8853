"""The App was installed or removed somewhere: what is known of the repositories that it has lost is forgotten."""

from __future__ import annotations

from typing import Final

import structlog

from bot.events import Installation
from bot.handlers import Desk
from workers.queue import FORGET, FORGET_INSTALLATION, enqueue

AT_ONCE: Final = 100
"""Repositories of one job: an installation may have thousands."""

log = structlog.get_logger()


def handle(event: Installation, desk: Desk) -> str:
    """What was decided, in a word or two. Data is deleted for whoever asks, served any more or not."""
    served = desk.serves(event.account)
    log.info("installation", action=event.action, installation=event.installation, account=event.account, served=served)
    gone = event.action == "deleted" and event.installation > 0
    if gone:
        enqueue(desk.connection, FORGET_INSTALLATION, (event.installation,), f"forget-all-{event.installation}")
    for start in range(0, len(event.lost), AT_ONCE):
        part = event.lost[start : start + AT_ONCE]
        enqueue(desk.connection, FORGET, part, f"forget-{part[0]}-{event.installation}-{len(part)}")
    if event.lost or gone:
        return "queued"
    return "noted" if served else "ignored: owner not allowed"
