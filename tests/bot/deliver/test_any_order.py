"""Events in any order, and twice, leave the same comment."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.case import Age
from bot.deliver.sticky import Mark, Sticky, Told, merge
from bot.deliver.sticky_marks import read
from bot.deliver.sticky_text import write
from bot.told import SUM, Cause, Seen, Telling

SHA = "2a15757"
GREEN = ""


@dataclass(frozen=True)
class Event:
    """An attempt of a workflow's run has ended: with these causes (a letter each), or green."""

    workflow: int
    attempt: int
    causes: str

    @property
    def age(self) -> Age:
        return Age(100 + self.workflow, self.attempt)

    def told(self) -> Told:
        seen = (Seen(self.workflow, 1, f"`test`{SUM}"),)
        causes = (Cause(16 * letter, "cause", f"Cause {letter}", "", "", seen) for letter in self.causes)
        mark = Mark(self.workflow, self.age, SHA, "red" if self.causes else "green", 1, 1)
        return Told(mark, "https://ghe.example/octo/shop/actions/runs", Telling(tuple(causes)))


@dataclass
class PullRequest:
    """A pull request's comment, and the newest pass of each workflow, as the outlet keeps them."""

    body: str = ""
    passed: dict[int, Age] = field(default_factory=dict)

    def hears(self, event: Event) -> None:
        if event.causes == GREEN:
            self.passed[event.workflow] = max(self.passed.get(event.workflow, event.age), event.age)
        elif self.passed.get(event.workflow, event.age) > event.age:
            return
        merged = merge(read(self.body) if self.body else Sticky(), event.told())
        if isinstance(merged, Sticky):
            self.body = write(merged)

    def red(self) -> dict[int, tuple[Age, str]]:
        """What stands: of each workflow that is red the attempt, and its causes."""
        sticky = read(self.body)
        shown = {
            mark.workflow: "".join(
                sorted(
                    cause.title[-1]
                    for cause in sticky.causes
                    if any(each.workflow == mark.workflow for each in cause.seen)
                )
            )
            for mark in sticky.marks
        }
        return {mark.workflow: (mark.age, shown[mark.workflow]) for mark in sticky.marks if mark.state == "red"}


def newest(events: list[Event]) -> dict[int, tuple[Age, str]]:
    """What should stand after all of them."""
    last = {event.workflow: event for event in sorted(events, key=lambda event: event.age)}
    return {one.workflow: (one.age, one.causes) for one in last.values() if one.causes != GREEN}


def after(events: list[Event]) -> PullRequest:
    pull = PullRequest()
    for event in events:
        pull.hears(event)
    return pull


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Up to two attempts of the runs of up to three workflows on one commit."""
    outcome = st.sampled_from([GREEN, "a", "b", "ab", "bc"])
    return [
        Event(workflow, attempt, draw(outcome))
        for workflow in range(1, draw(st.integers(1, 3)) + 1)
        for attempt in range(1, draw(st.integers(1, 2)) + 1)
    ]


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_what_stands_is_what_the_newest_attempts_showed_in_whatever_order_they_are_told(data: st.DataObject) -> None:
    events = data.draw(histories())
    twice = data.draw(st.lists(st.sampled_from(events), max_size=4))
    told = data.draw(st.permutations([*events, *twice]))
    assert after(told).red() == newest(events)


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_what_was_told_before_changes_nothing_when_it_is_told_again(data: st.DataObject) -> None:
    told = data.draw(st.permutations(data.draw(histories())))
    pull = after(told)
    body = pull.body
    for event in data.draw(st.lists(st.sampled_from(told), min_size=1, max_size=6)):
        pull.hears(event)
        assert pull.body == body


def test_three_workflows_that_tell_what_is_gone_keep_their_order_when_one_is_told_again() -> None:
    told = [Event(workflow, attempt, "ab"[attempt - 1]) for workflow in (1, 2, 3) for attempt in (1, 2)]
    pull = after(told)
    body = pull.body
    assert body.count("**Gone:**") == 3
    pull.hears(told[3])
    assert pull.body == body


ATTEMPTS = [Event(1, 1, "a"), Event(1, 2, "b"), Event(1, 3, GREEN)]


@pytest.mark.parametrize(
    "told", list(itertools.permutations(ATTEMPTS)), ids=lambda told: "".join(one.causes or "-" for one in told)
)
def test_nothing_red_stands_once_the_newest_attempt_passed(told: tuple[Event, ...]) -> None:
    pull = after([*told, *told])
    assert pull.red() == {}
