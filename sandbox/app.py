"""The local GitHub as one WSGI application: the API under /api/v3, pages at the root, the control plane beside them."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException
from werkzeug.wsgi import get_path_info

from sandbox import pages
from sandbox.control import Control, blueprint
from sandbox.faults import Faults
from sandbox.middleware import API, GRAPHQL, Recorder, install
from sandbox.problems import ApiError
from sandbox.referee_log import Violations
from sandbox.routes import actions, apps, checks, contents, graphql, issues, people, pulls, reviews
from sandbox.state.world import World

ANSWERED_BY_FAULT = frozenset({"status", "redirect", "drop", "drop-502"})


def create(world: World, faults: Faults, recorder: Recorder, *, refereed: bool) -> Flask:
    """The application over a world."""
    app = Flask("sandbox", static_folder=None)
    app.config["WORLD"] = world
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it, its interface does not
    violations = Violations()
    if refereed:
        watch(app, violations)
    install(app, faults, recorder, host="api")
    app.after_request(add_headers)
    app.register_error_handler(ApiError, refuse)
    app.register_error_handler(HTTPException, refuse_unknown)
    for family in (apps, actions, checks, contents, issues, people, pulls, reviews):
        app.register_blueprint(family.routes, url_prefix=API + (family.routes.url_prefix or ""))
    app.register_blueprint(graphql.routes, url_prefix=GRAPHQL.removesuffix("/graphql"))
    app.register_blueprint(pages.routes)
    app.register_blueprint(blueprint(Control(world, faults, recorder, violations, refereed=refereed)))
    app.wsgi_app = ByNumber(app.wsgi_app, world)  # type: ignore[method-assign]  # Flask's own way to wrap it
    return app


class ByNumber:
    """`/repositories/ID/...` is `/repos/OWNER/NAME/...`, for every operation."""

    def __init__(self, inner: Any, world: World) -> None:
        self.inner = inner
        self.world = world

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Rewrite the path if it names a repository by its id."""
        prefix, _, rest = get_path_info(environ).partition("/repositories/")
        number, slash, below = rest.partition("/")
        known = self.world.repositories.get(int(number)) if prefix == API and number.isdigit() else None
        if known:
            environ["PATH_INFO"] = f"{API}/repos/{known.full_name}{slash}{below}"
        return self.inner(environ, start_response)


def add_headers(response: Response) -> Response:
    """What GitHub tells with every answer of the API."""
    if request.path.startswith(API):
        response.headers.setdefault("X-GitHub-Media-Type", "github.v3; format=json")
        for name, value in (("Limit", 5000), ("Remaining", 4999), ("Used", 1), ("Reset", 4102444800)):
            response.headers.setdefault(f"X-RateLimit-{name}", str(value))
        response.headers.setdefault("X-RateLimit-Resource", "core")
    return response


def refuse(error: ApiError) -> tuple[Response, int]:
    """A refusal in GitHub's shape."""
    return jsonify(error.body()), error.status


def refuse_unknown(error: HTTPException) -> tuple[Response, int] | HTTPException:
    """An address that the API does not have is answered as GitHub does; pages keep their own."""
    if not request.path.startswith((API, "/_sandbox")):
        return error
    refusal = ApiError(error.code or 500, error.name)
    return jsonify(refusal.body()), refusal.status


def watch(app: Flask, violations: Violations) -> None:
    """Let the referee see every exchange of the API."""
    # Only here: the validator is no dependency of a sandbox without its referee.
    from sandbox.graphql import judge as judge_graphql
    from sandbox.referee import Exchange, referee

    judge = referee()

    @app.after_request
    def check(response: Response) -> Response:
        if request.path == GRAPHQL:
            sent = request.get_json(silent=True, force=True) or {}
            violations.add(judge_graphql(str(sent.get("query", "")), sent.get("variables", {})))
        if not request.path.startswith(f"{API}/"):
            return response
        by_fault = any(fault.kind in ANSWERED_BY_FAULT for fault in g.get("faults", []))
        exchange = Exchange(
            request.method,
            request.path.removeprefix(API),
            list(request.args.items(multi=True)),
            request.get_json(silent=True, force=True) if request.get_data() else None,
            None if by_fault else response.status_code,
            response.get_json(silent=True) if response.is_json else response.get_data(as_text=True) or None,
        )
        violations.add(judge.judge(exchange))
        return response
