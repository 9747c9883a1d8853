"""Connection URLs as files write them: placeholders for what is filled in later, no password shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_URL: Final = re.compile(
    r"(?P<scheme>[a-z][a-z0-9]*)(?:\+(?P<driver>[a-z0-9_]+))?://"
    r"(?:(?P<user>[^\s:/@'\"{}$]*|\{[^{}\s]*\}|\$\{?\w+\}?)"
    r"(?P<colon>:(?P<password>(?:\{[^{}]*\}|\$\{\{.*?\}\}|[^\s@/{}'\"])*))?@)?"
    r"(?P<host>\[[0-9a-f:]+\]|[\w.-]+|\{[^{}\s]*\}|\$\{?\w+\}?)?"
    r"(?::(?P<port>\d{1,5}|\{[^{}\s]*\}))?(?:/(?P<database>[^\s?'\"#,)]*))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class ConnectionUrl:
    """A URL of a server. Parts that are filled in later stand as they are written (`{name}`); `text` is never shown."""

    scheme: str
    driver: str
    user: str
    password: str | None
    """None where the URL has no password part, empty where it is empty."""
    host: str
    port: int | None
    database: str
    text: str

    @property
    def base(self) -> str:
        """The scheme with its driver."""
        return f"{self.scheme}+{self.driver}" if self.driver else self.scheme

    @property
    def shown(self) -> str:
        """The URL with three stars in the password's place, unless that is filled in from elsewhere."""
        hidden = self.password if self.password is None or self.password.startswith(("{", "$")) else "***"
        login = (self.user + ("" if hidden is None else f":{hidden}") + "@") if self.user or hidden is not None else ""
        port = f":{self.port}" if self.port is not None else ""
        return f"{self.base}://{login}{self.host}{port}" + (f"/{self.database}" if self.database else "")


def connection_urls(text: str, schemes: tuple[str, ...]) -> list[ConnectionUrl]:
    """The URLs of these schemes in a text, in order."""
    return [
        ConnectionUrl(
            scheme=found["scheme"],
            driver=found["driver"] or "",
            user=found["user"] or "",
            password=None if found["colon"] is None else found["password"] or "",
            host=(found["host"] or "").strip("[]"),
            port=int(found["port"]) if (found["port"] or "").isdigit() else None,
            database=found["database"] or "",
            text=found[0],
        )
        for found in _URL.finditer(text)
        if found["scheme"] in schemes
    ]


def connection_url(text: str, schemes: tuple[str, ...]) -> ConnectionUrl | None:
    """The one URL of these schemes that the text holds; None where there is none or more than one."""
    found = connection_urls(text, schemes)
    return found[0] if len(found) == 1 else None
