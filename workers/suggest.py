"""Suggests the best fix on the pull request, where the repository wishes for that and the diff shows its lines."""

from __future__ import annotations

from bot.case import Case
from bot.deliver import review
from bot.deliver.review import ReviewMark
from bot.github import pulls
from bot.render import suggestions
from workers.office import Office


def publish(office: Office, case: Case) -> str:
    """Suggest it. Returns what was done, in a word or two."""
    pull_request, best = case.pull_request, case.report.best
    if case.going or not case.config.suggest or pull_request is None or best is None or not suggestions.files(case):
        return "silent: nothing to suggest"
    if pull_request.head_sha != case.run.head_sha or not office.client.may("pull_requests"):
        return "silent: there is no place to suggest it"
    text = suggestions.review(case, pulls.diff(office.client, pull_request.number))
    if text is None:
        return "silent: the diff does not show the fix's lines"
    mark = ReviewMark(best.fingerprint, case.run.workflow_id, case.run.head_sha)
    return review.publish(office.client, office.connection, pull_request.number, mark, text)


def settle(office: Office, case: Case) -> None:
    """Hide what was suggested, for the workflow passes."""
    if case.config.suggest and case.pull_request and office.client.may("pull_requests"):
        review.settle(office.client, case.pull_request.number, case.run.workflow_id)
