"""What a check run says about a workflow that failed, and when it passes again."""

from __future__ import annotations

from typing import Final

from bot.case import Case, Run
from bot.check_run import DIAGNOSE, RERUN, Button, CheckText
from bot.render import facts
from bot.render.annotations import MOST, noted
from bot.render.blame import advised, of_best
from bot.render.safe import code_span, fence
from bot.render.text import plain
from diagnosis.clean import strip_controls
from diagnosis.redact import redact

MOST_NAME: Final = 100
MOST_FILE: Final = 60
MOST_TITLE: Final = 250

_AGAIN: Final = Button("Diagnose again", "Read the logs once more", DIAGNOSE)
_RERUN: Final = Button("Re-run failed jobs", "Run the failed jobs of this run again", RERUN)


def name(run: Run, *, alone: bool) -> str:
    """The check run's name: the same for every run of the workflow. `alone`: no other workflow has that one's name."""
    file = "" if alone else f" ({_line(run.workflow_path.rpartition('/')[2])})"[-MOST_FILE:]
    return f"whyred: {_line(run.workflow_name)}"[: MOST_NAME - len(file)] + file


def red(case: Case) -> CheckText:
    """What broke, in short, in detail, and at the lines of the files."""
    annotations = noted(case)
    return CheckText(
        title=_line(plain(facts.headline(case)))[:MOST_TITLE],
        summary=_summary(case, len(annotations) - MOST),
        text=_details(case),
        annotations=annotations[:MOST],
        buttons=(_AGAIN, _RERUN) if case.can_rerun and case.jobs else (_AGAIN,),
    )


def green(case: Case, was: str) -> CheckText:
    """That it passes again; `was` is the title of the check run that says what was wrong."""
    run = case.run
    reason = f" (was: {code_span(was)})" if was else ""
    return CheckText(
        title=f"{_line(run.workflow_name)[:MOST_NAME]} is green again",
        summary=f"✅ [Run {run.id}]({run.html_url}), attempt {run.attempt}, passed{reason}.",
        conclusion="success",
    )


def _summary(case: Case, more: int) -> str:
    best = advised(case, case.report.best) if case.report.best else None
    place = " · ".join(part for part in (facts.where(case), of_best(case)) if part)
    parts = [place, facts.blocking(case)]
    if best:
        label = "Cause" if case.report.outcome == "diagnosed" else "Most telling line"
        fix = facts.labelled("Fix", best.fixes[0].says) if best.fixes else ""
        parts += [best.why, f"**{label}** {facts.source(case, best)}\n{fence(facts.evidence(best))}", fix]
    else:
        parts.append(facts.unread(case) or "GitHub started no job for this run and left no log.")
    parts += [f"{more:,} more places than the {MOST} that are annotated." if more > 0 else ""]
    parts += [*case.remarks, *case.lacks]
    return facts.paragraphs([*parts, facts.signed(case, best)])


def _details(case: Case) -> str:
    if case.report.best is None:
        return ""
    best = advised(case, case.report.best)
    fix = best.fixes[0] if best.fixes else None
    commands = [*(fix.commands if fix else ()), *best.verify]
    return facts.paragraphs(
        [
            facts.patches(fix) if fix else "",
            f"**Commands**\n\n{fence(commands, 'sh')}" if commands else "",
            facts.other_ways(best),
            facts.places(best),
            facts.others(case),
            facts.around(case),
            facts.handed_in(case, best),
            facts.unread(case),
            facts.cut(case.report),
        ]
    )


def _line(text: str) -> str:
    return " ".join(strip_controls(redact(text).replace("\n", " ")).split())
