"""Tells a case in an issue: where it was seen, whose it is, under which labels; and that it is repaired."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from bot.case import Case, Run
from bot.deliver import issue as tracker
from bot.deliver import issue_green, labels
from bot.deliver.effect import Done
from bot.deliver.issue import Draft
from bot.deliver.marker import Green, Place
from bot.github.issues import Issue
from bot.render import facts
from bot.render import issue as text
from bot.store.values import Post
from workers import history
from workers.office import Office

BY_AUTHOR: Final = frozenset({"push", "merge_group"})
"""Events that the commit's author set off. Whoever merely committed last is not told that a schedule failed."""

BY_ACTOR: Final = frozenset({"workflow_dispatch", "repository_dispatch", "release"})
"""Events that somebody set off by hand."""

MOST_PATHS: Final = 5


def publish(office: Office, case: Case) -> Done[Issue]:
    """Open the issue of this failure, or count it there."""
    run = case.run
    seen = Place(facts.fingerprint(case), run.workflow_id, run.line, (run.age,), _day(run), pull=_number(case))
    done = tracker.publish(office.client, office.connection, seen, _draft(case))
    if issue := done.thing:
        post = Post(case.repository, run, "issue", done.says, issue.number, issue.html_url, seen.fingerprint)
        history.posted(office, post)
    return done


def settle(office: Office, case: Case) -> str:
    """Tell the issues that this workflow passed. Returns what was done, in a word or two."""
    run = case.run
    # With a pull request too: the branch may have failed, and got its issue, before somebody opened that.
    branch = run.line if run.head_repository == case.repository.name else None
    green = Green(run.workflow_id, branch, run.age, _day(run), _number(case))
    return issue_green.settle(office.client, office.connection, green, text.closing(case))


def _draft(case: Case) -> Draft:
    route = case.config.route(_category(case))
    return Draft(
        title=text.title(case),
        headline=facts.headline(case),
        text=text.body(case),
        author=_author(case),
        assignees=route.assignees,
        paths=_paths(case),
        labels=_labels(case),
    )


def _author(case: Case) -> str | None:
    """Whose failure it is; nobody's where somebody's commit was only the last one, as with a schedule."""
    if case.pull_request:
        return case.pull_request.author or None
    if case.run.event in BY_ACTOR:
        return case.run.actor or None
    return case.run.author if case.run.event in BY_AUTHOR else None


def _paths(case: Case) -> tuple[str, ...]:
    """The files whose owners are asked where the author can not be: those that the failure names, else the workflow's.

    A person's pull request is that person's; only for a bot's there is somebody else to be found.
    """
    if case.pull_request and not case.pull_request.author.endswith("[bot]"):
        return ()
    best = case.report.best
    places = (place.path for place in best.places if not place.path.startswith("/")) if best else ()
    return tuple(dict.fromkeys(places))[:MOST_PATHS] or (case.run.workflow_path,)


def _labels(case: Case) -> tuple[str, ...]:
    """The category's, then what the repository wants, then how it stands with the failure."""
    best, category = case.report.best, _category(case)
    of_category = [labels.of_category(category)] if category else []
    flaky = [labels.FLAKY] if best and best.fingerprint in case.flakes else []
    red = case.pull_request is None and case.run.line == case.repository.default_branch
    return (*of_category, *case.config.route(category).labels, *flaky, *([labels.PRIORITY] if red else []))


def _category(case: Case) -> str:
    """The best finding's; none for a guess."""
    best = case.report.best
    return best.category if best and case.report.outcome == "diagnosed" else ""


def _number(case: Case) -> int | None:
    return case.pull_request.number if case.pull_request else None


def _day(run: Run) -> str:
    return run.updated_at[:10] or datetime.now(UTC).date().isoformat()
