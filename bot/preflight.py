"""What must be so before anything starts: a port to listen on, a Redis that answers, wishes that can be used."""

from __future__ import annotations

import errno
import socket
from typing import Final

import redis

from bot import config_file
from bot.deliver import chat
from bot.errors import UserError
from bot.settings import Settings

PATIENCE: Final = 3.0
"""Seconds that a Redis gets to answer."""


def free_port(host: str, port: int) -> int:
    """The port, or one that the system chooses for 0. Raises UserError when the web server could not listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as tried:
        # As gunicorn does, for which connections that are just ending do not count.
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except socket.gaierror as error:
            raise UserError(f"HOST is no address of this machine: {host}") from error
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise UserError(
                    f"port {port} of {host} is taken: end what listens there, or set another PORT"
                ) from error
            raise UserError(f"can not listen on port {port} of {host}: {error.strerror} (see HOST and PORT)") from error
        return int(tried.getsockname()[1])


def check_defaults(settings: Settings) -> None:
    """Raises UserError when the wishes that are to hold for every repository can not be used."""
    config_file.defaults(settings.config_defaults)


def check_chat(settings: Settings) -> None:
    """Raises UserError when an address for chat can not be used."""
    if settings.chat_urls:
        chat.check(settings.chat_urls)


WISHES: Final = (check_defaults, check_chat)
"""What is read from the environment at the start and nowhere else, for it takes longer."""


def check_redis(url: str) -> None:
    """Raises UserError when nothing answers at REDIS_URL. The reason never holds the password."""
    try:
        with redis.Redis.from_url(
            url, retry=None, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
        ) as connection:
            connection.ping()
    except ValueError as error:
        raise UserError("REDIS_URL is no URL of a Redis, such as redis://127.0.0.1:6379/0") from error
    except redis.RedisError as error:
        raise UserError(f"the Redis at REDIS_URL does not answer: {str(error).rstrip('.')}") from error
