"""Whose failure it is: the change's, the base branch's, something outside's, or nobody's: it comes and goes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.case import Attempt, Base, Case, Flake, Run
from bot.render.safe import code_span
from bot.told import Whose
from diagnosis.report import Finding, Fix
from diagnosis.transient import is_transient

_OUTSIDE = {
    "network": "the network, or a server out there, failed",
    "rate-limit": "a service out there took no more requests",
    "runner": "the runner failed before the code could",
}
_ELSEWHERE = "something outside the repository failed"


@dataclass(frozen=True, slots=True)
class Blame:
    """Where to look, and the clause that says so with the evidence; empty where nothing tells."""

    whose: Whose
    says: str


def blame(case: Case, finding: Finding) -> Blame:
    """Whose failure this finding is. Only what was seen counts."""
    flake = case.flakes.get(finding.fingerprint)
    base = case.base
    # Before the proofs: an outage is on every branch, and passes, but there is nothing that anybody has to mend.
    if is_transient(finding):
        return Blame("infrastructure", f"not your change: {_OUTSIDE.get(finding.category, _ELSEWHERE)}")
    if flake:
        return Blame("flaky", _flaky(flake))
    if base and base.red_since and finding.fingerprint in (base.shown or ()):
        since = _since(base.red_since)
        return Blame("base", f"probably not from this change: {code_span(base.branch)} shows the same, {since}")
    # What is not seen there is told of the best finding alone: the job of another one may not have been looked at.
    base = base if finding == case.report.best else None
    if base and base.red_since and base.shown is None:
        return Blame("change", f"{code_span(base.branch)} is red as well, {_since(base.red_since)}")
    return Blame("change", _touched(case, finding, base))


def advised(case: Case, finding: Finding) -> Finding:
    """The finding with what to do about it first where nothing of that is to be done in the pull request."""
    whose = blame(case, finding).whose
    if whose == "base" and case.base and case.pull_request:
        branch = code_span(case.base.branch)
        says = f"Nothing in this change. Once {branch} passes again, bring it into this branch, and run the jobs again."
    elif whose == "flaky":
        says = "Run the failed jobs again: on one and the same commit this has failed and passed."
    else:
        return finding
    return replace(finding, fixes=(Fix(says), *finding.fixes))


def of_best(case: Case) -> str:
    """The clause about the best finding."""
    return blame(case, case.report.best).says if case.report.best else ""


def _flaky(flake: Flake) -> str:
    on = f"on the same commit {code_span(flake.passed.head_sha[:7])}"
    times = f", seen on {flake.times} commits" if flake.times > 1 else ""
    return f"known flaky: failed in {_attempt(flake.failed)}, passed in {_attempt(flake.passed)} {on}{times}"


def _attempt(seen: Attempt) -> str:
    attempt = f", attempt {seen.attempt}" if seen.attempt > 1 else ""
    return f"[run {seen.run}{attempt}]({seen.html_url})"


def _since(run: Run) -> str:
    return f"since [run {run.id}]({run.html_url})"


def _touched(case: Case, finding: Finding, base: Base | None) -> str:
    named = {place.path for place in finding.places}
    touched = [path for path in case.changed if path in named]
    if not touched:
        return ""
    more = f" and {len(touched) - 1} more of the files named below" if len(touched) > 1 else ""
    green = f"; {code_span(base.branch)} is green" if base and not base.red_since else ""
    return f"likely from this change: it touches {code_span(touched[0])}{more}{green}"
