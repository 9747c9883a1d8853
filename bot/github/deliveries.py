"""What GitHub has tried to tell us: the App's webhook deliveries of late, and having one sent once more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import requests
from github.GithubException import GithubException

from bot.errors import RetryLater
from bot.github import requester
from bot.github.auth import App
from bot.github.errors import UncertainError, translate

PATH: Final = "/app/hook/deliveries"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A try to deliver an event; all tries for one event have the same `guid`. `status` is 0 where nobody answered."""

    id: int
    guid: str
    at: datetime
    status: int
    event: str

    @property
    def arrived(self) -> bool:
        """Whether we took it."""
        return 200 <= self.status < 400


class Deliveries:
    """The deliveries of an App; GitHub keeps them for three days."""

    def __init__(self, app: App) -> None:
        self._requester = app.requester()

    def since(self, moment: datetime) -> Iterator[Delivery]:
        """Those since then, the newest first. Raises RetryLater where GitHub asks for another time."""
        cursor: str | None = ""
        while cursor is not None:
            parameters = {"cursor": cursor} if cursor else {}
            data, cursor = self._page(parameters)
            for item in data:
                found = _delivery(item)
                if found.at < moment:
                    return
                yield found

    def send_again(self, delivery: int) -> None:
        """Have GitHub deliver this one once more. Raises RetryLater where GitHub asks for another time."""
        try:
            with requester.counted(write=True):
                requester.send(self._requester, "POST", f"{PATH}/{delivery}/attempts", {}, None)
        except (GithubException, requests.RequestException) as error:
            raise _reason(error, write=True) from error

    def _page(self, parameters: dict[str, Any]) -> tuple[Any, str | None]:
        try:
            with requester.counted(write=False):
                return requester.page_behind(self._requester, PATH, parameters)
        except (GithubException, requests.RequestException) as error:
            raise _reason(error, write=False) from error


def _reason(error: GithubException | requests.RequestException, *, write: bool) -> Exception:
    reason = translate(error, write=write)
    # Asked for twice it is delivered twice, which does no harm.
    return RetryLater(str(reason), 30) if isinstance(reason, UncertainError) else reason


def _delivery(data: dict[str, Any]) -> Delivery:
    at = datetime.fromisoformat(str(data["delivered_at"]).replace("Z", "+00:00"))
    return Delivery(data["id"], data["guid"], at, data.get("status_code") or 0, data["event"])
