"""From matches to findings in order: grouped, explained away, best first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from diagnosis.catalogue import Catalogue, Signature
from diagnosis.match import Match
from diagnosis.report import Confidence
from diagnosis.split import Shape, StepSpan

KIND_ORDER = {"cause": 0, "symptom": 1, "wrapper": 3, "note": 4}
ELSEWHERE = 2
"""Causes and symptoms outside the failing step stand behind those inside it and before a mere wrapper."""
GENERIC = "generic"
"""The area of the signatures that know a failure's shape alone."""
CONFIDENCE_ORDER = {"high": 0, "medium": 1, "low": 2}


@dataclass(frozen=True, slots=True)
class Group:
    """All matches of one signature with the same `group_by`, or in one step, in order.

    `key` is the first one's `group_by`. `unseen`: how many more were not read.

    `explains` are the lines on which the same tool says what this one explains away: a linter's total, a summary.
    """

    signature: Signature
    key: str
    matches: tuple[Match, ...]
    unseen: int = 0
    explains: tuple[int, ...] = ()

    def decisive(self, failing: StepSpan | None) -> list[Match]:
        """The matches, the one to show first: in the failing step, then the first or the last as the signature says."""
        ordered = self.matches if self.signature.decisive == "first" else self.matches[::-1]
        return sorted(ordered, key=lambda match: not _inside(match, failing))


def specific(matches: Sequence[Match]) -> list[Match]:
    """The matches without generic ones on a line that another signature knows, be it as one that says nothing."""
    known = {match.decisive for match in matches if match.signature.area != GENERIC}
    return [match for match in matches if match.signature.area != GENERIC or match.decisive not in known]


def group(matches: Iterable[Match], unseen: Mapping[str, int]) -> list[Group]:
    """Matches gathered by signature and by what `group_by` says of their captures, else by the step they stand in."""
    gathered: dict[tuple[str, str], list[Match]] = defaultdict(list)
    for match in matches:
        apart = f"step {match.step.first}" if match.signature.gather else group_key(match)
        gathered[match.signature.id, apart].append(match)
    groups = []
    kinds = Counter(identifier for identifier, _ in gathered)
    for (identifier, _), members in gathered.items():
        members.sort(key=lambda match: match.line)
        # Which of several groups the unread ones would belong to, nobody knows.
        more = unseen.get(identifier, 0) if kinds[identifier] == 1 else 0
        groups.append(Group(members[0].signature, group_key(members[0]), tuple(members), more))
    return groups


def group_key(match: Match) -> str:
    """`group_by` filled with the captures, as they stand in the log."""
    key = match.signature.group_by
    for name in match.signature.regex.groupindex:
        key = key.replace("{" + name + "}", match.captures.get(name, ""))
    return key


def rank(groups: Sequence[Group], catalogue: Catalogue, shape: Shape) -> list[Group]:
    """The groups that remain when causes have explained away what follows from them, best first."""
    failing = shape.failing
    explaining = [item for item in groups if item.signature.kind != "note"]
    failed_there = [item for item in explaining if _failed_there(item, shape)]
    everywhere, there = _beaten(explaining, catalogue), _beaten(failed_there, catalogue)
    # A step that the job survived explains nothing in the one that ended it.
    standing = [
        item for item in groups if item.signature.id not in (there if _failed_there(item, shape) else everywhere)
    ]
    standing += _generic_apart(failed_there, there, catalogue)
    if any(explains_failure(item, shape) for item in standing):
        # And what it said is not worth a line beside what did end it.
        standing = [item for item in standing if item.signature.kind == "note" or _failed_there(item, shape)]
    if any(item.signature.kind in ("cause", "symptom") for item in standing):
        standing = [item for item in standing if item.signature.kind != "wrapper"]
    nearest = _nearest_end(standing, failing)
    ordered = sorted(standing, key=lambda item: _order(item, failing, nearest))
    by_area: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for item in groups:
        by_area[item.signature.area].append((item.signature.id, item.decisive(failing)[0].decisive))
    return [replace(item, explains=_explains(item, by_area[item.signature.area], catalogue)) for item in ordered]


def _generic_apart(groups: Sequence[Group], beaten: frozenset[str], catalogue: Catalogue) -> list[Group]:
    """Of the beaten generic ones those that nothing in a step of their own explains away.

    Two steps of a job may fail for two reasons, and of one of them be known no more than a generic word.
    """
    generic = [item for item in groups if item.signature.id in beaten and item.signature.area == GENERIC]
    return [item for item in generic if item.signature.id not in _beaten(_beside(item, groups), catalogue)]


def _beside(item: Group, groups: Sequence[Group]) -> list[Group]:
    """The groups that stand in one of its steps, itself among them."""
    steps = {match.step.first for match in item.matches}
    return [other for other in groups if any(match.step.first in steps for match in other.matches)]


def _explains(item: Group, same_area: Sequence[tuple[str, int]], catalogue: Catalogue) -> tuple[int, ...]:
    beaten = catalogue.beaten_by(item.signature.id)
    return tuple(line for identifier, line in same_area if identifier in beaten)


def explains_failure(item: Group, shape: Shape) -> bool:
    """Whether it may be why the job failed. What stands in a step that passed was survived, whatever it says."""
    if item.signature.kind not in ("cause", "symptom"):
        return False
    return shape.failing is None or any(_inside(match, shape.failing) for match in item.matches)


def confidence(item: Group, shape: Shape) -> Confidence:
    """The signature's own; of a log that stops in the middle never more than medium, for a retry may have come."""
    sure = item.signature.confidence
    return "medium" if sure == "high" and shape.cut else sure


def _beaten(groups: Iterable[Group], catalogue: Catalogue) -> frozenset[str]:
    """Ids of all signatures that one of the groups explains away."""
    identifiers = {item.signature.id for item in groups}
    return frozenset().union(*map(catalogue.beaten_by, identifiers))


def _failed_there(item: Group, shape: Shape) -> bool:
    return shape.failing is None or any(match.step.failed for match in item.matches)


def _nearest_end(groups: Sequence[Group], failing: StepSpan | None) -> dict[str, int]:
    """For each signature the last line in the failing step (else anywhere) on which it stands."""
    last: dict[str, int] = {}
    for item in groups:
        line = max(match.line + (10**9 if _inside(match, failing) else 0) for match in item.matches)
        last[item.signature.id] = max(line, last.get(item.signature.id, 0))
    return last


def _order(item: Group, failing: StepSpan | None, nearest: Mapping[str, int]) -> tuple[int, int, int, str, int]:
    signature = item.signature
    tier = KIND_ORDER[signature.kind]
    if tier < ELSEWHERE and failing is not None and not any(_inside(match, failing) for match in item.matches):
        tier = ELSEWHERE
    first = item.decisive(failing)[0].line
    within = first if signature.decisive == "first" else -first
    return tier, CONFIDENCE_ORDER[signature.confidence], -nearest[signature.id], signature.id, within


def _inside(match: Match, failing: StepSpan | None) -> bool:
    return failing is not None and failing.first <= match.line <= failing.last
