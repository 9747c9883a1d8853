"""GET /whyred.schema.json: what a configuration may say, for the editor of whoever writes one."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response

from bot.config_file import SCHEMA

HEADERS: Final = {
    # Editors in a browser ask from an address of their own.
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "max-age=3600",
    "X-Content-Type-Options": "nosniff",
}


def blueprint() -> Blueprint:
    """The one route."""
    pages = Blueprint("schema", __name__)
    text = SCHEMA.read_bytes()

    @pages.get(f"/{SCHEMA.name}")
    def schema() -> Response:
        return Response(text, headers=HEADERS, mimetype="application/json")

    return pages
