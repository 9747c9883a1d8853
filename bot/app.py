"""The web process: a Flask application that takes webhooks, shows what is known, and says how it is."""

from __future__ import annotations

import redis
from flask import Flask

from bot import log, webhook
from bot.handlers import Desk
from bot.settings import Settings
from bot.ui import front, health, metrics, schema, signatures
from workers.queue import receiver_connection


def create_app(settings: Settings, connection: redis.Redis) -> Flask:
    """The application on this queue. The connection should give up soon: see `receiver_connection`."""
    app = Flask(__name__, static_folder=None)
    # A body without a length is cut here in silence; one byte more shows the webhook that it was longer.
    app.config["MAX_CONTENT_LENGTH"] = webhook.MOST_BYTES + 1
    desk = Desk(connection, settings.serves, settings.app_id)
    app.register_blueprint(webhook.blueprint(settings.webhook_secrets, desk))
    app.register_blueprint(front.blueprint())
    app.register_blueprint(health.blueprint(connection))
    app.register_blueprint(metrics.blueprint(connection, settings.metrics_token))
    app.register_blueprint(signatures.blueprint())
    app.register_blueprint(schema.blueprint())
    return app


def wsgi() -> Flask:
    """What gunicorn serves: `bot.app:wsgi()`. Raises UserError when the environment is wrong."""
    settings = Settings.from_environment()
    log.configure(settings.log_level)
    return create_app(settings, receiver_connection(settings.redis_url))
