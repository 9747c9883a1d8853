"""GET /signatures: the failures that are known, to be searched; GET /signatures/AREA/NAME: one of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Final

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from bot.render import html, page
from diagnosis import catalogue
from diagnosis.catalogue import Catalogue

MOST_WORDS: Final = 200
"""Characters of a search that are looked at."""

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "public, max-age=600",
}
_ASSETS: Final = {html.STYLE: "text/css", html.SCRIPT: "text/javascript"}


def blueprint(load: Callable[[], Catalogue] = catalogue.load) -> Blueprint:
    """The pages; none of them tells more than the files of the catalogue do.

    The catalogue is read when the first page is asked for: taking webhooks must not wait for it.
    """
    known = cache(load)
    pages = Blueprint("signatures", __name__)

    @pages.get("/signatures")
    def listed() -> str:
        words, area = (request.args.get(name, "")[:MOST_WORDS] for name in ("q", "area"))
        items = known().signatures
        areas = sorted({item.area for item in items})
        return html.signatures(page.entries(items, words, area), areas, html.LIST, words, area)

    @pages.get("/signatures/")
    def with_a_slash() -> AnyResponse:
        return redirect("../signatures")

    @pages.get("/signatures/<name>")
    def asset(name: str) -> Response:
        if name not in _ASSETS:
            return Response(html.missing(name, html.AREA), 404)
        return Response(html.asset(name), mimetype=_ASSETS[name])

    @pages.get("/signatures/<area>/<name>")
    def one(area: str, name: str) -> str | AnyResponse:
        identifier = f"{area}/{name}"
        found = known().get(identifier)
        if found:
            return html.signature(page.page(found, known()), html.PAGE)
        new = next((item.id for item in known().signatures if identifier in item.was), None)
        return redirect(f"../{new}", 301) if new else Response(html.missing(identifier, html.PAGE), 404)

    @pages.after_request
    def restrict(response: Response) -> Response:
        response.headers.update(HEADERS)
        return response

    return pages
