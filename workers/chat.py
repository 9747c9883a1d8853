"""Which failures a chat is told of: those of branches that matter, and deployments that failed or were rolled back."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import Final

from bot.case import Case, Run
from bot.deliver.chat import Chat
from bot.github import pulls
from bot.render import chat as text
from workers.office import Office

_DEPLOYS: Final = re.compile(r"(?<![a-z])(?:deploy|roll-?back|rollout)", re.IGNORECASE)
"""The name of a workflow, a job or a step that brings something to where people use it, or takes it back."""


def tell(office: Office, case: Case) -> None:
    """Tell what broke, where the repository wants that told."""
    if is_told(office, case):
        best = case.report.best
        fingerprint = best.fingerprint if best else "unexplained"
        _chat(office).red(_place(case.run), fingerprint, case.run.id, text.failed(case))


def settle(office: Office, case: Case) -> None:
    """Tell that it is green again, where it was told to be red."""
    if office.config.chat.to and not pulls.belongs(office.client, case.run):
        _chat(office).green(_place(case.run), case.run.id, text.green(case))


def is_told(office: Office, case: Case) -> bool:
    """Whether the run is one of a branch that matters, or a deployment; never a pull request's, and at its end."""
    run = case.run
    if not office.config.chat.to or case.going or pulls.belongs(office.client, run):
        return False
    globs = office.config.chat.branches or (office.client.repository.default_branch,)
    return any(fnmatchcase(run.head_branch, glob) for glob in globs) or _deploys(case)


def _deploys(case: Case) -> bool:
    if any(item.category == "deploy" and item.kind in ("cause", "symptom") for item in case.report.findings):
        return True
    steps = (step.name for job in case.jobs if job.failed for step in job.steps if step.conclusion == "failure")
    names = (case.run.workflow_name, *(job.name for job in case.jobs if job.failed), *steps)
    return any(_DEPLOYS.search(name) for name in names)


def _chat(office: Office) -> Chat:
    wanted = office.config.chat
    return Chat(office.connection, office.client.repository.id, wanted.to, office.settings.chat_urls, wanted.per_hour)


def _place(run: Run) -> str:
    return f"{run.workflow_id}:{run.head_branch}"
