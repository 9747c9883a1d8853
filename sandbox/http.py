"""What every operation shares: finding the repository, checking permissions, reading bodies, paging."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar, cast

from flask import Response, current_app, g, jsonify, request

from sandbox.auth import Caller, allow, caller
from sandbox.problems import ApiError, forbidden, not_found
from sandbox.state.world import World

Answer = Response | tuple[Response, int]
View = Callable[..., Answer]
Item = TypeVar("Item")


class Born(Protocol):
    """Something that a lagging list may still hide."""

    born: float


Young = TypeVar("Young", bound=Born)


def world() -> World:
    """The state of this server."""
    return cast(World, current_app.config["WORLD"])


def bearer() -> Caller:
    """Who is asking."""
    if "bearer" not in g:
        g.bearer = caller(world(), request.headers.get("Authorization"))
    return cast(Caller, g.bearer)


def needs(*permissions: str) -> Callable[[View], View]:
    """An operation on a repository that wants one of the permissions; the view gets the repository first."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def checked(owner: str, repo: str, **arguments: Any) -> Answer:
            with world().lock:
                repository = world().repository(f"{owner}/{repo}")
                if repository is None:
                    raise not_found()
                allow(bearer(), repository, permissions, reading=request.method in ("GET", "HEAD"))
                return view(repository, **arguments)

        return checked

    return decorate


def app_only(view: View) -> View:
    """An operation that only the App's JWT opens."""

    @functools.wraps(view)
    def checked(**arguments: Any) -> Answer:
        with world().lock:
            if not bearer().app:
                if bearer().token:
                    raise forbidden()
                raise ApiError(401, "A JSON web token could not be decoded")
            return view(**arguments)

    return checked


def body() -> dict[str, Any]:
    """The request's JSON object; empty when nothing was sent."""
    content = request.get_json(silent=True, force=True) if request.get_data() else {}
    if not isinstance(content, dict):
        raise ApiError(400, "Problems parsing JSON")
    return content


def grown(items: Sequence[Young]) -> list[Young]:
    """What a lagging list already shows."""
    horizon = time.monotonic() - cast(float, g.get("lag", 0.0))
    return [item for item in items if item.born <= horizon]


def number(name: str, default: int, most: int) -> int:
    """A whole number among the query's parameters."""
    given = request.args.get(name, "")
    return min(max(int(given), 1), most) if given.isdigit() else default


def page(items: Sequence[Item]) -> tuple[list[Item], str]:
    """The part of a list that was asked for, and the Link header that leads to the others."""
    size, current = number("per_page", 30, 100), number("page", 1, 10**6)
    last = max(-(-len(items) // size), 1)
    targets = {"prev": current - 1, "next": current + 1, "last": last, "first": 1}
    shown = ("prev", "first") if current >= last else ("prev", "next", "last", "first")
    links = [
        f'<{address(targets[name])}>; rel="{name}"'
        for name in shown
        if last > 1 and not (current == 1 and name in ("prev", "first"))
    ]
    return list(items[(current - 1) * size : current * size]), ", ".join(links)


def address(number_of_page: int) -> str:
    """The same request for another page."""
    others = [f"{key}={value}" for key, value in request.args.items(multi=True) if key != "page"]
    return f"{world().url}{request.path}?{'&'.join([*others, f'page={number_of_page}'])}"


def listed(items: Sequence[Item], show: Callable[[Item], Any], key: str | None = None) -> Response:
    """A page of a list, shown; inside an object with a total when GitHub does so."""
    part, links = page(items)
    shapes = [show(item) for item in part]
    response = jsonify({"total_count": len(items), key: shapes} if key else shapes)
    if links:
        response.headers["Link"] = links
    return response


def empty(status: int = 204) -> tuple[Response, int]:
    """An answer without a body."""
    response = Response(status=status)
    response.headers.pop("Content-Type", None)
    return response, status
