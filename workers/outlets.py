"""Where a case is told: each outlet that the repository asks for, one after the other."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from bot.case import Case, Flake, PullRequest, Run
from bot.deliver import comment as sticky
from bot.deliver import issue as tracker
from bot.deliver import passed
from bot.deliver.issue import Draft
from bot.deliver.marker import Age, Green, Place, SectionMark
from bot.github import pulls
from bot.render import comment as comment_text
from bot.render import facts
from bot.render import issue as issue_text
from diagnosis.report import NOTHING
from workers import checks, shadow
from workers.office import Office


def publish(office: Office, case: Case) -> str:
    """Tell what broke. Returns what was done, in a word or two."""
    if case.ignored:
        return "silent: ignored by configuration"
    if case.config.shadow:
        return f"shadow: {shadow.would_tell(case)}"
    told: list[str] = []
    if case.pull_request:
        told.append(_comment(office, case, case.pull_request))
    elif not pulls.belongs(office.client, case.run):
        told.append(_issue(office, case))
    if passed.LATE not in told:
        told.append(checks.publish(office, case))
    return _foremost(told)


def settle(
    office: Office, run: Run, pull_request: PullRequest | None, flakes: Mapping[str, Flake] = MappingProxyType({})
) -> str:
    """Tell that what was red is green again. Returns what was done, in a word or two.

    `flakes` are the failures that this green run proves to come and go.
    """
    if office.config.shadow:
        return "silent: nothing was said that could be settled"
    case = Case(office.client.repository, run, (), NOTHING, pull_request, flakes=flakes)
    told: list[str] = []
    if pull_request:
        told.append(_comment_green(office, case, pull_request))
    if run.head_repository == office.client.repository.name:
        # With a pull request too: the branch may have failed, and got its issue, before somebody opened that.
        told.append(_issue_green(office, case))
    told.append(checks.settle(office, case))
    return _foremost(told)


def _foremost(told: Sequence[str]) -> str:
    """The first that was done, else why the first was not."""
    return next((word for word in told if not word.startswith("silent")), told[0])


def _comment(office: Office, case: Case, pull_request: PullRequest) -> str:
    mark = SectionMark(case.run.workflow_id, _age(case.run), case.run.head_sha, "red")
    return sticky.publish(office.client, office.connection, pull_request.number, mark, comment_text.section(case))


def _comment_green(office: Office, case: Case, pull_request: PullRequest) -> str:
    mark = SectionMark(case.run.workflow_id, _age(case.run), case.run.head_sha, "green")
    number = pull_request.number
    return sticky.settle(office.client, office.connection, number, mark, lambda was: comment_text.fixed(case, was))


def _issue(office: Office, case: Case) -> str:
    run = case.run
    place = Place(_fingerprint(case), run.workflow_id, run.head_branch, _age(run), 1, "red")
    draft = Draft(issue_text.title(case), facts.headline(case), issue_text.body(case), run.author)
    return tracker.publish(office.client, office.connection, place, draft)


def _issue_green(office: Office, case: Case) -> str:
    green = Green(case.run.workflow_id, case.run.head_branch, _age(case.run))
    return tracker.settle(office.client, office.connection, green, issue_text.closing(case))


def _age(run: Run) -> Age:
    return Age(run.id, run.attempt)


def _fingerprint(case: Case) -> str:
    """The best finding's; one a workflow where nothing was found, because no log could be read."""
    if case.report.best:
        return case.report.best.fingerprint
    return hashlib.sha256(f"unexplained {case.run.workflow_id}".encode()).hexdigest()[:16]
