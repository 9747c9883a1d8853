"""Where a GitHub of one's own, a server or a tenant of ghe.com, has its API, and which of its hosts may be private."""

from __future__ import annotations

from typing import Final

_TENANT: Final = ".ghe.com"
"""What hosts end in whose data GitHub keeps in a region, with an API on a host of its own."""


def api_url(server: str) -> str:
    """The API of the server with this address, or of github.com where that is empty."""
    scheme, _, host = server.rstrip("/").partition("://")
    if host.endswith(_TENANT):
        return f"{scheme}://api.{host}"
    return f"{scheme}://{host}/api/v3" if host else "https://api.github.com"


def private_hosts(name: str) -> tuple[str, ...]:
    """The hosts of the server of this name that logs may come from although they are private: it keeps logs itself."""
    host = name.partition(":")[0].lower()
    return () if not host or host.endswith(_TENANT) else (host,)
