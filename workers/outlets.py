"""Where a case is told: each outlet that the repository asks for, one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Final

from bot.case import Case, Flake, IssueLink, PullRequest, Run
from bot.deliver import comment, effect, passed
from bot.deliver.sticky import Mark, State, Told
from bot.github import pulls
from bot.render import comment as comment_text
from bot.render.blame import blame
from bot.store.values import Post
from diagnosis.report import NOTHING
from workers import chat, checks, grants, history, issues, shadow, suggest
from workers.office import Office

QUIET: Final = "silent: quiet was asked for"
STANDS: Final = frozenset({effect.TOLD, comment.SAME})
"""What an outlet answers where all is written already: whoever wrote it may not have lived to note it."""

IGNORED: Final = "silent: ignored by configuration"


def publish(office: Office, case: Case) -> str:
    """Tell what broke. Returns what was done, in a word or two."""
    if case.ignored:
        return _pass_over(office, case)
    if case.config.shadow:
        return f"shadow: {shadow.would_tell(office, case)}"
    quiet = case.pull_request is not None and history.is_muted(office, case.pull_request.number)
    told: list[str] = [QUIET] if quiet else []
    if _follows_up(office, case) and not quiet:
        followed = issues.publish(office, case)
        told.append(followed.says)
        if followed.thing and followed.thing.state == "open":
            case = replace(case, issue=IssueLink(followed.thing.number, followed.thing.html_url))
    if case.pull_request and "comment" in case.config.outlets and not quiet:
        # Those who could do something about a missing permission rather look at checks; it is said in one place.
        shorter = replace(case, lacks=()) if grants.may_check(office.client, case.config) else case
        told.append(_kept(office, case, "comment", _comment(office, shorter, case.pull_request)))
    if passed.LATE not in told:
        # What is to be said besides is said once: in the comment, else here.
        commented = not quiet and grants.may_comment(office.client, case.config, case.pull_request)
        remarked = replace(case, remarks=()) if commented else case
        told.append(_kept(office, case, "check", checks.publish(office, remarked)))
        told.append(QUIET if quiet else _kept(office, case, "review", suggest.publish(office, case)))
        chat.tell(office, case)
    return _foremost(told)


def _pass_over(office: Office, case: Case) -> str:
    """Say nothing, but let the comment not tell of what is gone: whoever mended that must not read that it fails."""
    if case.config.shadow or case.going or case.pull_request is None:
        return IGNORED
    done = _kept(office, case, "comment", _comment_green(office, case, case.pull_request, comment_text.ignored(case)))
    return IGNORED if done.startswith("silent") else done


def _follows_up(office: Office, case: Case) -> bool:
    """Whether an issue is to be opened: not before the run has ended, for by then more may be known.

    Nor, where the comment tells it, for the author of a change that is not to blame: the issue is work of theirs.
    """
    if case.pull_request:
        best, outlets = case.report.best, case.config.outlets
        told = "comment" in outlets and best is not None and blame(case, best).whose != "change"
        return "issue" in outlets and not case.going and not told
    return case.config.issues and not pulls.belongs(office.client, case.run)


def settle(
    office: Office, run: Run, pull_request: PullRequest | None, flakes: Mapping[str, Flake] = MappingProxyType({})
) -> str:
    """Tell that what was red is green again. Returns what was done, in a word or two.

    `flakes` are the failures that this green run proves to come and go.
    """
    if office.config.shadow:
        return "silent: nothing was said that could be settled"
    case = Case(office.client.repository, run, (), NOTHING, pull_request, config=office.config, flakes=flakes)
    told = [_kept(office, case, "comment", _comment_green(office, case, pull_request))] if pull_request else []
    if run.head_repository == office.client.repository.name or "issue" in case.config.outlets:
        told.append(_kept(office, case, "issue", issues.settle(office, case)))
    told.append(_kept(office, case, "check", checks.settle(office, case)))
    chat.settle(office, case)
    done = _foremost(told)
    if not done.startswith("silent"):
        suggest.settle(office, case)
    return done


def stop(office: Office, run: Run, number: int) -> str:
    """Say no longer on this pull request that a run goes on, of which nothing more will be told."""
    mark = Mark(run.workflow_id, run.age, run.head_sha, "red")
    return comment.stop(_outlet(office, number), mark)


def hush(office: Office, number: int, login: str) -> str:
    """Leave one line of what was told on this pull request, as this person asked."""
    runs = f"{office.settings.github_url}/{office.client.repository.name}/actions/runs"
    return comment.hush(_outlet(office, number), comment_text.quiet(login), runs)


def _kept(office: Office, case: Case, outlet: str, says: str) -> str:
    """What was done in an outlet, noted in the history; silence leaves nothing to note."""
    if says in STANDS or not says.startswith("silent"):
        best, pull = case.report.best, case.pull_request
        number = pull.number if pull and outlet == "comment" else None
        history.posted(
            office, Post(case.repository, case.run, outlet, says, number, fingerprint=best.fingerprint if best else "")
        )
    return says


def _foremost(told: Sequence[str]) -> str:
    """The first that was done, else why the first was not."""
    return next((word for word in told if not word.startswith("silent")), told[0])


def forget(office: Office, number: int) -> None:
    """Let what was told on this pull request be told again, and what a person took away be made again.

    Raises RetryLater when the history does not answer.
    """
    history.forget_comment(office, number)
    comment.forget(_outlet(office, number))


def _comment(office: Office, case: Case, pull_request: PullRequest) -> str:
    state: State = "going" if case.going else "red"
    ran = [job for job in case.jobs if job.conclusion != "skipped"]
    failed = sum(job.failed for job in ran)
    mark = Mark(case.run.workflow_id, case.run.age, case.run.head_sha, state, failed, len(ran))
    told = Told(mark, _runs(case.run), comment_text.telling(case))
    return comment.publish(_outlet(office, pull_request.number), told)


def _comment_green(office: Office, case: Case, pull_request: PullRequest, left: str = "") -> str:
    if history.is_muted(office, pull_request.number):
        return QUIET
    mark = Mark(case.run.workflow_id, case.run.age, case.run.head_sha, "green")
    fixed, without, cleared = comment_text.fixed(case), comment_text.passed(case), comment_text.cleared(case)
    told = Told(mark, _runs(case.run), fixed=fixed, passed=without, cleared=cleared, left=left)
    return comment.publish(_outlet(office, pull_request.number), told)


def _outlet(office: Office, number: int) -> comment.Outlet:
    return comment.Outlet(office.client, office.connection, number, partial(history.has_commented, office, number))


def _runs(run: Run) -> str:
    """The address of the repository's runs."""
    return run.html_url.rpartition("/")[0]
