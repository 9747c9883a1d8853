"""What a comment and an issue both tell of a case: where it failed, the lines that show it, how to mend it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from typing import Final
from urllib.parse import quote

from bot.case import Case, Job
from bot.render.safe import code_span, fence
from diagnosis.report import TRUNCATED, FilePatch, Finding, Fix, Report
from diagnosis.template import MOST_CHARACTERS

EVIDENCE: Final = 3
"""Lines of evidence that are shown outright; a reader in a hurry reads no more."""

QUEUED: Final = "in the merge queue"
"""Without it, an author whose own commit is green would look for the failure there."""

MOST_PLACES: Final = 20
MOST_OTHERS: Final = 10


def headline(case: Case) -> str:
    """What is wrong, in one line of Markdown."""
    best = case.report.best
    if best is None:
        why = ", and its logs could not be read" if case.unread else " before any log was written"
        return f"{code_span(case.run.workflow_name)} failed{why}"
    return best.title if case.report.outcome == "diagnosed" else unknown(case, best)


def unknown(case: Case, finding: Finding) -> str:
    """What is wrong where no cause is known, in words that stand for themselves in a list."""
    step = f" in {code_span(finding.step)}" if finding.step else ""
    return f"{code_span(case.run.workflow_name)} failed{step}: no known cause was recognised"


def where(case: Case) -> str:
    """The workflow, job and step, the commit and how much of the run failed, in one line."""
    run = case.run
    parts = [trail(case, case.report.best), f"commit {code_span(run.head_sha[:7])}", _share(case.jobs)]
    if run.attempt > 1:
        parts.append(f"attempt {run.attempt}")
    if run.queued:
        parts.append(QUEUED)
    return " · ".join(parts)


def trail(case: Case, finding: Finding | None) -> str:
    """The workflow, job and step, as a code span."""
    parts = (case.run.workflow_name, finding and finding.job, finding and finding.step)
    return code_span(" › ".join(part for part in parts if part))


def fingerprint(case: Case) -> str:
    """The best finding's; one a workflow where nothing was found, because no log could be read."""
    if case.report.best:
        return case.report.best.fingerprint
    return hashlib.sha256(f"unexplained {case.run.workflow_id}".encode()).hexdigest()[:16]


def blocking(case: Case) -> str:
    """Which of the failed checks keep the pull request from being merged."""
    names = ", ".join(map(code_span, case.blocking))
    return f"Blocks the merge: {names} {'is' if len(case.blocking) == 1 else 'are'} required." if names else ""


def source(case: Case, finding: Finding) -> str:
    """A link to the decisive line: in the log's page, or in the file where no job ran."""
    if not finding.lines:
        return f"[the run]({case.run.html_url})"
    job = next((job for job in case.jobs if job.name == finding.job), None)
    if job and not (job.steps or finding.step):
        # It never came to a runner: what is known of it GitHub remarks on its page, and there is no log.
        return f"[the job]({job.html_url})"
    if job:
        anchor = f"#step:{finding.in_step.number}:{finding.in_step.line}" if finding.in_step else ""
        return f"[log line {finding.lines[0]:,}]({job.html_url}{anchor})"
    link = f"{blob(case, case.run.workflow_path)}#L{finding.lines[0]}"
    return f"[{code_span(case.run.workflow_path)} line {finding.lines[0]}]({link})"


def blob(case: Case, path: str) -> str:
    """The address of a file at the failing commit."""
    return f"{case.run.html_url.partition('/actions/')[0]}/blob/{case.run.head_sha}/{quote(path)}"


def evidence(finding: Finding, most: int = EVIDENCE) -> tuple[str, ...]:
    """The lines that show the fault outright, the decisive one among them."""
    told = [(number, line) for number, line in enumerate(finding.evidence, finding.evidence_line) if line.strip()]
    decisive = next((place for place, (number, _) in enumerate(told) if number in finding.lines[:1]), 0)
    start = max(decisive - most + 1, 0)
    return tuple(line for _, line in told[start : start + most])


def changes(files: Iterable[FilePatch]) -> list[str]:
    """The lines that the patches take out and put in, without their context."""
    return [
        line
        for file in files
        for line in file.patch.splitlines()
        if line.startswith(("+", "-")) and not line.startswith(("+++", "---"))
    ]


def fold(summary: str, text: str) -> str:
    """Text behind a line that opens it."""
    return f"<details><summary>{summary}</summary>\n\n{text}\n\n</details>"


def around(case: Case) -> str:
    """The stretch of the log around the decisive line."""
    excerpt = case.report.excerpt
    if excerpt is None or len(excerpt.text) <= EVIDENCE:
        return ""
    name = "Log" if case.jobs else code_span(case.run.workflow_path)
    return f"**{name}, lines {excerpt.lines[0]:,} to {excerpt.lines[1]:,}**\n\n{fence(excerpt.text)}"


def labelled(label: str, text: str) -> str:
    """Text behind a bold label; a list begins on a line of its own, else its first point is none."""
    return f"**{label}**\n\n{text}" if text.startswith(("- ", "* ", "1. ")) else f"**{label}** {text}"


def patches(fix: Fix) -> str:
    """The whole patches, as `git apply` takes them."""
    return "\n\n".join(
        f"**Patch of {code_span(file.path)}**\n\n{fence(file.patch.splitlines(), 'diff')}" for file in fix.files
    )


def other_ways(finding: Finding) -> str:
    """The fixes behind the first one, with their patches."""
    ways = finding.fixes[1:]
    if not ways:
        return ""
    listed = "\n".join(f"- {' '.join((way.says, way.consequence)).strip()}{_commands(way)}" for way in ways)
    return paragraphs([f"**Other ways out**\n\n{listed}", *map(patches, ways)])


def _commands(way: Fix) -> str:
    """The commands of a way, in the item of a list; one that would be cut is told by the words alone."""
    return "".join(f" {code_span(command)}" for command in way.commands if len(command) <= MOST_CHARACTERS)


def places(finding: Finding) -> str:
    """Where in the repository, when there are several places to go to."""
    if len(finding.places) < 2:
        return ""
    rows = [
        f"- {code_span(f'{place.path}:{place.line}' if place.line else place.path)}"
        + (f" {code_span(place.message)}" if place.message else "")
        for place in finding.places[:MOST_PLACES]
    ]
    cut = f" (the first {MOST_PLACES} of {max(finding.occurrences, len(finding.places)):,})"
    return "\n".join((f"**Places**{cut if len(finding.places) > MOST_PLACES else ''}", "", *rows))


def others(case: Case, apart: Collection[str] = ()) -> str:
    """What else failed in this run, each failure once, with the jobs that it failed in.

    `apart` are the fingerprints of failures that are told elsewhere.
    """
    best = case.report.best
    told = {finding.job for finding in case.report.findings if finding.kind in ("cause", "symptom")}
    groups = [group for group in _groups(case.report.findings) if best not in group]
    rows = [_other(group) for group in groups if _shown(group[0], told) and group[0].fingerprint not in apart]
    alike = [finding.job for finding in case.report.findings if best and _same(finding, best) and finding.job]
    if len(set(alike)) > 1:
        names = ", ".join(code_span(name) for name in dict.fromkeys(alike))
        rows.insert(0, f"- The same failure in {len(set(alike))} jobs: {names}")
    if len(rows) > MOST_OTHERS:
        rows[MOST_OTHERS:] = [f"- {len(rows) - MOST_OTHERS} more"]
    return "\n".join(("**Also in this run**", "", *rows)) if rows else ""


def handed_in(case: Case, finding: Finding) -> str:
    """Which artifact of the run told what its log does not."""
    name = finding.facts.get("artifact")
    if not name:
        return ""
    return f"The numbers are those of the artifact [{code_span(str(name))}]({case.run.html_url}#artifacts)."


def unread(case: Case) -> str:
    """The failed jobs whose log could not be read, and why."""
    rows = [f"- {code_span(job)}: {code_span(reason)}" for job, reason in case.unread.items()]
    return "\n".join(("**Logs that could not be read**", "", *rows)) if rows else ""


def cut(report: Report) -> str:
    """That a part of the log was not read."""
    return TRUNCATED if report.input.truncated else ""


def followed(case: Case) -> str:
    """Where the failure is followed up as well, in one line."""
    return f"Details and follow-up: [issue {case.issue.number}]({case.issue.html_url})." if case.issue else ""


def signed(case: Case, finding: Finding | None, commands: Sequence[str] = ()) -> str:
    """The last line: which signature said it, how sure it is, the team's own runbook, what may be answered, the run."""
    said = [_signature(finding.signature, case.site)] if finding and finding.signature else []
    sure = [f"confidence {finding.confidence}"] if finding else []
    guide = [f"[runbook]({address})"] if finding and (address := _runbook(case, finding.category)) else []
    answers = [code_span(f"/whyred {command}") for command in commands]
    run = f"[run {case.run.id}]({case.run.html_url})"
    return f"<sub>{' · '.join([*said, *sure, *guide, *answers, run])}</sub>"


def _runbook(case: Case, category: str) -> str:
    """Where the team has written down what to do about failures of this category; empty where it has not."""
    told = case.config.route(category).docs or ""
    if not told or told.startswith("https://"):
        return quote(told, safe=":/?#=&%+,;~@!")
    return f"{case.run.html_url.partition('/actions/')[0]}/blob/{quote(f'{case.repository.default_branch}/{told}')}"


def paragraphs(parts: Sequence[str]) -> str:
    """The parts that say something, a blank line between them."""
    return "\n\n".join(part for part in parts if part)


def _signature(identifier: str, site: str | None) -> str:
    """The signature's id; where the site is known, a link to its page, which a repository's own has not."""
    shown = code_span(identifier)
    return f"[{shown}]({site}/signatures/{identifier})" if site and not identifier.startswith("local/") else shown


def _share(jobs: Sequence[Job]) -> str:
    ran = [job for job in jobs if job.conclusion != "skipped"]
    failed = sum(job.failed for job in ran)
    if not ran:
        return "no job was started"
    return f"{failed} of {len(ran)} {'job' if len(ran) == 1 else 'jobs'} failed"


def _same(one: Finding, other: Finding) -> bool:
    return one.fingerprint == other.fingerprint


def _shown(finding: Finding, told: Collection[str | None]) -> bool:
    """A guess only of a job of which nothing is known: that it failed too must be said."""
    return finding.kind in ("cause", "symptom", "note") or (finding.kind == "excerpt" and finding.job not in told)


def _groups(findings: Iterable[Finding]) -> list[list[Finding]]:
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.fingerprint, []).append(finding)
    return list(groups.values())


def _other(group: Sequence[Finding]) -> str:
    first = group[0]
    note = "Note: " if first.kind == "note" else ""
    jobs = ", ".join(code_span(job) for job in dict.fromkeys(finding.job for finding in group if finding.job))
    line = f", line {first.lines[0]:,}" if first.lines and len(group) == 1 else ""
    if first.kind == "excerpt" and jobs:
        unknown = f"; no known cause was recognised{line.replace(',', ', log', 1)}"
        return f"- {jobs} failed too{_standing(first) or unknown}"
    return f"- {note}{first.title}" + (f" ({jobs}{line}{_standing(first)})" if jobs else "")


def _standing(finding: Finding) -> str:
    """Why a job that failed as well is not what to look at."""
    waits = finding.facts.get("waits_for")
    if isinstance(waits, list):
        return f"; it only reports on {', '.join(map(code_span, waits))}"
    return "; the workflow lets it fail" if finding.facts.get("may_fail") else ""
