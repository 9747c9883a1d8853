"""`python -m sandbox --port P --logs-port Q --data DIR`: the local GitHub and its log host, until interrupted."""

from __future__ import annotations

import argparse
import logging
import signal
from pathlib import Path

from sandbox.server import Server


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A local GitHub.")
    parser.add_argument("--port", type=int, required=True, help="of the API and the pages, on 127.0.0.1")
    parser.add_argument("--logs-port", type=int, required=True, help="of the log host, on localhost")
    parser.add_argument("--data", type=Path, required=True, help="folder for the App's private key, app.pem")
    parser.add_argument("--app-id", type=int, default=1)
    parser.add_argument("--app-slug", default="whyred")
    parser.add_argument("--webhook-secret", default="sandbox-webhook-secret-of-32-bytes")
    parser.add_argument("--hook-url", default=None, help="where webhooks go; nowhere if not told")
    parser.add_argument("--referee", action="store_true", help="judge every exchange by GitHub's description")
    told = parser.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = Server(
        told.data,
        port=told.port,
        logs_port=told.logs_port,
        app_id=told.app_id,
        app_slug=told.app_slug,
        webhook_secret=told.webhook_secret,
        hook_url=told.hook_url,
        refereed=told.referee,
    )
    # A shell that starts it in the background has it ignore the signal, and then nothing would end it politely.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    server.serve()


if __name__ == "__main__":
    main()
