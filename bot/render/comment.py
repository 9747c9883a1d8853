"""What the pull request's comment says about one workflow: at most twelve lines to read, the rest folded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.case import Case
from bot.render import facts
from bot.render.safe import code_span, escape, fence
from diagnosis.report import Finding
from diagnosis.template import MOST_CHARACTERS

VISIBLE: Final = 12
"""Lines that stand open: what a reader sees without a click."""

_FRAME: Final = 7
"""Heading, place, why, cause, fix, fold and signature."""

_LEAST_EVIDENCE: Final = 2
"""Lines that are not given up for a patch: the faulty one and the mark under it."""


def section(case: Case, above: int = 0) -> str:
    """The Markdown of one failed run; `above` are the lines that stand over it."""
    best, whose, followed = case.report.best, facts.whose(case), facts.followed(case)
    body = _explained(case, best, VISIBLE - above - bool(whose) - bool(followed)) if best else _unexplained(case)
    heading = f"### ❌ {facts.headline(case)}\n{facts.where(case)}"
    return facts.paragraphs([heading, whose, *body, followed, facts.signed(case)])


def fixed(case: Case, was: str) -> str:
    """The one line for a workflow that was red, by `was` (Markdown of ours), and is green now."""
    reason = f" (was: {was})" if was else ""
    return f"✅ **{escape(case.run.workflow_name)}** is green again at {code_span(case.run.head_sha[:7])}{reason}"


def _explained(case: Case, best: Finding, visible: int) -> list[str]:
    fix = best.fixes[0] if best.fixes else None
    changed = facts.changes(fix.files) if fix else []
    # What is left for evidence, fix and check, of which a line of evidence and one of the fix always stand open.
    room = visible - _FRAME - (len(_lines(best.why)) - 1) - 1
    says, rest = _cut(facts.labelled("Fix", fix.says) if fix else "", max(room, 0) + 1)
    room -= max(len(_lines(says)) - 1, 0)
    # A command that would be cut is no command: it stands whole among the others.
    checks = [command for command in best.verify[: min(max(room, 0), 1)] if len(command) <= MOST_CHARACTERS]
    room -= len(checks)
    shown = facts.evidence(best)
    open_changes = changed if len(changed) + min(len(shown), _LEAST_EVIDENCE) <= room + 1 else []
    lines = facts.evidence(best, min(max(room + 1 - len(open_changes), 1), len(shown)))
    label = "Cause" if case.report.outcome == "diagnosed" else "Most telling line"
    return [
        best.why,
        f"**{label}** {facts.source(case, best)}\n{fence(lines)}",
        says,
        fence(open_changes, "diff") if open_changes else "",
        "".join(f"**Check locally** {code_span(command)}" for command in checks),
        _folded(case, best, rest, best.verify[len(checks) :]),
    ]


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def _cut(text: str, most: int) -> tuple[str, str]:
    """The text up to so many lines that are not blank, and its rest."""
    kept = text.split("\n")
    while len(_lines("\n".join(kept))) > most:
        kept.pop()
    return "\n".join(kept).rstrip(), "\n".join(text.split("\n")[len(kept) :]).strip()


def _folded(case: Case, best: Finding, rest: str, checks: Sequence[str]) -> str:
    """All that a reader in a hurry can do without, behind one line that says what is there."""
    fix = best.fixes[0] if best.fixes else None
    commands = [*(fix.commands if fix else ()), *checks]
    parts = {
        "the rest of the fix": rest,
        "the patch": facts.patches(fix) if fix else "",
        "commands": f"**Commands**\n\n{fence(commands, 'sh')}" if commands else "",
        "other ways out": facts.other_ways(best),
        "places": facts.places(best),
        "the lines around it": facts.around(case),
        "what else failed": facts.others(case),
        "where the numbers come from": facts.handed_in(case, best),
        "unread logs": facts.unread(case),
        "what was not read": facts.cut(case.report),
    }
    told = [name for name, text in parts.items() if text]
    return facts.fold(f"More: {', '.join(told)}", facts.paragraphs(list(parts.values()))) if told else ""


def _unexplained(case: Case) -> list[str]:
    """A run that failed without anything to read."""
    if case.unread:
        return [facts.unread(case)]
    return ["GitHub started no job for this run and left no log; the run's page may show an annotation."]
