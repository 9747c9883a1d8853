"""What the pull request's comment says about one failed attempt: at most twelve lines to read, the rest folded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.case import Case
from bot.render import facts
from bot.render.blame import advised, blame, of_best
from bot.render.safe import code_span, fence
from bot.told import SUM, Cause, Kind, Seen, Telling
from diagnosis.report import Finding
from diagnosis.template import MOST_CHARACTERS

VISIBLE: Final = 12
"""Lines that stand open: what a reader sees without a click."""

TEXT: Final = VISIBLE - 5
"""Of these, what a cause has for itself: the others are its title, its place, what to know besides, the fold of all
else that fails, and who says it."""

_LEAST_EVIDENCE: Final = 2
"""Lines that are not given up for a patch: the faulty one and the mark under it."""

_KINDS: Final[dict[str, Kind]] = {"cause": "cause", "symptom": "symptom"}


def telling(case: Case) -> Telling:
    """The causes of a failed attempt, the best first, each as a text of its own, and what is to be known besides."""
    groups = _explaining(case)
    apart = [group[0].fingerprint for group in groups]
    causes = [_cause(case, group, apart) for group in groups] or [_unexplained_cause(case)]
    blocks = f"⛔ {facts.blocking(case)}" if case.blocking else ""
    return Telling(tuple(causes), " ".join(part for part in (blocks, facts.followed(case), *case.remarks) if part))


def section(case: Case, above: int = 0) -> str:
    """The Markdown of one failed run as a whole; `above` are the lines that stand over it."""
    best = case.report.best
    place = " · ".join(part for part in (facts.where(case), of_best(case)) if part)
    body = _explained(case, best, VISIBLE - 3 - above, _about_the_run(case)) if best else _unexplained(case)
    return facts.paragraphs([f"### ❌ {facts.headline(case)}\n{place}", *body, facts.signed(case, best)])


def fixed(case: Case) -> str:
    """What repaired it: the commit that passed."""
    run = case.run
    title = f" {code_span(run.commit_title)}" if run.commit_title else ""
    author = f" by {code_span(run.commit_author)}" if run.commit_author else ""
    return f"Fixed by {code_span(run.head_sha[:7])}{title}{author}."


def passed(case: Case) -> str:
    """That it passed without a change, which proves what it is."""
    return f"{_run_passed(case)} without a change: it is flaky."


def cleared(case: Case) -> str:
    """That it passed, where nothing of what was red was the change's."""
    return f"{_run_passed(case)}; the change was not to blame."


def _run_passed(case: Case) -> str:
    run = case.run
    attempt = f", attempt {run.attempt}," if run.attempt > 1 else ""
    return f"[Run {run.id}]({run.html_url}){attempt} passed"


def ignored(case: Case) -> str:
    """Why nothing is told of a run that is red."""
    return f"What still fails in {code_span(case.run.workflow_name)} is ignored by the configuration."


def quiet(login: str) -> str:
    """The one line that stands while nothing is to be said."""
    return f"🔕 Quiet, as {code_span(login)} asked. {code_span('/whyred resume')} ends it."


def _explaining(case: Case) -> list[list[Finding]]:
    """What explains the jobs, those with one fingerprint together; of each job its first, for the others follow."""
    best, first = case.report.best, dict[str | None, Finding]()
    for finding in case.report.findings:
        if finding.severity == "error":
            first.setdefault(finding.job, finding)
    groups: dict[str, list[Finding]] = {}
    for finding in first.values():
        if finding == best or not (finding.facts.get("waits_for") or finding.facts.get("may_fail")):
            groups.setdefault(finding.fingerprint, []).append(finding)
    return list(groups.values())


def _cause(case: Case, group: Sequence[Finding], apart: Sequence[str]) -> Cause:
    finding, is_best = group[0], group[0] == case.report.best
    whose = blame(case, finding)
    jobs = {other.job for other in case.report.findings if other.fingerprint == finding.fingerprint}
    rest = {**_about_the_run(case, apart), **_lacks(case)} if is_best else {}
    return Cause(
        fingerprint=finding.fingerprint,
        kind=_KINDS.get(finding.kind, "unknown"),
        title=_title(case, finding),
        text=facts.paragraphs(_explained(case, finding, TEXT, rest)),
        signed=facts.signed(case, finding, _commands(case)),
        seen=(_seen(case, finding, len(jobs), whose.says),),
        whose=whose.whose,
        branch=case.base.branch if case.base and whose.whose == "base" else "",
        blocking=any(job in case.blocking for job in jobs),
    )


def _title(case: Case, finding: Finding) -> str:
    if finding == case.report.best:
        return facts.headline(case)
    return finding.title if finding.kind in _KINDS else facts.unknown(case, finding)


def _unexplained_cause(case: Case) -> Cause:
    return Cause(
        fingerprint=facts.fingerprint(case),
        kind="unknown",
        title=facts.headline(case),
        text=facts.paragraphs([*_unexplained(case), _folded(_lacks(case))]),
        signed=facts.signed(case, None, _commands(case)),
        seen=(_seen(case, None, sum(job.failed for job in case.jobs), ""),),
        blocking=bool(case.blocking),
    )


def _seen(case: Case, finding: Finding | None, jobs: int, whose: str) -> Seen:
    clauses = [facts.QUEUED if case.run.queued else "", whose]
    said = "".join(f" · {clause}" for clause in clauses if clause)
    return Seen(case.run.workflow_id, jobs, f"{facts.trail(case, finding)}{SUM}{said}")


def _commands(case: Case) -> list[str]:
    return ["wrong", *(["rerun"] if case.can_rerun else []), "quiet"]


def _explained(case: Case, finding: Finding, lines: int, about_the_run: dict[str, str]) -> list[str]:
    """So many lines that stand open about a finding, and the rest behind one of them."""
    advice = advised(case, finding)
    fix = advice.fixes[0] if advice.fixes else None
    changed = facts.changes(fix.files) if fix else []
    shown = facts.evidence(finding)
    least = min(len(shown), _LEAST_EVIDENCE)
    check, others = _check(finding)
    # The label of the evidence and the fold always stand open, and a line of the evidence and one of the fix.
    room = lines - 2 - bool(check)
    says, rest = _cut(facts.labelled("Fix", fix.says) if fix else "", max(room - least, 1))
    room -= len(_lines(says))
    open_changes = changed if len(changed) + least <= room else []
    evidence = facts.evidence(finding, max(min(room - len(open_changes), len(shown)), 1))
    room -= len(open_changes) + len(evidence)
    why = finding.why if len(_lines(finding.why)) <= room else ""
    label = "Cause" if finding.kind in _KINDS and _sure(case, finding) else "Most telling line"
    folded = {"why": "" if why else finding.why, "the rest of the fix": rest}
    return [
        why,
        f"**{label}** {facts.source(case, finding)}\n{fence(evidence)}",
        says,
        fence(open_changes, "diff") if open_changes else "",
        check,
        _folded({**folded, **_about_the_fix(advice, others), **about_the_run}),
    ]


def _sure(case: Case, finding: Finding) -> bool:
    return finding != case.report.best or case.report.outcome == "diagnosed"


def _check(finding: Finding) -> tuple[str, Sequence[str]]:
    """The line that says how to check it, and the commands left over."""
    # A command that would be cut is no command: it stands whole among the others.
    checks = [command for command in finding.verify[:1] if len(command) <= MOST_CHARACTERS]
    return "".join(f"**Check locally** {code_span(command)}" for command in checks), finding.verify[len(checks) :]


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def _cut(text: str, most: int) -> tuple[str, str]:
    """The text up to so many lines that are not blank, and its rest."""
    kept = text.split("\n")
    while len(_lines("\n".join(kept))) > most:
        kept.pop()
    return "\n".join(kept).rstrip(), "\n".join(text.split("\n")[len(kept) :]).strip()


def _folded(parts: dict[str, str]) -> str:
    """All that a reader in a hurry can do without, behind one line that says what is there."""
    told = [name for name, text in parts.items() if text]
    return facts.fold(f"More: {', '.join(told)}", facts.paragraphs(list(parts.values()))) if told else ""


def _about_the_fix(finding: Finding, checks: Sequence[str]) -> dict[str, str]:
    fix = finding.fixes[0] if finding.fixes else None
    commands = [*(fix.commands if fix else ()), *checks]
    return {
        "the patch": facts.patches(fix) if fix else "",
        "commands": f"**Commands**\n\n{fence(commands, 'sh')}" if commands else "",
        "other ways out": facts.other_ways(finding),
        "places": facts.places(finding),
    }


def _about_the_run(case: Case, apart: Sequence[str] = ()) -> dict[str, str]:
    best = case.report.best
    return {
        "the lines around it": facts.around(case),
        "what else failed": facts.others(case, apart),
        "where the numbers come from": facts.handed_in(case, best) if best else "",
        "unread logs": facts.unread(case),
        "what was not read": facts.cut(case.report),
    }


def _lacks(case: Case) -> dict[str, str]:
    return {"what whyred may not do here": facts.paragraphs(case.lacks)}


def _unexplained(case: Case) -> list[str]:
    """A run that failed without anything to read."""
    if case.unread:
        return [facts.unread(case)]
    return ["GitHub started no job for this run and left no log; the run's page may show an annotation."]
