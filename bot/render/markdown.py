"""A report in Markdown, for `whyred explain --format markdown`: to be pasted into an issue or a step summary."""

from __future__ import annotations

from bot.render.facts import cut, evidence, fold, labelled, other_ways, paragraphs, patches, places
from bot.render.safe import code_span, fence
from diagnosis.report import Finding, Report


def report(report: Report) -> str:
    """The best finding whole, the others in a line each."""
    best = report.best
    if best is None:
        return "### ✅ No failure found"
    others = [item for item in report.findings if item is not best and item.kind not in ("excerpt", "wrapper")]
    return paragraphs([*_best(report, best), *_others(others)])


def _best(report: Report, best: Finding) -> list[str]:
    mark, label = ("❌", "Cause") if report.outcome == "diagnosed" else ("❔", "Most telling line")
    where = " › ".join(part for part in (best.log, best.job, best.step) if part)
    line = f", line {best.lines[0]:,}" if best.lines else ""
    excerpt = report.excerpt
    around = fence(excerpt.text) if excerpt else ""
    said = f" · {code_span(best.signature)}" if best.signature else ""
    return [
        f"### {mark} {best.title}\n{code_span(where)}{line}{said} · confidence {best.confidence}",
        best.why,
        f"**{label}**\n{fence(evidence(best))}",
        *(f"{labelled('Fix', fix.says)}\n\n{patches(fix)}".strip() for fix in best.fixes[:1]),
        other_ways(best),
        f"**Check locally**\n{fence(best.verify, 'sh')}" if best.verify else "",
        fold("Places", places(best)) if places(best) else "",
        cut(report),
        fold(f"Log, lines {excerpt.lines[0]:,} to {excerpt.lines[1]:,}", around) if excerpt else "",
    ]


def _others(findings: list[Finding]) -> list[str]:
    once = {item.fingerprint: item for item in reversed(findings)}.values()
    rows = [f"- {item.title}" + (f", line {item.lines[0]:,}" if item.lines else "") for item in reversed(list(once))]
    return ["\n".join(("**Also seen**", "", *rows))] if rows else []
