"""Runs again what failed without anybody's fault, where the repository asks for it; and what a person asks for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from bot import metrics
from bot.case import Case, Job, Run
from bot.deliver import effect
from bot.deliver.effect import Effect, Write, deliver
from bot.github import pulls, runs
from bot.github.client import Client
from bot.github.errors import ForbiddenError, GoneError, InvalidError, NotFoundError
from diagnosis.engine import MOST_FINDINGS
from diagnosis.report import Finding
from diagnosis.transient import CONSEQUENCES, is_transient
from workers import history
from workers.office import Office


def consider(office: Office, case: Case) -> Case:
    """The case, its failed jobs run again where the repository's policy says so, which it then remarks.

    Done before anything is said, so that what is said is true. Raises RetryLater where GitHub's answer was lost.
    """
    most = office.config.reruns
    if (
        most < 1
        or office.config.shadow
        or not case.can_rerun
        or not is_excused(case)
        or not _stands(office.client, case)
    ):
        return case
    # Kept first: killed after the jobs were run again, nobody would come back to tell what they had failed with.
    history.record(office, case, "", 0.0)
    time = history.ask(office.settings, lambda store: store.claim_rerun(case.repository, case.run, most), None)
    if time is None or rerun(office, case.run).startswith("silent"):
        return case
    metrics.RERUNS.add("policy")
    remark = (
        f"Nothing of this looks like the change's doing: the failed jobs run again by themselves, {time} of {most}."
    )
    return replace(case, remarks=(*case.remarks, remark))


def rerun(office: Office, run: Run) -> str:
    """Run the failed jobs of this attempt again, once however often that is asked. What was done, in a word or two."""
    client = office.client

    def next_attempt() -> list[Run]:
        newest = runs.latest(client, run.id)
        return [newest] if newest.attempt > run.attempt or newest.status != "completed" else []

    def act() -> Run:
        runs.rerun_failed(client, run)
        return replace(run, attempt=run.attempt + 1, status="queued", conclusion=None)

    again = Effect(
        key=effect.key("rerun", client, run.id, run.attempt),
        find=next_attempt,
        plan=lambda found: "silent: it runs again already" if found else Write("run again", act, new=True),
        retire=lambda _: None,
    )
    try:
        return deliver(office.connection, again).says
    except (ForbiddenError, GoneError, InvalidError, NotFoundError) as error:
        return f"silent: running it again was refused ({error.status}: {error.message})"


def is_excused(case: Case) -> bool:
    """Whether each failed job failed with nothing but what passes by itself, and all that they say was read.

    A job whose log is missing or cut, of which nothing is recognised, or that went on after a step had failed, may
    hold a real failure; so may a report that tells of as many findings as it ever does. What the repository does not
    want to hear of is a real one. A job that names no failure of its own and waits for one that failed reports on that.
    """
    failed, report = [job for job in case.jobs if job.failed], case.report
    if not failed or case.unread or case.unwanted or report.input.truncated or len(report.findings) >= MOST_FINDINGS:
        return False
    if len({job.name for job in failed}) < len(failed):
        return False
    return all(_passes_by_itself(case, job) for job in failed)


def _passes_by_itself(case: Case, job: Job) -> bool:
    if _ending_steps(job) != 1:
        return False
    told = [item for item in case.report.findings if item.job == job.name and item.severity == "error"]
    excused = [item for item in told if is_transient(item) or item.fingerprint in case.flakes or _reports(item)]
    steps = {item.step for item in excused}
    return bool(excused) and all(item in excused or _follows(item, steps) for item in told)


def _ending_steps(job: Job) -> int:
    """How many of its steps ended the job. A lost runner fails none: the one under way is cancelled, or never ends."""
    ends = [step.conclusion for step in job.steps]
    return ends.count("failure") or int("cancelled" in ends or None in ends)


def _reports(finding: Finding) -> bool:
    """Whether its job only repeats that another one failed, which is judged by itself."""
    return finding.kind == "excerpt" and bool(finding.facts.get("waits_for"))


def _follows(finding: Finding, steps: Collection[str | None]) -> bool:
    """Whether it only says, in a step that is excused, that this failed."""
    return finding.step in steps and (finding.kind == "wrapper" or finding.signature in CONSEQUENCES)


def _stands(client: Client, case: Case) -> bool:
    """Whether nobody has pushed since: a newer commit has its own run."""
    run = case.run
    if case.pull_request is None or pulls.is_queued(client, run):
        return runs.head(client, run.head_branch) == run.head_sha
    found = pulls.find(client, run)
    return [(one.number, one.state, one.head_sha) for one in found] == [
        (case.pull_request.number, "open", run.head_sha)
    ]
