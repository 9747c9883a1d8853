"""Issues, their comments, labels and assignees."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox import webhooks
from sandbox.auth import grants
from sandbox.http import Answer, bearer, body, empty, grown, listed, needs, world
from sandbox.problems import ApiError, forbidden, invalid, not_found
from sandbox.shapes import issues as shapes
from sandbox.state.conversation import Comment, Issue, Label
from sandbox.state.times import now
from sandbox.state.world import Repository

routes = Blueprint("issues", __name__, url_prefix="/repos/<owner>/<repo>")
LONGEST_BODY = 65_536
LONGEST = {("Issue", "title"): 256, ("Label", "name"): 50, ("Label", "description"): 100}
READ, WRITE = ("issues:read", "pull_requests:read"), ("issues:write", "pull_requests:write")


def find(repository: Repository, number: int) -> Issue:
    """The issue or pull request, if the token may see that kind."""
    record = repository.issues.get(number)
    if record is None:
        raise not_found()
    token = bearer().token
    level = "read" if request.method == "GET" else "write"
    kinds = ("issues", "pull_requests") if record.pull else ("issues",)
    if token and not any(grants(token.permissions, f"{kind}:{level}") for kind in kinds):
        raise forbidden()
    return record


def writer() -> tuple[str, bool]:
    """The login that writes, and whether it is the App."""
    token = bearer().token
    if token is None:
        raise ApiError(401, "Requires authentication")
    return token.login, token.installation is not None


def checked_body(text: object) -> str:
    """A body that GitHub would take."""
    if not isinstance(text, str) or not text.strip():
        raise invalid("IssueComment", "body", "missing_field")
    if len(text) > LONGEST_BODY:
        error = {"resource": "IssueComment", "code": "unprocessable", "field": "data"}
        raise ApiError(422, f"Validation Failed: body is too long (maximum is {LONGEST_BODY} characters)", [error])
    return text


def check_length(resource: str, field: str, text: object) -> None:
    """Refuse what GitHub finds too long."""
    most = LONGEST[resource, field]
    if isinstance(text, str) and len(text) > most:
        error = {"resource": resource, "code": "custom", "field": field}
        error["message"] = f"{field} is too long (maximum is {most} characters)"
        raise ApiError(422, "Validation Failed", [error])


def check_assignees(repository: Repository, logins: list[str]) -> None:
    """Refuse the whole request if somebody cannot be assigned."""
    for login in logins:
        if login not in repository.assignable:
            raise invalid("Issue", "assignees", "invalid", login)


def label_names(repository: Repository, wanted: list[Any]) -> list[str]:
    """The labels' names; GitHub makes those that it does not know."""
    names = [one["name"] if isinstance(one, dict) else str(one) for one in wanted]
    for name in names:
        check_length("Label", "name", name)
        repository.labels.setdefault(name.lower(), Label(world().next_id(), name))
    return [repository.labels[name.lower()].name for name in dict.fromkeys(names)]


@routes.get("/issues")
@needs(*READ)
def list_issues(repository: Repository) -> Answer:
    """Issues and pull requests, newest first, by state, labels, creator and assignee."""
    wanted = request.args
    state, labels = wanted.get("state", "open"), [one for one in wanted.get("labels", "").lower().split(",") if one]
    creator = wanted.get("creator", "").lower()
    found = [
        issue
        for issue in sorted(grown(list(repository.issues.values())), key=lambda one: -one.number)
        if state in ("all", issue.state)
        and set(labels) <= {name.lower() for name in issue.labels}
        and creator in ("", issue.author.lower())
        and wanted.get("assignee") in (None, "*", *issue.assignees)
        and wanted.get("since", "") <= issue.updated_at
    ]
    if wanted.get("direction") == "asc":
        found.reverse()
    return listed(found, lambda one: shapes.issue(world(), repository, one))


@routes.post("/issues")
@needs("issues:write")
def create_issue(repository: Repository) -> Answer:
    """A new issue; none is made if an assignee cannot be one."""
    if not repository.issues_enabled:
        raise ApiError(410, "Issues has been disabled in this repository.")
    wanted = body()
    if not wanted.get("title"):
        raise invalid("Issue", "title", "missing_field")
    check_length("Issue", "title", wanted["title"])
    if wanted.get("body"):
        checked_body(wanted["body"])
    check_assignees(repository, wanted.get("assignees", []))
    login, by_app = writer()
    number = repository.next_number()
    record = Issue(world().next_id(), number, wanted["title"], wanted.get("body"), login, by_app)
    record.labels, record.assignees = label_names(repository, wanted.get("labels", [])), wanted.get("assignees", [])
    repository.issues[number] = record
    return jsonify(shapes.issue(world(), repository, record)), 201


@routes.get("/issues/<int:issue_number>")
@needs(*READ)
def show_issue(repository: Repository, issue_number: int) -> Answer:
    """An issue."""
    return jsonify(shapes.issue(world(), repository, find(repository, issue_number)))


@routes.patch("/issues/<int:issue_number>")
@needs(*WRITE)
def edit_issue(repository: Repository, issue_number: int) -> Answer:
    """Change an issue."""
    record, wanted = find(repository, issue_number), body()
    check_length("Issue", "title", wanted.get("title"))
    if wanted.get("body"):
        checked_body(wanted["body"])
    check_assignees(repository, wanted.get("assignees", []))
    for name in ("title", "body", "assignees"):
        if name in wanted:
            setattr(record, name, wanted[name])
    if "labels" in wanted:
        record.labels = label_names(repository, wanted["labels"])
    if wanted.get("state") in ("open", "closed") and wanted["state"] != record.state:
        record.state = wanted["state"]
        record.closed_at = now() if record.state == "closed" else None
        record.state_reason = "completed" if record.state == "closed" else "reopened"
    if wanted.get("state_reason"):
        record.state_reason = wanted["state_reason"]
    record.updated_at = now()
    return jsonify(shapes.issue(world(), repository, record))


@routes.get("/assignees/<assignee>")
@needs(*READ)
def check_assignee(repository: Repository, assignee: str) -> Answer:
    """204 if the user may be assigned."""
    if assignee not in repository.assignable:
        raise not_found()
    return empty()


@routes.post("/issues/<int:issue_number>/assignees")
@needs(*WRITE)
def add_assignees(repository: Repository, issue_number: int) -> Answer:
    """Assign users; those who cannot be are silently left out."""
    record = find(repository, issue_number)
    allowed = [login for login in body().get("assignees", []) if login in repository.assignable]
    record.assignees = list(dict.fromkeys([*record.assignees, *allowed]))[:10]
    return jsonify(shapes.issue(world(), repository, record)), 201


@routes.get("/labels")
@needs(*READ)
def list_labels(repository: Repository) -> Answer:
    """The repository's labels."""
    return listed(list(repository.labels.values()), lambda one: shapes.label(world(), repository, one))


@routes.get("/labels/<path:name>")
@needs(*READ)
def show_label(repository: Repository, name: str) -> Answer:
    """A label."""
    if name.lower() not in repository.labels:
        raise not_found()
    return jsonify(shapes.label(world(), repository, repository.labels[name.lower()]))


@routes.post("/labels")
@needs(*WRITE)
def create_label(repository: Repository) -> Answer:
    """A new label; 422 if there is one of that name."""
    wanted = body()
    name = str(wanted.get("name", ""))
    if not name or name.lower() in repository.labels:
        raise invalid("Label", "name", "already_exists" if name else "missing_field")
    check_length("Label", "name", name)
    check_length("Label", "description", wanted.get("description"))
    record = Label(world().next_id(), name, wanted.get("color", "ededed"), wanted.get("description"))
    repository.labels[name.lower()] = record
    return jsonify(shapes.label(world(), repository, record)), 201


@routes.route("/issues/<int:issue_number>/labels", methods=["GET", "POST"])
@needs(*WRITE)
def issue_labels(repository: Repository, issue_number: int) -> Answer:
    """An issue's labels, more of them after a POST of `{"labels": [...]}` or of a bare list."""
    record = find(repository, issue_number)
    if request.method == "POST":
        sent = request.get_json(silent=True, force=True)
        wanted = sent.get("labels", []) if isinstance(sent, dict) else sent or []
        record.labels = label_names(repository, [*record.labels, *wanted])
    chosen = [repository.labels[name.lower()] for name in record.labels]
    return jsonify([shapes.label(world(), repository, one) for one in chosen])


@routes.get("/issues/<int:issue_number>/comments")
@needs(*READ)
def list_comments(repository: Repository, issue_number: int) -> Answer:
    """The comments, oldest first."""
    record = find(repository, issue_number)
    since = request.args.get("since", "")
    found = [one for one in grown(record.comments) if since <= one.updated_at]
    return listed(found, lambda one: shapes.comment(world(), repository, record, one))


@routes.post("/issues/<int:issue_number>/comments")
@needs(*WRITE)
def create_comment(repository: Repository, issue_number: int) -> Answer:
    """A new comment."""
    parent = find(repository, issue_number)
    login, by_app = writer()
    record = Comment(world().next_id(), login, checked_body(body().get("body")), by_app)
    parent.comments.append(record)
    parent.updated_at = now()
    webhooks.comment_event(world(), repository, (parent, record), "created")
    return jsonify(shapes.comment(world(), repository, parent, record)), 201


@routes.route("/issues/comments/<int:comment_id>", methods=["GET", "PATCH", "DELETE"])
@needs(*READ)
def one_comment(repository: Repository, comment_id: int) -> Answer:
    """Show, change or delete a comment; the App may change only its own."""
    for parent in repository.issues.values():
        for record in parent.comments:
            if record.id == comment_id:
                return change_comment(repository, find(repository, parent.number), record)
    raise not_found()


def change_comment(repository: Repository, parent: Issue, record: Comment) -> Answer:
    """Do to a comment what the method says."""
    if request.method != "GET":
        login, by_app = writer()
        if by_app and login != record.author:
            raise forbidden()
    if request.method == "DELETE":
        parent.comments.remove(record)
        webhooks.comment_event(world(), repository, (parent, record), "deleted")
        return empty()
    if request.method == "PATCH":
        before, record.body, record.updated_at = record.body, checked_body(body().get("body")), now()
        webhooks.comment_event(world(), repository, (parent, record), "edited", before)
    response: Response = jsonify(shapes.comment(world(), repository, parent, record))
    return response
