"""Webhooks in any order, and twice, leave the same comment on GitHub."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

import pytest

from tests.workers.story import COVERAGE, MODULE, NAME, UNKNOWN, Story

_IDS = re.compile(r"\b(?:[0-9a-f]{7,40}|\d+)\b")


@pytest.mark.slow
def test_webhooks_that_come_in_any_order_and_twice_leave_the_same_comment(story: Story) -> None:
    orders = list(itertools.permutations(range(4)))[::6]
    bodies = {told_in_this_order(story, order) for order in orders}
    assert len(orders) == 4
    assert len(bodies) == 1
    (body,) = bodies
    assert "discounts" in body
    assert "gizmo" in body
    assert "35.33" not in body


def told_in_this_order(story: Story, order: Sequence[int]) -> str:
    """The only comment of a pull request with a red run, another red attempt of it, a red run and a green one."""
    branch = f"branch-{''.join(map(str, order))}"
    sha = story.push(branch, f"PRICE = '{branch}'\n")
    pull = story.github.open_pull(NAME, branch, author="mona")
    again = story.run(sha, branch, COVERAGE)
    story.github.rerun(NAME, again)
    story.job(again, MODULE)
    lint, docs = (story.run(sha, branch, log, workflow=name) for log, name in ((UNKNOWN, "Lint"), (None, "Docs")))
    webhooks = [(again, 1), (again, 2), (lint, 1), (docs, 1)]
    for place in (*order, *order):
        story.tell(*webhooks[place])
    (body,) = story.comments(pull)
    return _IDS.sub("#", body)
