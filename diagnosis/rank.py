"""From matches to findings in order: grouped, explained away, best first."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from diagnosis.catalogue import Catalogue, Signature
from diagnosis.match import Match
from diagnosis.report import Confidence
from diagnosis.source import Text
from diagnosis.split import Shape, StepSpan

if TYPE_CHECKING:
    from diagnosis.survived import Scene

KIND_ORDER = {"cause": 0, "symptom": 1, "wrapper": 3, "note": 4}
ELSEWHERE = 2
"""Causes and symptoms outside the failing step stand behind those inside it and before a mere wrapper."""
ENVIRONMENT: Final = frozenset({"service", "network", "auth", "tls", "rate-limit"})
"""Categories of what programs often meet, report and do without."""
MAY_GO_BY: Final = ENVIRONMENT | {"test"}
GENERIC = "generic"
"""The area of the signatures that know a failure's shape alone."""
MOST_SCENES: Final = 8
"""Failing steps whose text is read for what was survived: a job has one or two, many jobs in one file have more."""
CONFIDENCE_ORDER = {"high": 0, "medium": 1, "low": 2}


_NAME: Final = re.compile(r"[A-Za-z0-9][\w.-]*")


class Group(NamedTuple):
    """All matches of one signature with the same `group_by`, or in one step, in order.

    `key` is the first one's `group_by`. `unseen`: how many more were not read.

    `explains` are the lines on which the same tool says what this one explains away: a linter's total, a summary.
    `survived`: the step met it and went on, and something else ended it.
    `lacking`: an install that failed in a step that the job survived, and what it did not install ended the job.
    """

    signature: Signature
    key: str
    matches: tuple[Match, ...]
    unseen: int = 0
    explains: tuple[int, ...] = ()
    survived: bool = False
    lacking: bool = False

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


def rank(groups: Sequence[Group], catalogue: Catalogue, shape: Shape, text: Text) -> list[Group]:
    """The groups that remain when causes have explained away what follows from them, best first."""
    failing = shape.failing
    judged = _Judged(groups, catalogue, shape, text)
    standing = judged.standing()
    if any(explains_failure(item, shape) for item in standing):
        # What a surviving step said is not worth a line beside what did end the job.
        standing = [item for item in standing if _worth_a_line(item, standing, catalogue, shape)]
    if any(item.signature.kind in ("cause", "symptom") for item in standing):
        standing = [item for item in standing if item.signature.kind != "wrapper"]
    nearest = _nearest_end(standing, failing)
    ordered = sorted(standing, key=lambda item: _order(item, failing, nearest))
    by_area: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for item in groups:
        by_area[item.signature.area].append((item.signature.id, item.decisive(failing)[0].decisive))
    return [item._replace(explains=_explains(item, by_area[item.signature.area], catalogue)) for item in ordered]


def _worth_a_line(item: Group, standing: Sequence[Group], catalogue: Catalogue, shape: Shape) -> bool:
    """Of what the job survived only an install that failed, where what is missing afterwards ended the job."""
    if item.signature.kind == "note" or item.lacking or _failed_there(item, shape):
        return True
    beaten = catalogue.beaten_by(item.signature.id)
    return item.signature.category == "dependency" and any(other.signature.id in beaten for other in standing)


def _beaten(matches: Iterable[Match], catalogue: Catalogue) -> frozenset[str]:
    """Ids of all signatures that one of the matches explains away."""
    identifiers = {match.signature.id for match in matches if match.signature.kind != "note"}
    return frozenset().union(*map(catalogue.beaten_by, identifiers))


def _subject(match: Match) -> str:
    """The test or, of type errors, the file that a match is about; a mere summary may name it otherwise."""
    if match.signature.category == "types":
        return match.captures.get("path", "")
    told = match.signature.confidence == "high" and match.captures.keys() & {"message", "exception"}
    return match.captures.get("test", "") if told else ""


class _Explaining:
    """What the matches of one step explain away.

    A test that fails for a reason is not explained by another test, nor is a type error by that of another file.
    """

    def __init__(self, matches: Sequence[Match], catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.by_area: dict[str, list[Match]] = defaultdict(list)
        self.by_subject: dict[tuple[str, str], list[Match]] = defaultdict(list)
        self.known: dict[tuple[str, str], frozenset[str]] = {}
        for match in matches:
            subject = _subject(match)
            self.by_area[match.signature.area if subject else ""].append(match)
            self.by_subject[match.signature.area, subject].append(match)

    def beaten(self, match: Match) -> frozenset[str]:
        """Ids of the signatures that one of them explains away where that stands which the match says."""
        key = area, subject = match.signature.area, _subject(match)
        if key not in self.known:
            # Asked for each subject, of which there may be thousands: what does not depend on it is kept by area.
            elsewhere = self._outside(area if subject else "")
            self.known[key] = elsewhere | _beaten(self.by_subject.get(key, ()), self.catalogue)
        return self.known[key]

    def _outside(self, area: str) -> frozenset[str]:
        key = area, "\0"
        if key not in self.known:
            others = (match for name, same in self.by_area.items() if not area or name != area for match in same)
            self.known[key] = _beaten(others, self.catalogue)
        return self.known[key]


def _scene(text: Text, matches: Sequence[Match]) -> Scene | None:
    """What went by in a step, where it can matter."""
    if all(match.signature.category not in MAY_GO_BY for match in matches):
        return None
    from diagnosis import survived  # its many patterns take a while, and mostly are not needed

    return survived.scene(text, matches[0].step, matches)


class _Judged:
    """What each match is to the others of its job: explained away, survived, or standing."""

    def __init__(self, groups: Sequence[Group], catalogue: Catalogue, shape: Shape, text: Text) -> None:
        self.groups, self.catalogue, self.shape = groups, catalogue, shape
        self.by_step: dict[int, list[Match]] = defaultdict(list)
        for item in groups:
            for match in item.matches:
                self.by_step[match.step.first].append(match)
        ended = [step for step in sorted(self.by_step) if self._ended_the_job(self.by_step[step][0])]
        scenes = {step: _scene(text, self.by_step[step]) for step in ended[:MOST_SCENES]}
        self.scenes = {step: scene for step, scene in scenes.items() if scene}
        self.everything = {step: _Explaining(matches, catalogue) for step, matches in self.by_step.items()}
        self.decisive = {
            step: _Explaining([match for match in self.by_step[step] if not scene.survived(match)], catalogue)
            for step, scene in self.scenes.items()
        }
        self.beaten = {step: _beaten(matches, catalogue) for step, matches in self.by_step.items()}
        self.anywhere = frozenset[str]().union(*self.beaten.values())

    def standing(self) -> list[Group]:
        """The groups with those of their matches that nothing explains away."""
        kept = []
        for item in self.groups:
            left = tuple(match for match in item.matches if not self._explained(match))
            if left:
                kept.append(
                    item._replace(
                        matches=left,
                        survived=all(map(self._survived, left)),
                        lacking=any(map(self._is_lacking, left)),
                    )
                )
        return kept

    def _is_lacking(self, install: Match) -> bool:
        if install.signature.category != "dependency" or self._ended_the_job(install):
            return False
        beaten, failing = self.catalogue.beaten_by(install.signature.id), self.shape.failing
        ended = self.by_step.get(failing.first, ()) if failing else ()
        later = (match for match in ended if match.line > install.line and match.signature.id in beaten)
        return any(_lacks(install, match) for match in later)

    def _ended_the_job(self, match: Match) -> bool:
        return self.shape.failing is None or match.step.failed

    def _survived(self, match: Match) -> bool:
        scene = self.scenes.get(match.step.first)
        return scene is not None and scene.survived(match)

    def _explained(self, match: Match) -> bool:
        """Whether a cause of its own step or of an earlier one explains it away.

        A generic one needs a cause in its own step: two steps may fail for two reasons, and of one of them be known no
        more than a generic word. What the job survived explains only what is missing because of it.
        """
        identifier, own = match.signature.id, match.step.first
        if not self._ended_the_job(match) or match.signature.kind == "note":
            return identifier in self.anywhere
        if identifier in self.beaten[own] and self._explained_beside(match):
            return True
        if match.signature.area == GENERIC:
            return False
        return any(
            step < own and identifier in beaten and self._reaches(step, match) for step, beaten in self.beaten.items()
        )

    def _explained_beside(self, match: Match) -> bool:
        """Whether something in its own step explains it away that did not itself go by."""
        step = match.step.first
        scene = self.scenes.get(step)
        # One of a cause's occurrences in the failure's own words is enough.
        protected = scene is not None and scene.protects(match)
        return match.signature.id in (self.decisive if protected else self.everything)[step].beaten(match)

    def _reaches(self, step: int, match: Match) -> bool:
        """Whether what stands in an earlier step can be why: the step failed, or did not install what is missing."""
        earlier = [other for other in self.by_step[step] if match.signature.id in _beaten([other], self.catalogue)]
        return any(self._ended_the_job(other) or _lacks(other, match) for other in earlier)


def _lacks(install: Match, missing: Match) -> bool:
    """Whether an install that failed is of the distribution that provides the missing module."""
    module = missing.captures.get("module", "").partition(".")[0]
    if install.signature.category != "dependency" or not module:
        return False
    from diagnosis.probes.import_names import providers  # its table is long, and mostly not needed

    names = {_normal(module), *map(_normal, providers(module))}
    said = (_normal(word) for value in install.captures.values() for word in _NAME.findall(value))
    return any(word in names for word in said)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _explains(item: Group, same_area: Sequence[tuple[str, int]], catalogue: Catalogue) -> tuple[int, ...]:
    beaten = catalogue.beaten_by(item.signature.id)
    return tuple(line for identifier, line in same_area if identifier in beaten)


def explains_failure(item: Group, shape: Shape) -> bool:
    """Whether it may be why the job failed. What stands in a step that passed was survived, whatever it says."""
    if item.signature.kind not in ("cause", "symptom"):
        return False
    return shape.failing is None or item.lacking or any(_inside(match, shape.failing) for match in item.matches)


def confidence(item: Group, shape: Shape) -> Confidence:
    """The signature's own; of a log that stops in the middle never more than medium, for a retry may have come.

    What the step survived is told with low confidence.
    """
    if item.survived:
        return "low"
    sure = item.signature.confidence
    return "medium" if sure == "high" and shape.cut else sure


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
    if tier < ELSEWHERE and failing and not item.lacking and not any(_inside(match, failing) for match in item.matches):
        tier = ELSEWHERE
    if item.survived and tier < ELSEWHERE:
        tier = ELSEWHERE
    first = item.decisive(failing)[0].line
    within = first if signature.decisive == "first" else -first
    sure = CONFIDENCE_ORDER["low" if item.survived else signature.confidence]
    return tier, sure, -nearest[signature.id], signature.id, within


def _inside(match: Match, failing: StepSpan | None) -> bool:
    return failing is not None and failing.first <= match.line <= failing.last
