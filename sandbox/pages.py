"""The pages that people look at, at the addresses that the API gives as `html_url`; nothing comes from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from sandbox import markdown
from sandbox.git import changes
from sandbox.http import world
from sandbox.state.actions import Run
from sandbox.state.conversation import Issue
from sandbox.state.world import Repository

routes = Blueprint("pages", __name__)
STYLE = Path(__file__).parent / "static" / "style.css"
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"
COLOURS = ("#0969da", "#1a7f37", "#8250df", "#bf3989", "#bc4c00", "#9a6700", "#cf222e", "#1b7c83")
Page = str | AnyResponse


@routes.after_request
def restrict(response: Response) -> Response:
    """No script, and nothing from elsewhere: what a comment holds can only be looked at."""
    response.headers["Content-Security-Policy"] = POLICY
    return response


def shown(template: str, **told: Any) -> str:
    """A page, made while nobody else changes what it shows."""
    return render_template(template, world=world(), when=when, **told)


def find(owner: str, name: str) -> Repository:
    """The repository, or 404."""
    return world().repository(f"{owner}/{name}") or abort(404)


def when(moment: str | None) -> str:
    """A moment as it is read: `2024-05-01 12:30`."""
    return (moment or "").replace("T", " ")[:16]


def rendered(home: Repository) -> Callable[[str | None], Markup]:
    """Turns the repository's Markdown into HTML, with its references linked."""

    def resolve(word: str) -> str | None:
        if word[0] == "@":
            return f"/{word[1:]}" if word[1:] in world().users else None
        if word[0] == "#":
            issue = home.issues.get(int(word[1:]))
            return address(home, issue) if issue else None
        commit = home.commit(word)
        return f"/{home.full_name}/commit/{commit.sha}" if commit else None

    return lambda text: markdown.render(text, resolve)


def address(home: Repository, issue: Issue) -> str:
    """Where an issue or a pull request is shown."""
    return f"/{home.full_name}/{'pull' if issue.pull else 'issues'}/{issue.number}"


@routes.get("/")
def index() -> Page:
    """All repositories with their pull requests and issues."""
    with world().lock:
        return shown("index.html", repositories=list(world().repositories.values()), address=address)


@routes.get("/assets/style.css")
def style() -> Page:
    """How it looks."""
    return Response(STYLE.read_text(), content_type="text/css; charset=utf-8")


@routes.get("/avatars/u/<int:number>")
def avatar(number: int) -> Page:
    """A letter on a colour."""
    login = next((one.login for one in world().users.values() if one.id == number), "?")
    picture = render_template("avatar.svg", letter=login[0].upper(), colour=COLOURS[number % len(COLOURS)])
    return Response(picture, content_type="image/svg+xml")


@routes.get("/apps/<slug>", defaults={"bot": "[bot]"})
@routes.get("/<slug>", defaults={"bot": ""})
def profile(slug: str, bot: str) -> Page:
    """What somebody opened, said or has to do."""
    login = slug + bot
    if login not in world().users:
        abort(404)
    with world().lock:
        theirs = [
            (home, issue)
            for home in world().repositories.values()
            for issue in home.issues.values()
            if login in (issue.author, *issue.assignees, *(comment.author for comment in issue.comments))
        ]
        owned = [home for home in world().repositories.values() if home.owner == login]
        return shown("profile.html", user=world().users[login], theirs=theirs, owned=owned, address=address)


@routes.get("/<owner>/<name>", defaults={"ref": ""})
@routes.get("/<owner>/<name>/tree/<path:ref>")
def code(owner: str, name: str, ref: str) -> Page:
    """The files of a branch or a commit."""
    home = find(owner, name)
    with world().lock:
        commit = home.commit(ref or home.default_branch)
        readme = commit.files.get("README.md", b"").decode(errors="replace") if commit else ""
        told = {"commit": commit, "readme": rendered(home)(readme), "ref": ref or home.default_branch}
        return shown("code.html", home=home, tab="code", **told)


def file_at(home: Repository, place: str) -> tuple[str, str, bytes]:
    """The ref, the path and the content that `REF/PATH` names, where both may have slashes; or 404."""
    parts = place.split("/")
    for cut in range(1, len(parts)):
        ref, path = "/".join(parts[:cut]), "/".join(parts[cut:])
        found = home.commit(ref)
        if found and path in found.files:
            return ref, path, found.files[path]
    return abort(404)


@routes.get("/<owner>/<name>/blob/<path:place>")
def blob(owner: str, name: str, place: str) -> Page:
    """A file with numbered lines."""
    home = find(owner, name)
    ref, path, content = file_at(home, place)
    lines = content.decode(errors="replace").splitlines()
    return shown("blob.html", home=home, tab="code", ref=ref, path=path, lines=lines)


@routes.get("/<owner>/<name>/raw/<path:place>")
def raw(owner: str, name: str, place: str) -> Page:
    """A file as it is."""
    _, _, content = file_at(find(owner, name), place)
    return Response(content, content_type="text/plain; charset=utf-8", headers={"X-Content-Type-Options": "nosniff"})


@routes.get("/<owner>/<name>/commit/<sha>")
def commit(owner: str, name: str, sha: str) -> Page:
    """What a commit changed."""
    home = find(owner, name)
    found = home.commit(sha) or abort(404)
    before = home.commits[found.parents[0]].files if found.parents else {}
    return shown("commit.html", home=home, tab="code", commit=found, files=changes(before, found.files))


@routes.get("/<owner>/<name>/<any(issues, pulls):tab>")
def listing(owner: str, name: str, tab: str) -> Page:
    """Issues or pull requests, open ones first unless asked for the closed."""
    home, state = find(owner, name), request.args.get("state", "open")
    with world().lock:
        kind = [one for one in home.issues.values() if (one.pull is not None) == (tab == "pulls")]
        counts = {each: sum(one.state == each for one in kind) for each in ("open", "closed")}
        chosen = sorted((one for one in kind if one.state == state), key=lambda one: -one.number)
        return shown("list.html", home=home, tab=tab, state=state, counts=counts, issues=chosen, address=address)


@routes.get("/<owner>/<name>/<any(issues, pull):kind>/<int:number>")
def conversation(owner: str, name: str, kind: str, number: int) -> Page:
    """An issue or a pull request with all that was said."""
    home = find(owner, name)
    with world().lock:
        issue = home.issues.get(number) or abort(404)
        if kind != ("pull" if issue.pull else "issues"):
            return redirect(address(home, issue))
        runs = [run for run in home.runs.values() if issue.pull and run.head_sha == issue.pull.head_sha]
        own = {one.name: one for one in home.check_runs.values() if issue.pull and one.head_sha == issue.pull.head_sha}
        tab = "pulls" if issue.pull else "issues"
        told = {
            "issue": issue,
            "runs": runs,
            "checks": list(own.values()),
            "rendered": rendered(home),
            "head": head_label(issue),
        }
        return shown("conversation.html", home=home, tab=tab, part="conversation", **told)


@routes.get("/<owner>/<name>/comment/<int:number>")
def comment(owner: str, name: str, number: int) -> Page:
    """One comment with nothing around it, for a picture."""
    home = find(owner, name)
    with world().lock:
        said = [(issue, one) for issue in home.issues.values() for one in issue.comments if one.id == number]
        issue, found = said[0] if said else abort(404)
        return shown("comment.html", home=home, issue=issue, comment=found, rendered=rendered(home))


@routes.get("/<owner>/<name>/pull/<int:number>/files")
def files(owner: str, name: str, number: int) -> Page:
    """What a pull request changes."""
    home = find(owner, name)
    issue = home.issues.get(number)
    if issue is None or issue.pull is None:
        abort(404)
    with world().lock:
        before, after = home.commits[issue.pull.base_sha], home.commits[issue.pull.head_sha]
        told = {"issue": issue, "files": changes(before.files, after.files), "head": head_label(issue)}
        return shown("files.html", home=home, tab="pulls", part="files", **told)


def head_label(issue: Issue) -> str:
    """`OWNER:BRANCH` of a fork's pull request, the branch alone of one's own."""
    if issue.pull is None:
        return ""
    head = world().repositories.get(issue.pull.head_repository or 0)
    return f"{head.owner}:{issue.pull.head}" if head and head.parent else issue.pull.head


@routes.get("/<owner>/<name>/actions")
def actions(owner: str, name: str) -> Page:
    """The workflow runs, newest first."""
    home = find(owner, name)
    with world().lock:
        return shown("actions.html", home=home, tab="actions", runs=list(reversed(home.runs.values())))


@routes.get("/<owner>/<name>/actions/runs/<int:number>", defaults={"attempt": 0})
@routes.get("/<owner>/<name>/actions/runs/<int:number>/attempts/<int:attempt>")
def run(owner: str, name: str, number: int, attempt: int) -> Page:
    """A run with the jobs of an attempt."""
    home = find(owner, name)
    record = find_run(home, number)
    shown_attempt = next((one for one in record.attempts if one.number == attempt), None) if attempt else record.latest
    return shown("run.html", home=home, tab="actions", run=record, attempt=shown_attempt or abort(404))


@routes.get("/<owner>/<name>/actions/runs/<int:number>/job/<int:job>")
def job(owner: str, name: str, number: int, job: int) -> Page:
    """A job with its steps and its log."""
    home = find(owner, name)
    record = find_run(home, number)
    found = next((one for each in record.attempts for one in each.jobs if one.id == job), None) or abort(404)
    lines = found.log.decode(errors="replace").removesuffix("\n").split("\n") if found.log_state == "available" else []
    anchors = {line: f"step:{step.number}:{at}" for step in found.steps for at, line in enumerate(step.lines, 1)}
    return shown("job.html", home=home, tab="actions", run=record, job=found, lines=lines, anchors=anchors)


@routes.get("/<owner>/<name>/runs/<int:number>")
def check(owner: str, name: str, number: int) -> Page:
    """A check run of the App."""
    home = find(owner, name)
    record = home.check_runs.get(number) or abort(404)
    return shown("check.html", home=home, tab="actions", check=record, rendered=rendered(home))


def find_run(home: Repository, number: int) -> Run:
    """The run, or 404."""
    return home.runs.get(number) or abort(404)
