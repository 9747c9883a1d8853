"""What we can make use of on GitHub, what of that an App asks for, and what an installation has granted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

USED: Final[Mapping[str, str]] = {
    "actions": "write",
    "checks": "write",
    "contents": "read",
    "issues": "write",
    "metadata": "read",
    "pull_requests": "write",
}
"""What some code of ours needs; a token can do no more, whatever was granted."""

ASKED: Final[Mapping[str, str]] = {**USED, "actions": "read"}
"""What app.yml asks for: to run jobs again is for those who choose to grant it."""

_LEVELS: Final = ("none", "read", "write", "admin")


def usable(granted: Mapping[str, str]) -> dict[str, str]:
    """What was granted and is of use: GitHub refuses a token with more, and we need none that can do more."""
    # Every App may read metadata.
    levels = {name: min(wanted, granted.get(name, "none"), key=_LEVELS.index) for name, wanted in USED.items()}
    return {name: level for name, level in {**levels, "metadata": "read"}.items() if level != "none"}


def allows(granted: Mapping[str, str], name: str, level: str) -> bool:
    """Whether this is among what was granted."""
    return _LEVELS.index(granted.get(name, "none")) >= _LEVELS.index(level)
