"""Messages to a chat through apprise: few, each once, and never a reason for anything else to fail."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping
from typing import Any, Final

import redis
import structlog

from bot import metrics
from bot.errors import UserError

SECONDS: Final = 4.0
"""For connecting, and for the answer."""

KEPT: Final = 90 * 24 * 3600
"""Seconds for which it is remembered what was told: a branch is not mostly red for longer."""

_TAKE: Final = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local per_hour = tonumber(ARGV[1])
local told = redis.call('HMGET', KEYS[1], 'left', 'at')
local left = math.min(per_hour, (tonumber(told[1]) or per_hour) + (now - (tonumber(told[2]) or now)) * per_hour / 3600)
if left < 1 then return 0 end
redis.call('HSET', KEYS[1], 'left', tostring(left - 1), 'at', tostring(now))
redis.call('EXPIRE', KEYS[1], 7200)
return 1
"""

log = structlog.get_logger()


def check(urls: Mapping[str, str]) -> None:
    """Raises UserError when an address can not be used; it names the address, and shows nothing of it."""
    wrong = [name for name, url in urls.items() if _service(url) is None]
    if wrong:
        raise UserError(f"CHAT_URLS: the address of {' and of '.join(wrong)} is none that apprise knows")


class Chat:
    """The addresses of one repository: `to` are the names that it asks for, `urls` what they stand for."""

    def __init__(
        self, connection: redis.Redis, repository: int, to: tuple[str, ...], urls: Mapping[str, str], per_hour: int
    ) -> None:
        self._redis, self._repository, self._per_hour = connection, repository, per_hour
        self._urls = {name: urls[name] for name in to if name in urls}

    def red(self, place: str, fingerprint: str, run: int, text: str) -> None:
        """Tell of a failure at a place (a workflow on a branch), once until that is green again."""
        if int(self._redis.get(self._key("green", place)) or 0) > run:
            return
        for name in self._urls:
            key = self._key("red", place, name)
            if self._redis.sadd(key, fingerprint):
                self._redis.expire(key, KEPT)
                if not self._send(name, text):
                    # The next run that fails like this may have more luck.
                    self._redis.srem(key, fingerprint)

    def green(self, place: str, run: int, text: str) -> None:
        """Tell that a place is green, where it was told to be red."""
        newest = max(int(self._redis.get(self._key("green", place)) or 0), run)
        self._redis.set(self._key("green", place), newest, ex=KEPT)
        for name in self._urls:
            # Deleted first, so that of two workers only one tells it.
            if self._redis.delete(self._key("red", place, name)):
                self._send(name, text)

    def _key(self, *parts: str) -> str:
        return ":".join(("whyred:chat", str(self._repository), *parts))

    def _send(self, name: str, text: str) -> bool:
        if not self._redis.eval(_TAKE, 1, self._key("bucket", name), self._per_hour):
            log.warning("chat not told", address=name, reason="too many messages this hour")
            return False
        sent = _sent(self._urls[name], text)
        metrics.WRITES.add("chat", "told" if sent else "not told")
        if not sent:
            log.warning("chat not told", address=name, reason="the service did not take it")
        return sent


def _sent(url: str, text: str) -> bool:
    # What it may raise quotes the address.
    try:
        service = _service(url)
        return service is not None and bool(service.notify(body=text, body_format="text"))
    except Exception as error:
        log.warning("chat refused", error=type(error).__name__)
        return False


def _service(url: str) -> Any:
    """The service at an address, as apprise has it; None where it knows none."""
    # It logs addresses.
    logging.getLogger("apprise").disabled = True
    with warnings.catch_warnings():
        # Of modules that it tries for the sake of services that few have, when it is first asked for one.
        warnings.simplefilter("ignore", DeprecationWarning)
        import apprise  # takes most of a second, and few installations chat

        asset = apprise.AppriseAsset(
            app_id="whyred", image_url_mask="", storage_mode=apprise.PersistentStoreMode.MEMORY, secure_logging=True
        )
        service = apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    if service is not None:
        service.socket_connect_timeout = service.socket_read_timeout = SECONDS
    return service
