"""How gunicorn serves the application; read by `gunicorn --config python:bot.web 'bot.app:wsgi()'`."""

from __future__ import annotations

from bot.errors import UserError
from bot.settings import Settings

try:
    _settings = Settings.from_environment()
except UserError as error:
    raise SystemExit(f"whyred: {error}") from None

_host = f"[{_settings.host}]" if ":" in _settings.host else _settings.host
bind = f"{_host}:{_settings.port}"
worker_class = "gthread"
workers = 2
threads = 4
preload_app = True
timeout = 30
graceful_timeout = 10
keepalive = 5
loglevel = "warning"
# Its default lies in the home folder, where two installations would meet.
control_socket_disable = True
