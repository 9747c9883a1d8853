"""`whyred serve`: the web, worker and clock processes on one machine, with a Redis of their own where none is told."""

from __future__ import annotations

import http
import http.client
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Final

from bot import preflight
from bot.errors import UserError
from bot.private_redis import private_redis, watched_redis
from bot.processes import Ended, Processes
from bot.settings import Settings

__all__ = ["COMMANDS", "Ended", "Processes", "private_redis", "serve", "start_service"]

COMMANDS: Final[dict[str, tuple[str, ...]]] = {
    "clock": (sys.executable, "-m", "workers.clock"),
    "worker-1": (sys.executable, "-m", "workers.worker"),
    "worker-2": (sys.executable, "-m", "workers.worker"),
    "web": (sys.executable, "-m", "gunicorn", "--config", "python:bot.web", "bot.app:wsgi()"),
}
"""In the order of their start. They end in the reverse order: first nothing more is taken in."""

LOOK: Final = 0.2

START_SECONDS: Final = 60.0
"""How long the web server may take until it answers."""


def serve(environ: Mapping[str, str]) -> int:
    """Run until SIGTERM or SIGINT (then 0), or until one process ends by itself (then 1, and all end with it).

    2 when it can not be started as the environment has it; the reasons go to standard error before anything is started.
    """
    try:
        with _asked_to_stop() as asked, ExitStack() as stack:
            groups, told = [], dict(environ)
            private = not told.get("REDIS_URL", "").strip()
            asked_for = {**told, "REDIS_URL": "unix:///"} if private else told
            settings = Settings.from_environment(asked_for, *preflight.WISHES)
            port = preflight.free_port(settings.host, settings.port)
            told["PORT"] = str(port)
            if private:
                told["REDIS_URL"], server = stack.enter_context(watched_redis(settings.data_dir))
                groups.append(server)
            else:
                preflight.check_redis(settings.redis_url)
            service = stack.enter_context(Processes())
            groups.append(service)
            start_service(service, told)
            return _watch(groups, asked, settings.host, port)
    except UserError as error:
        _say(str(error))
        return 2


def start_service(processes: Processes, environ: Mapping[str, str]) -> None:
    """Start the clock, the workers and the web on the Redis that `environ` tells."""
    for name, command in COMMANDS.items():
        processes.start(name, command, environ)


def _watch(groups: list[Processes], asked: list[int], host: str, port: int) -> int:
    """Say when the web server answers, and go on until a process ends or a signal asks for the end."""
    serving, deadline = False, time.monotonic() + START_SECONDS
    while not asked:
        for group in groups:
            ended = group.ended()
            if ended:
                _say(f"{ended}, so everything is stopped")
                return 1
        if not serving and _answers(host, port):
            serving = True
            _say(f"serving http://{_address(host)}:{port}/webhook; Ctrl-C ends it")
        elif not serving and time.monotonic() > deadline:
            _say(f"the web server did not answer within {START_SECONDS:.0f} seconds, so everything is stopped")
            return 1
        time.sleep(LOOK)
    _say("stopping")
    return 0


def _answers(host: str, port: int) -> bool:
    """Whether the web server says that it is alive; where it listens on all addresses, on this machine's own."""
    asked = http.client.HTTPConnection({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port, timeout=1)  # noqa: S104 - compared, not listened on
    try:
        asked.request("GET", "/healthz")
        return asked.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()


def _address(host: str) -> str:
    return f"[{host}]" if ":" in host else host


@contextmanager
def _asked_to_stop() -> Iterator[list[int]]:
    """A list that is empty until a signal asks us to end."""
    asked: list[int] = []
    before = {
        number: signal.signal(number, lambda number, _frame: asked.append(number))
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say(text: str) -> None:
    sys.stderr.write(f"whyred: {text}\n")
    sys.stderr.flush()
