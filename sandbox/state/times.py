"""Times in GitHub's notation: whole seconds, UTC."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> str:
    """The present."""
    return noted(datetime.now(UTC))


def noted(moment: datetime) -> str:
    """A moment of UTC."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
