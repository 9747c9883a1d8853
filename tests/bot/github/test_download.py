"""Logs from their host: no token, no private address, a cap on bytes and on time, and what is missing told apart."""

from __future__ import annotations

import gzip
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from bot.github import download
from bot.github.download import Limits, MissingError, RefusedError
from tests.bot.fake_hub import Answer, FakeHub

TRUSTED = ("127.0.0.1", "localhost")


def at(hub: FakeHub, path: str = "/log", host: str = "localhost") -> str:
    return f"http://{host}:{hub.port}{path}"


def lines(count: int) -> bytes:
    return b"".join(b"line %07d\n" % number for number in range(count))


def test_a_log_arrives_byte_for_byte(log_host: FakeHub) -> None:
    data = b"\xef\xbb\xbf2026-01-02T03:04:05.0000000Z caf\xe9 \x00 \xff\r\n"
    log_host.on("GET", "/log", Answer(200, data, {"Content-Type": "text/plain"}))
    assert download.fetch(at(log_host), TRUSTED) == download.Log(data)


def test_no_credentials_of_this_machine_go_with_the_request(
    log_host: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("machine localhost login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    log_host.on("GET", "/log", Answer(200, b"x"))
    download.fetch(at(log_host, "/log?sig=abc"), TRUSTED)
    (seen,) = log_host.seen
    assert "authorization" not in seen.headers
    assert "cookie" not in seen.headers
    assert seen.query == {"sig": ["abc"]}


def test_a_redirect_to_another_host_is_followed_and_checked(hub: FakeHub, log_host: FakeHub) -> None:
    hub.on("GET", "/log", Answer(302, None, {"Location": at(log_host, host="127.0.0.1"), "Set-Cookie": "a=b"}))
    log_host.on("GET", "/log", Answer(200, b"x"))
    assert download.fetch(at(hub), TRUSTED).data == b"x"
    assert "authorization" not in log_host.seen[0].headers
    with pytest.raises(RefusedError):
        download.fetch(at(hub), ("localhost",))
    assert len(log_host.seen) == 1


def test_a_redirect_may_be_relative_but_not_endless(log_host: FakeHub) -> None:
    log_host.on("GET", "/log", Answer(302, None, {"Location": "/elsewhere"}))
    log_host.on("GET", "/elsewhere", Answer(200, b"x"))
    assert download.fetch(at(log_host), TRUSTED).data == b"x"
    log_host.on("GET", "/elsewhere", Answer(302, None, {"Location": "/log"}))
    with pytest.raises(RefusedError, match="too many"):
        download.fetch(at(log_host), TRUSTED)


@pytest.mark.parametrize(
    "url",
    [
        "http://logs.example/x",
        "https://127.0.0.1/x",
        "https://localhost/x",
        "https://10.0.0.1/x",
        "https://192.168.1.1/x",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://[fe80::1]/x",
        "https://[fd00::1]/x",
        "https://100.64.0.1/x",
        "https://0.0.0.0/x",
        "https://224.0.0.1/x",
        "https://2130706433/x",
        "https://0x7f.1/x",
        "https://user:secret@8.8.8.8/x",
        "ftp://8.8.8.8/x",
        "file:///etc/passwd",
        "https:///x",
        "//8.8.8.8/x",
        "",
        "not an address",
        "https://[::1/x",
    ],
)
def test_an_address_where_no_log_can_be_is_refused_before_anything_is_sent(url: str) -> None:
    with pytest.raises(RefusedError):
        download.fetch(url)


def test_a_trusted_host_is_trusted_for_http_alone_and_not_for_files(log_host: FakeHub) -> None:
    with pytest.raises(RefusedError):
        download.fetch(f"ftp://localhost:{log_host.port}/log", TRUSTED)
    with pytest.raises(RefusedError):
        download.fetch(at(log_host), ("example.com",))
    assert log_host.seen == []


def test_a_log_that_is_too_long_keeps_its_start_and_its_end(log_host: FakeHub) -> None:
    data = lines(200_000)
    log_host.on("GET", "/log", Answer(200, data))
    log = download.fetch(at(log_host), TRUSTED, Limits(head=1000, tail=300_000))
    assert log.truncated
    assert log.data.startswith(lines(50))
    assert log.data.endswith(b"line 0199999\n")
    kept = log.data.split(b"\n")
    assert 250_000 < sum(map(len, kept)) < 400_000
    changed = [one for one, two in zip(kept, data.split(b"\n"), strict=True) if one not in (two, b"")]
    assert len(changed) <= 1


def test_the_line_ends_that_stand_for_what_was_left_out_stay_within_the_limits(log_host: FakeHub) -> None:
    log_host.on("GET", "/log", Answer(200, b"\n" * 3_000_000))
    log = download.fetch(at(log_host), TRUSTED, Limits(head=1000, tail=300_000))
    assert len(log.data) < 800_000


def test_a_log_within_the_limits_is_whole(log_host: FakeHub) -> None:
    data = lines(20_000)
    log_host.on("GET", "/log", Answer(200, data))
    assert download.fetch(at(log_host), TRUSTED, Limits(head=1000, tail=300_000)) == download.Log(data)


def test_a_log_of_one_endless_line_stays_within_the_limits(log_host: FakeHub) -> None:
    log_host.on("GET", "/log", Answer(200, b"x" * 3_000_000))
    log = download.fetch(at(log_host), TRUSTED, Limits(head=1000, tail=300_000))
    assert log.truncated
    assert len(log.data) < 400_000


def test_a_packed_log_is_unpacked_within_the_limits(log_host: FakeHub) -> None:
    packed = gzip.compress(b"\0" * 50_000_000)
    log_host.on("GET", "/log", Answer(200, packed, {"Content-Encoding": "gzip"}))
    log = download.fetch(at(log_host), TRUSTED, Limits(head=1000, tail=300_000))
    assert log.truncated
    assert len(log.data) < 1_500_000


def test_a_log_that_stops_half_way_is_kept_and_called_cut(log_host: FakeHub) -> None:
    def stop(wire: Any) -> None:
        wire.write(b"first line\n")

    log_host.on("GET", "/log", Answer(200, headers={"Content-Length": "1000"}, stream=stop))
    assert download.fetch(at(log_host), TRUSTED) == download.Log(b"first line\n", truncated=True)


def test_a_log_that_trickles_is_cut_when_the_time_is_up(log_host: FakeHub) -> None:
    def trickle(wire: Any) -> None:
        for _ in range(100):
            wire.write(b"line\n")
            wire.flush()
            time.sleep(0.05)

    log_host.on("GET", "/log", Answer(200, stream=trickle))
    started = time.monotonic()
    log = download.fetch(at(log_host), TRUSTED, Limits(seconds=0.5))
    assert time.monotonic() - started < 2
    assert log.truncated
    assert log.data.startswith(b"line\n")


def test_a_host_that_falls_silent_is_not_waited_for(log_host: FakeHub) -> None:
    def silent(wire: Any) -> None:
        wire.flush()
        time.sleep(1.5)

    log_host.on("GET", "/log", Answer(200, headers={"Content-Length": "10"}, stream=silent))
    with pytest.raises(requests.ReadTimeout):
        download.fetch(at(log_host), TRUSTED, Limits(idle=0.3))


@pytest.mark.parametrize(
    ("answer", "written"),
    [
        (Answer(404, b"<Error><Code>BlobNotFound</Code></Error>"), False),
        (Answer(404, b"not here"), True),
        (Answer(410, b"gone"), True),
        (Answer(404), True),
    ],
)
def test_what_is_missing_is_told_apart(log_host: FakeHub, answer: Answer, *, written: bool) -> None:
    log_host.on("GET", "/log", answer)
    with pytest.raises(MissingError) as caught:
        download.fetch(at(log_host), TRUSTED)
    assert caught.value.written is written


@pytest.mark.parametrize("answer", [Answer(403, b"expired"), Answer(500), Answer(503), Answer(0)])
def test_a_host_that_fails_is_asked_once(log_host: FakeHub, answer: Answer) -> None:
    log_host.on("GET", "/log", answer)
    with pytest.raises(requests.RequestException):
        download.fetch(at(log_host), TRUSTED)
    assert len(log_host.seen) == 1
