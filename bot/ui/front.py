"""GET / and GET /webhook: what a person is told who opens the address of the web server in a browser."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, jsonify

from bot.render import html
from bot.ui.signatures import HEADERS

POST_ONLY: Final = "GitHub's webhooks go here, by POST; a browser finds the pages at /"


def blueprint() -> Blueprint:
    """The two routes."""
    pages = Blueprint("front", __name__)

    @pages.get("/")
    def front() -> Response:
        return Response(html.front(), headers=HEADERS, mimetype="text/html")

    @pages.get("/webhook")
    def no_page() -> Response:
        response = jsonify({"message": POST_ONLY})
        response.status_code = 405
        response.headers["Allow"] = "POST"
        return response

    return pages
