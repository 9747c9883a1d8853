"""Paths as a job's log tells them, made paths in its repository."""

from __future__ import annotations

import re
from typing import Final

_CHECKOUT: Final = re.compile(
    r"(?:file://)?(?:/home/runner/work/(?P<linux>[^/\s]+)/(?P=linux)|/Users/runner/work/(?P<mac>[^/\s]+)/(?P=mac)"
    r"|/__w/(?P<container>[^/\s]+)/(?P=container)|/github/workspace"
    r"|/?[A-Za-z]:[\\/]a[\\/](?P<windows>[^\\/\s]+)[\\/](?P=windows))[\\/]"
)
"""Where a runner checks the repository out: on Linux, macOS, in a container, in a container action, on Windows."""


def in_repository(text: str) -> str:
    """The text with the checkout's folder taken from its paths; other paths stay as they are."""
    return _CHECKOUT.sub("", text)
