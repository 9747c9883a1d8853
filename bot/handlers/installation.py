"""The App was installed or removed somewhere: noted, since there is nothing to set up."""

from __future__ import annotations

import structlog

from bot.events import Installation
from bot.handlers import Desk

log = structlog.get_logger()


def handle(event: Installation, desk: Desk) -> str:
    """Say who, and whether they are served."""
    served = desk.serves(event.account)
    log.info("installation", action=event.action, installation=event.installation, account=event.account, served=served)
    return "noted" if served else "ignored: owner not allowed"
