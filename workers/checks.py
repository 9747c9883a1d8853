"""Tells a case in a check run, where the repository wishes for one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from bot.case import Case
from bot.deliver import check
from bot.deliver.check import CheckMark, Subject
from bot.deliver.marker import State
from bot.github import runs
from bot.render import check as check_text
from workers.office import Office

KEPT: Final = 3600
"""Seconds until a workflow's new name is noticed."""


def publish(office: Office, case: Case) -> str:
    """Tell what broke, once the run has ended: an annotation can not be taken back."""
    if case.going:
        return "silent: the run still goes on"
    if "check" not in case.config.outlets:
        return "silent: no check is wished for"
    return check.publish(office.client, office.connection, _subject(office, case, "red"), check_text.red(case))


def settle(office: Office, case: Case) -> str:
    """Tell that what was red on this commit is green."""
    if "check" not in case.config.outlets:
        return "silent: no check is wished for"
    subject = _subject(office, case, "green")
    return check.settle(office.client, office.connection, subject, lambda was: check_text.green(case, was))


def _subject(office: Office, case: Case, state: State) -> Subject:
    run = case.run
    alone = all(number == run.workflow_id for number, name in _workflows(office) if name == run.workflow_name)
    return Subject(run.head_sha, check_text.name(run, alone=alone), CheckMark(run.workflow_id, run.age, state))


def _workflows(office: Office) -> Sequence[tuple[int, str]]:
    """The ids and names of all workflows: of the check runs of one name on a commit, GitHub shows a single one."""
    key = f"whyred:workflows:{office.client.repository.id}"
    kept = office.connection.get(key)
    if isinstance(kept, bytes):
        return [(number, name) for number, name in json.loads(kept)]
    found = runs.workflows(office.client)
    office.connection.set(key, json.dumps(found), ex=KEPT)
    return found
