"""The whole diagnosis: logs in, report out. Scan, split, confirm, rank, read, tell."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from diagnosis import rank, split
from diagnosis.catalogue import Catalogue
from diagnosis.clean import clean
from diagnosis.extended import Extended
from diagnosis.match import Match, chosen, confirm, fair_share
from diagnosis.report import Excerpt, Finding, Input, Outcome, Report
from diagnosis.scan import Beside, Hits, Scanner, Scans
from diagnosis.source import Text
from diagnosis.tell import JobLog, Teller, Verdict

if TYPE_CHECKING:
    from diagnosis.prober import Prober, Surroundings

__all__ = ["JobLog", "diagnose", "prepare"]

OWN: Final = "own"
"""The folder of the cache for what is compiled of repositories' own signatures."""

MOST_FINDINGS: Final = 20
MOST_JOBS: Final = 100
"""Jobs whose best finding is told, however many they are."""

MOST_PROBED: Final = 3


def diagnose(
    logs: Sequence[JobLog],
    catalogue: Catalogue,
    *,
    passing: bytes = b"",
    cache: Path | None = None,
    around: Surroundings | None = None,
) -> Report:
    """The report of one run: its job logs, each with its own best finding first.

    `passing` is the log of a run of the same job that passed: where nothing is recognised, it tells what is new.
    `cache` is a folder for what is costly to compute and depends on the catalogue alone. `around` is the repository at
    the failing commit, which is asked for the reasons; what its view raises is raised.
    """
    started = time.perf_counter()
    scanner = _scanner(catalogue, cache)
    prober = _prober(around)
    engine = _Engine(catalogue, scanner, _usual(passing) if passing else frozenset(), prober)
    verdicts = [engine.diagnose(log, part) for log in logs for part in split.jobs(log.source)]
    if prober:
        verdicts = prober.with_standing(verdicts)
    verdicts.sort(key=lambda verdict: (verdict.cancelled, verdict.secondary, not verdict.diagnosed))
    findings = [item for row in zip_longest(*(verdict.findings for verdict in verdicts)) for item in row if item]
    findings.sort(key=lambda item: item.severity == "note")
    best = next((item for item in findings if item.severity == "error"), None)
    return Report(
        outcome=outcome(best),
        findings=tuple(findings[: max(MOST_FINDINGS, min(len(verdicts), MOST_JOBS))]),
        excerpt=_excerpt_of(best, verdicts),
        input=Input(
            bytes=sum(log.source.size for log in logs),
            lines=sum(verdict.lines for verdict in verdicts),
            truncated=any(log.truncated for log in logs),
        ),
        seconds=round(time.perf_counter() - started, 4),
    )


def _usual(passing: bytes) -> frozenset[str]:
    from diagnosis import excerpt

    return frozenset(excerpt.blanked(clean(line)) for line in passing.split(b"\n"))


def _prober(around: Surroundings | None) -> Prober | None:
    if around is None:
        return None
    from diagnosis.prober import Prober  # with the parser of workflow files: slow to import, and not always asked for

    return Prober(around)


def prepare(catalogue: Catalogue, cache: Path | None = None) -> None:
    """Do now what the first diagnosis would have to: a worker does so once, before it forks for each job."""
    _scanner(catalogue, cache)


@lru_cache(maxsize=4)
def _scanner(catalogue: Catalogue, cache: Path | None) -> Scans:
    if isinstance(catalogue, Extended):
        own = [signature.expression for signature in catalogue.own]
        return Beside(_scanner(catalogue.base, cache), Scanner(own, cache and cache / OWN))
    return Scanner([*split.MARKS, *catalogue.expressions], cache)


def outcome(best: Finding | None) -> Outcome:
    """What a report comes to whose best finding this is."""
    if best is None:
        return "no-failure"
    if best.kind == "cause" or (best.kind == "symptom" and best.confidence != "low"):
        return "diagnosed"
    return "unrecognised"


def _excerpt_of(best: Finding | None, verdicts: Sequence[Verdict]) -> Excerpt | None:
    if best is None:
        return None
    return next((verdict.excerpt for verdict in verdicts if best in verdict.findings), None)


class _Engine(NamedTuple):
    """What is needed to diagnose one job after the other. `usual`: the blanked lines of a run that passed."""

    catalogue: Catalogue
    scanner: Scans
    usual: frozenset[str]
    prober: Prober | None

    def diagnose(self, log: JobLog, part: split.JobPart) -> Verdict:
        """The verdict on one job's part of a log."""
        text = Text(log.source, part.start, part.end)
        found = self.scanner.scan(text, whole=len(split.MARKS))
        shape = split.shape(text, found[: len(split.MARKS)], log.failed_steps)
        groups = rank.rank(self._groups(text, found[len(split.MARKS) :], shape), self.catalogue, shape, text)
        teller = Teller(log, part, text, shape)
        told = [item for item in groups if not shape.passed or item.signature.kind == "note"][:MOST_FINDINGS]
        findings = tuple(self._finding(teller, item, number) for number, item in enumerate(told))
        if shape.passed or any(rank.explains_failure(group, shape) for group in told):
            best = next((item for item in findings if item.severity == "error"), None)
            return teller.verdict(findings, teller.around(best) if best else None)
        return teller.unrecognised(findings, self.usual)

    def _finding(self, teller: Teller, group: rank.Group, place: int) -> Finding:
        """A group's finding; the first ones of a job are taken to the repository."""
        finding = teller.finding(group)
        if self.prober and place < MOST_PROBED:
            return self.prober.explain(finding, group.signature.probes, teller.step_text(group))
        return finding

    def _groups(self, text: Text, found: Sequence[Hits], shape: split.Shape) -> list[rank.Group]:
        matches: list[Match] = []
        unseen: dict[str, int] = {}
        share = fair_share(hits.count for hits in found if hits.count)
        for place, hits in enumerate(found):
            if hits.count:
                signature = self.catalogue.signatures[place]
                candidates = chosen(hits, share, shape)
                matches += confirm(text, signature, candidates, shape)
                unseen[signature.id] = hits.count - len(candidates)
        return rank.group(rank.specific(matches), unseen)
