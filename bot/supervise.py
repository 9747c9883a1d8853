"""`whyred serve`: the web, worker and clock processes on one machine, with a Redis of their own where none is told."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Final

from bot.errors import UserError
from bot.private_redis import private_redis, watched_redis
from bot.processes import Ended, Processes
from bot.settings import Settings, data_dir

__all__ = ["COMMANDS", "Ended", "Processes", "private_redis", "serve", "start_service"]

COMMANDS: Final[dict[str, tuple[str, ...]]] = {
    "clock": (sys.executable, "-m", "workers.clock"),
    "worker-1": (sys.executable, "-m", "workers.worker"),
    "worker-2": (sys.executable, "-m", "workers.worker"),
    "web": (sys.executable, "-m", "gunicorn", "--config", "python:bot.web", "bot.app:wsgi()"),
}
"""In the order of their start. They end in the reverse order: first nothing more is taken in."""

LOOK: Final = 0.2


def serve(environ: Mapping[str, str]) -> int:
    """Run until SIGTERM or SIGINT (then 0), or until one process ends by itself (then 1, and all end with it).

    2 when the environment is wrong; the reason goes to standard error.
    """
    try:
        with _asked_to_stop() as asked, ExitStack() as stack:
            groups, told = [], dict(environ)
            if not told.get("REDIS_URL", "").strip():
                # Before anything is started, so that what is wrong is said at once.
                Settings.from_environment({**told, "REDIS_URL": "unix:///"})
                told["REDIS_URL"], server = stack.enter_context(watched_redis(data_dir(told)))
                groups.append(server)
            settings = Settings.from_environment(told)
            service = stack.enter_context(Processes())
            groups.append(service)
            start_service(service, told)
            _say(f"serving http://{settings.host}:{settings.port}/webhook; Ctrl-C ends it")
            return _watch(groups, asked)
    except UserError as error:
        _say(str(error))
        return 2


def start_service(processes: Processes, environ: Mapping[str, str]) -> None:
    """Start the clock, the workers and the web on the Redis that `environ` tells."""
    for name, command in COMMANDS.items():
        processes.start(name, command, environ)


def _watch(groups: list[Processes], asked: list[int]) -> int:
    while not asked:
        for group in groups:
            ended = group.ended()
            if ended:
                _say(f"{ended}, so everything is stopped")
                return 1
        time.sleep(LOOK)
    _say("stopping")
    return 0


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
