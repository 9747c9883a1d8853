"""Fetches a log from its host: without our token, from public https hosts only, with caps on bytes and time."""

from __future__ import annotations

import ipaddress
import socket
import time
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urljoin

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.utils import select_proxy
from urllib3.util import Url, parse_url

HEAD: Final = 1 << 20
TAIL: Final = 50 << 20
SECONDS: Final = 60.0
IDLE: Final = 10.0
HOPS: Final = 3
_CHUNK: Final = 1 << 16


class RefusedError(Exception):
    """The address leads to where a log may not come from; nothing was sent there."""


class MissingError(Exception):
    """The host has no such log. `written` is False when it says that there never was one (or not yet)."""

    def __init__(self, status: int, *, written: bool) -> None:
        super().__init__(f"the log's host answered {status}")
        self.status = status
        self.written = written


@dataclass(frozen=True, slots=True)
class Log:
    """A log's bytes, undecoded; `truncated` when a cap left out a part of it."""

    data: bytes
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes kept from the start and the end of a log; seconds for all of it and between two pieces of it."""

    head: int = HEAD
    tail: int = TAIL
    seconds: float = SECONDS
    idle: float = IDLE


def fetch(url: str, trusted: Collection[str] = (), limits: Limits | None = None) -> Log:
    """The log at this address. Hosts in `trusted` may be private and without https.

    Raises RefusedError, MissingError, or requests' exceptions when the host does not answer.
    """
    limits = limits or Limits()
    deadline = time.monotonic() + limits.seconds
    with requests.Session() as session:
        # No netrc either: whatever credentials this machine has are not for a log's host.
        session.auth = _anonymous
        for _ in range(HOPS + 1):
            url = _checked(url, trusted)
            adapter = _GuardedAdapter(guarded=parse_url(url).host not in trusted)
            session.mount("https://", adapter)
            session.mount("http://", adapter)
            with session.get(
                url,
                stream=True,
                allow_redirects=False,
                timeout=(limits.idle, limits.idle),
                headers={"Accept-Encoding": "identity", "Accept": "*/*"},
            ) as answer:
                if not answer.is_redirect:
                    return _read(answer, deadline, limits)
                url = urljoin(url, answer.headers["location"])
    raise RefusedError("too many redirects")


def _anonymous(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _checked(url: str, trusted: Collection[str]) -> str:
    """The address as it will be requested. Refuses one before anything is sent to it."""
    try:
        # Parsed by the parser that will connect: two parsers may find two hosts in one hostile address.
        url = requests.Request("GET", url).prepare().url or ""
        parts = parse_url(url)
    except ValueError as error:
        raise RefusedError("no address") from error
    if not parts.host or parts.auth is not None:
        raise RefusedError("no host")
    if parts.host not in trusted or parts.scheme not in ("http", "https"):
        _require_public_host(url, parts)
    return url


def _require_public_host(url: str, parts: Url) -> None:
    if parts.scheme != "https":
        raise RefusedError("not https")
    try:
        found = socket.getaddrinfo((parts.host or "").strip("[]"), parts.port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        if _through_proxy(url):
            return
        raise requests.ConnectionError("the log's host has no address") from error
    for address in found:
        _require_public(str(address[4][0]))


def _through_proxy(url: str) -> bool:
    return bool(select_proxy(url, requests.utils.get_environ_proxies(url)))


def _require_public(address: str) -> None:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(parsed, "ipv4_mapped", None)
    if not (mapped or parsed).is_global or parsed.is_multicast:
        raise RefusedError("a private address")


class _GuardedConnection(urllib3.connection.HTTPSConnection):
    """Looks at the address that it has reached before a byte is sent: DNS may answer differently the second time."""

    def _new_conn(self) -> socket.socket:
        reached = super()._new_conn()
        try:
            # Through a proxy the address is the proxy's own, which may well be private.
            if self.proxy is None:
                _require_public(str(reached.getpeername()[0]))
        except RefusedError:
            reached.close()
            raise
        return reached


class _GuardedPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _GuardedConnection


class _GuardedAdapter(HTTPAdapter):
    """An adapter without retries whose direct connections are guarded."""

    def __init__(self, *, guarded: bool) -> None:
        self._guarded = guarded
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        if self._guarded:
            self.poolmanager.pool_classes_by_scheme = {"https": _GuardedPool}


def _read(answer: requests.Response, deadline: float, limits: Limits) -> Log:
    if answer.status_code != requests.codes.ok:
        reason = next(_pieces(answer, deadline), None) or b""
        if answer.status_code in (404, 410):
            raise MissingError(answer.status_code, written=b"BlobNotFound" not in reason)
        raise requests.HTTPError(f"the log's host answered {answer.status_code}")
    return _keep(_pieces(answer, deadline), limits)


def _pieces(answer: requests.Response, deadline: float) -> Iterator[bytes | None]:
    """What arrives, as it arrives; None at the end when the end came before the log's own."""
    arrived = False
    try:
        while time.monotonic() < deadline:
            # read1 gives what is there; read would wait for a whole piece and so past the deadline.
            piece = answer.raw.read1(_CHUNK, decode_content=True)
            if not piece:
                return
            arrived = True
            yield piece
    except (urllib3.exceptions.HTTPError, OSError) as error:
        if not arrived:
            late = isinstance(error, urllib3.exceptions.ReadTimeoutError)
            raise (requests.ReadTimeout if late else requests.ConnectionError)("the log's host sent nothing") from error
    yield None


def _keep(pieces: Iterator[bytes | None], limits: Limits) -> Log:
    """The first `head` and the last `tail` bytes; between them as many line ends as were left out (a tail's worth
    at most), so that lines keep their numbers."""
    head, tail = bytearray(), deque[bytes]()
    kept, cut, ended, lines = 0, False, True, 0
    for piece in pieces:
        if piece is None:
            ended = False
            break
        room = limits.head - len(head)
        head += piece[:room]
        rest = piece[room:]
        if rest:
            tail.append(rest)
            kept += len(rest)
        while tail and kept - len(tail[0]) >= limits.tail:
            dropped = tail.popleft()
            kept -= len(dropped)
            lines += dropped.count(b"\n")
            cut = True
    if cut:
        lines += _drop_broken_line(tail)
        head += b"\n" * min(max(lines, 1), limits.tail)
    return Log(b"".join((head, *tail)), truncated=cut or not ended)


def _drop_broken_line(tail: deque[bytes]) -> int:
    """Begin the tail at the start of a line, if it has one. How many line ends were dropped for it."""
    for number, piece in enumerate(tail):
        end = piece.find(b"\n")
        if end >= 0:
            for _ in range(number):
                tail.popleft()
            tail[0] = piece[end + 1 :]
            return 1
    return 0
