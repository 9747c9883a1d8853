"""What the environment tells every process, read once, checked, and refused with the reason when it is wrong."""

from __future__ import annotations

import base64
import binascii
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final, TypeVar, cast
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from platformdirs import user_data_path

from bot.enterprise import api_url as api_of
from bot.enterprise import private_hosts
from bot.errors import UserError
from bot.private_key import parsed

LEAST_SECRET: Final = 24
"""Bytes of a webhook secret: whoever guesses it can make the App speak."""

MOST_SECRETS: Final = 2
"""The one in use and, while it is being rotated, the one before it."""

_CHAT_URL: Final = re.compile(r"(?P<name>[a-z0-9][a-z0-9_-]{0,31})=(?P<url>[A-Za-z0-9]+://\S+)")
_NEXT_CHAT_URL: Final = re.compile(r",(?=\s*[a-z0-9][a-z0-9_-]*=[A-Za-z0-9]+://)")

_TOKEN: Final = re.compile(rf"[A-Za-z0-9._~+/=-]{{{LEAST_SECRET},}}")
"""What may stand behind `Bearer` in a header."""

Told = TypeVar("Told")

LEVELS: Final = frozenset({"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"})


@dataclass(frozen=True, slots=True)
class Settings:
    """One installation of whyred. What must not be shown is not in its repr."""

    app_id: int
    private_key: str = field(repr=False)
    webhook_secrets: tuple[bytes, ...] = field(repr=False)
    redis_url: str = field(repr=False)
    data_dir: Path
    github_api_url: str = "https://api.github.com"
    github_url: str = "https://github.com"
    log_hosts: tuple[str, ...] = ()
    allowed_owners: tuple[str, ...] = ()
    database_url: str | None = field(default=None, repr=False)
    """None: SQLite in the data folder."""
    host: str = "127.0.0.1"
    port: int = 3000
    log_level: str = "INFO"
    retention_days: int = 400
    """After which the history of a run is deleted."""
    site_url: str | None = None
    """Where people reach the web pages; None: comments do not lead there."""
    metrics_token: str | None = field(default=None, repr=False)
    """What whoever asks for the metrics must show; None: nobody but this machine may ask."""
    config_defaults: Path | None = None
    """A file of wishes that hold where neither a repository nor its organisation tells others."""
    chat_urls: Mapping[str, str] = field(default_factory=dict, repr=False)
    """By name, the addresses that configurations may name for chat. Each is a secret."""

    def serves(self, owner: str) -> bool:
        """Whether this account may use the App."""
        return not self.allowed_owners or owner.lower() in self.allowed_owners

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ, *checks: Callable[[Settings], None]) -> Settings:
        """Read all of them. Raises UserError, naming each variable that is missing or wrong.

        `checks` raise it as well, for what a variable names; one that is wrong itself is None to them.
        """
        asked = _Asked(environ)
        enterprise = asked(_enterprise)
        api_url = api_of(f"https://{enterprise}" if enterprise else "")
        told = cls(
            app_id=asked(lambda environ: _whole(environ, "APP_ID", None, 1, 2**63 - 1)),
            private_key=asked(_private_key),
            webhook_secrets=asked(_secrets),
            redis_url=asked(redis_url),
            data_dir=asked(data_dir),
            github_api_url=asked(lambda environ: _url(environ, "GITHUB_API_URL", api_url)),
            github_url=asked(lambda environ: _url(environ, "GITHUB_URL", f"https://{enterprise or 'github.com'}")),
            log_hosts=asked(_hosts),
            allowed_owners=asked(lambda environ: _names(environ, "ALLOWED_OWNERS")),
            database_url=asked(database_url),
            retention_days=asked(retention_days),
            host=asked(host),
            port=asked(port),
            log_level=asked(log_level),
            site_url=asked(lambda environ: _url(environ, "SITE_URL", "")) or None,
            metrics_token=asked(_metrics_token),
            config_defaults=asked(_config_defaults),
            chat_urls=asked(_chat_urls),
        )
        for check in checks:
            asked(partial(_checked, told, check))
        asked.check()
        return told


class _Asked:
    """Asks for one setting after the other, and keeps what is wrong with them until all have been asked for."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._wrong: list[str] = []

    def __call__(self, read: Callable[[Mapping[str, str]], Told]) -> Told:
        try:
            return read(self._environ)
        except UserError as error:
            self._wrong.append(str(error))
            # Seen by nobody but the checks: `check` comes before any use.
            return cast(Told, None)

    def check(self) -> None:
        """Raises UserError with all that is wrong, a line each."""
        if len(self._wrong) > 1:
            lines = "".join(f"\n  {reason}" for reason in self._wrong)
            raise UserError(f"{len(self._wrong)} settings are missing or wrong:{lines}")
        if self._wrong:
            raise UserError(self._wrong[0])


def _checked(told: Settings, check: Callable[[Settings], None], _: Mapping[str, str]) -> None:
    check(told)


def redis_url(environ: Mapping[str, str]) -> str:
    """Where the queue is."""
    url = _text(environ, "REDIS_URL")
    if not url:
        raise UserError(
            "REDIS_URL is not set: start everything together with `whyred serve`, which brings its own server"
        )
    if not url.startswith(("redis://", "rediss://", "unix://")):
        raise UserError("REDIS_URL must begin with redis://, rediss:// or unix://")
    return url


def data_dir(environ: Mapping[str, str]) -> Path:
    """The folder for what must outlive a restart."""
    told = _text(environ, "DATA_DIR")
    return Path(told).expanduser().absolute() if told else user_data_path("whyred")


def database_url(environ: Mapping[str, str]) -> str | None:
    """Where the history is; None: SQLite in the data folder."""
    told = _text(environ, "DATABASE_URL")
    if not told:
        return None
    # Slow to import, and most installations do without.
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(told)
        if url.drivername in ("postgres", "postgresql"):
            url = url.set(drivername="postgresql+psycopg")
        url.get_dialect().import_dbapi()
    except ArgumentError:
        raise UserError(
            "DATABASE_URL must be a URL such as postgresql://user@host/name or sqlite:////var/lib/whyred.sqlite3"
        ) from None
    except ImportError as error:
        raise UserError(
            f"DATABASE_URL needs the module {error.name}; for PostgreSQL: pip install 'psycopg[binary]'"
        ) from None
    return url.render_as_string(hide_password=False)


def retention_days(environ: Mapping[str, str]) -> int:
    """Days for which the history of a run is kept."""
    return _whole(environ, "RETENTION_DAYS", 400, 1, 36_500)


def host(environ: Mapping[str, str]) -> str:
    """The address to listen on."""
    return _text(environ, "HOST") or "127.0.0.1"


def port(environ: Mapping[str, str]) -> int:
    """The port to listen on."""
    return _whole(environ, "PORT", 3000, 0, 65535)


def log_level(environ: Mapping[str, str]) -> str:
    """How much is logged, as the logging module spells it."""
    level = (_text(environ, "LOG_LEVEL") or "INFO").upper()
    level = {"WARN": "WARNING", "FATAL": "CRITICAL", "TRACE": "DEBUG"}.get(level, level)
    if level not in LEVELS:
        raise UserError(f"LOG_LEVEL must be one of {', '.join(sorted(LEVELS)).lower()}")
    return level


def _text(environ: Mapping[str, str], name: str) -> str:
    return environ.get(name, "").strip()


def _names(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part.strip().lower() for part in _text(environ, name).split(",") if part.strip())


def _whole(environ: Mapping[str, str], name: str, default: int | None, least: int, most: int) -> int:
    told = _text(environ, name)
    if not told and default is not None:
        return default
    if not told:
        raise UserError(f"{name} is not set")
    # isdecimal alone would let other scripts' digits pass.
    if not (told.isascii() and told.isdecimal() and len(told) < 20 and least <= int(told) <= most):
        raise UserError(f"{name} must be a whole number from {least} to {most}")
    return int(told)


def _enterprise(environ: Mapping[str, str]) -> str:
    name = _text(environ, "GHE_HOST")
    if "/" in name:
        raise UserError("GHE_HOST is a host name without https:// and without a path")
    return name


def _private_key(environ: Mapping[str, str]) -> str:
    """The App's key as PEM: told whole, with `\\n` for line ends or in base64, or as the path of its file."""
    name = "PRIVATE_KEY"
    told = _text(environ, name)
    if not told:
        name = "PRIVATE_KEY_PATH"
        told = _file(environ, name)
    pem = told.replace("\\n", "\n").replace("\r\n", "\n").strip()
    if not pem.startswith("-----BEGIN"):
        try:
            pem = base64.b64decode(pem, validate=True).decode("ascii").strip()
        except (binascii.Error, ValueError):
            raise UserError(
                f"{name} holds no private key: it must begin with -----BEGIN (or be that, in base64)"
            ) from None
    pem += "\n"
    try:
        key = parsed(pem)
    except (ValueError, TypeError):
        # Without the cause: its text may quote the key.
        raise UserError(f"{name} holds no readable private key (PEM, not encrypted)") from None
    if not isinstance(key, RSAPrivateKey):
        raise UserError(f"{name} is no RSA key, and GitHub signs Apps in with RSA only")
    return pem


def _file(environ: Mapping[str, str], name: str) -> str:
    path = _text(environ, name)
    if not path:
        raise UserError("neither PRIVATE_KEY nor PRIVATE_KEY_PATH is set")
    try:
        return Path(path).expanduser().read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise UserError(f"PRIVATE_KEY_PATH can not be read: {reason}") from error


def _secrets(environ: Mapping[str, str]) -> tuple[bytes, ...]:
    secrets = tuple(part.strip().encode() for part in _text(environ, "WEBHOOK_SECRET").split(",") if part.strip())
    if not secrets:
        raise UserError("WEBHOOK_SECRET is not set")
    if len(secrets) > MOST_SECRETS:
        raise UserError("WEBHOOK_SECRET holds more than two secrets (they are separated by commas)")
    if min(map(len, secrets)) < LEAST_SECRET:
        raise UserError(f"WEBHOOK_SECRET is shorter than {LEAST_SECRET} bytes")
    return secrets


def _url(environ: Mapping[str, str], name: str, default: str) -> str:
    """Without a slash at its end; empty when it is not told and has no default."""
    url = (_text(environ, name) or default).rstrip("/")
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        valid = parts.scheme in {"http", "https"} and parts.hostname and not parts.query and not parts.username
    except ValueError:
        valid = False
    if not valid:
        raise UserError(f"{name} must be a URL such as {default or 'https://whyred.example'}")
    return url


def _hosts(environ: Mapping[str, str]) -> tuple[str, ...]:
    hosts = _names(environ, "LOG_HOSTS")
    if any("/" in host for host in hosts):
        raise UserError("LOG_HOSTS are host names, separated by commas, without https:// and without a path")
    return (*hosts, *private_hosts(_text(environ, "GHE_HOST")))


def _metrics_token(environ: Mapping[str, str]) -> str | None:
    told = _text(environ, "METRICS_TOKEN")
    if told and not _TOKEN.fullmatch(told):
        raise UserError(f"METRICS_TOKEN must be at least {LEAST_SECRET} letters, digits or any of - . _ ~ + / =")
    return told or None


def _config_defaults(environ: Mapping[str, str]) -> Path | None:
    told = _text(environ, "CONFIG_DEFAULTS")
    return Path(told).expanduser().absolute() if told else None


def _chat_urls(environ: Mapping[str, str]) -> dict[str, str]:
    """`name=scheme://...`, separated by commas, which an address may hold as well."""
    found: dict[str, str] = {}
    for part in _NEXT_CHAT_URL.split(_text(environ, "CHAT_URLS")) if _text(environ, "CHAT_URLS") else ():
        told = _CHAT_URL.fullmatch(part.strip())
        if told is None or told["name"] in found:
            # Without the part: it may hold a secret.
            raise UserError(
                "CHAT_URLS must be names with an address each, every name once, such as"
                " ops=slack://TOKEN_A/TOKEN_B/TOKEN_C,team=discord://ID/TOKEN"
            )
        found[told["name"]] = told["url"]
    return found
