"""Tells a case in a check run, where the repository wishes for one."""

from __future__ import annotations

from bot.case import Case
from bot.deliver import check
from bot.deliver.check import CheckMark, Subject
from bot.deliver.marker import State
from bot.render import check as check_text
from workers.office import Office


def publish(office: Office, case: Case) -> str:
    """Tell what broke, once the run has ended: an annotation can not be taken back."""
    if case.going:
        return "silent: the run still goes on"
    if "check" not in case.config.outlets:
        return "silent: no check is wished for"
    return check.publish(office.client, office.connection, _subject(case, "red"), check_text.red(case))


def settle(office: Office, case: Case) -> str:
    """Tell that what was red on this commit is green."""
    if "check" not in case.config.outlets:
        return "silent: no check is wished for"
    subject = _subject(case, "green")
    return check.settle(office.client, office.connection, subject, lambda was: check_text.green(case, was))


def _subject(case: Case, state: State) -> Subject:
    run = case.run
    return Subject(run.head_sha, check_text.name(case), CheckMark(run.workflow_id, run.age, state))
