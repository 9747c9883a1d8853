"""Issues as people read them, whole: to whom, under which labels, in which words.

After a change on purpose: `pytest tests/workers/test_issue_texts.py --snapshot-update`, and read the difference.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.workers.story import COVERAGE, MODULE, NAME, OUTAGE, Story
from tests.workers.test_routing import OWNERS, TYPES

WISHES = {".github/whyred.yml": "outlets: [comment, issue]\n"}


def steady(text: str) -> str:
    """The text without what differs from one sandbox to the next: its address, the day, ids and commits."""
    text = re.sub(r"http://127\.0\.0\.1:\d+", "https://github.example", text)
    text = re.sub(r"\b20\d\d-\d\d-\d\d\b", "2026-11-01", text)
    text = re.sub(r"`[0-9a-f]{7}`", "`2a15757`", text)
    ids = {number: str(1001 + place) for place, number in enumerate(dict.fromkeys(re.findall(r"\b\d{4,}\b", text)))}
    return re.sub(r"\b\d{4,}\b", lambda match: match[0] if match[0] == "2026" else ids[match[0]], text)


def whole(issue: dict[str, Any]) -> str:
    assigned = ", ".join(person["login"] for person in issue["assignees"]) or "nobody"
    labels = ", ".join(label["name"] for label in issue["labels"])
    said = [comment["body"] for comment in issue["comment_list"]]
    head = f"{issue['title']}\n{issue['state']} · to {assigned} · {labels}"
    return steady("\n\n----\n\n".join((head, issue["body"], *said)))


def tell(story: Story, branch: str, text: str, log: str | None, *, event: str = "push", author: str = "mona") -> str:
    return story.tell(story.run(story.push(branch, text, author=author), branch, log, event=event))


@pytest.fixture
def owned(story: Story) -> Story:
    story.github.push(NAME, "main", OWNERS, author="mona")
    return story


def test_a_push_for_its_author(story: Story, snapshot: SnapshotAssertion) -> None:
    tell(story, "main", "1", MODULE)
    assert whole(story.issues()[0]) == snapshot


def test_a_schedule_for_the_codes_owners(owned: Story, snapshot: SnapshotAssertion) -> None:
    tell(owned, "main", "1", TYPES, event="schedule")
    assert whole(owned.issues()[0]) == snapshot


def test_two_branches(story: Story, snapshot: SnapshotAssertion) -> None:
    tell(story, "main", "1", MODULE)
    tell(story, "release", "1", MODULE, author="stranger")
    tell(story, "release", "2", MODULE, author="stranger")
    assert whole(story.issues()[0]) == snapshot


def test_what_comes_and_goes(story: Story, snapshot: SnapshotAssertion) -> None:
    for text in ("1", "2"):
        tell(story, "main", f"{text} red", MODULE)
        tell(story, "main", f"{text} green", None)
    assert whole(story.issues()[0]) == snapshot


def test_a_pull_request_followed_up(story: Story, pull: int, snapshot: SnapshotAssertion) -> None:
    story.github.push(NAME, "main", WISHES)
    run = story.run(story.push("discounts", "1"), "discounts", COVERAGE)
    assert story.tell(run) == "opened"
    (issue,) = story.issues()
    (comment,) = story.comments(pull)
    assert f"Details and follow-up: [issue {issue['number']}]({issue['html_url']})." in comment
    assert story.tell(run).startswith("silent")
    assert story.comments(pull) == [comment]
    assert story.tell(story.run(story.push("discounts", "2"), "discounts", None)) == "edited"
    assert whole(story.issues()[0]) == snapshot


def test_nobody_is_given_an_issue_for_what_the_change_has_not_broken(story: Story, pull: int) -> None:
    story.github.push(NAME, "main", WISHES)
    assert story.tell(story.run(story.push("discounts", "1"), "discounts", OUTAGE)) == "commented"
    assert story.issues() == []
    story.github.push(NAME, "main", {".github/whyred.yml": "outlets: [issue]\n"})
    story.connection.delete(*story.connection.keys("whyred:wishes:*"))
    assert story.tell(story.run(story.push("discounts", "2"), "discounts", OUTAGE)) == "opened"


def test_layer_after_layer_is_followed_up_in_one_issue(story: Story, pull: int) -> None:
    story.github.push(NAME, "main", WISHES)
    for text, log in enumerate((COVERAGE, MODULE, TYPES)):
        story.tell(story.run(story.push("discounts", str(text)), "discounts", log))
    (issue,) = story.issues()
    (comment,) = story.comments(pull)
    made = [path for method, path in story.writes() if method == "POST" and path.endswith(("/issues", "/comments"))]
    assert len(made) == 2
    assert f"[issue {issue['number']}]({issue['html_url']})" in comment
    assert [label["name"] for label in issue["labels"]] == ["whyred", "whyred: types"]
    assert story.tell(story.run(story.push("discounts", "4"), "discounts", None)) == "edited"
    assert story.issues()[0]["state"] == "closed"


def test_a_forks_pull_request_is_followed_up_and_nobody_who_can_not_be_assigned_is_pinged(owned: Story) -> None:
    owned.github.push(NAME, "main", {".github/whyred.yml": "outlets: [issue]\n"})
    fork = owned.github.fork(NAME, "hubert")
    sha = owned.push("fix", "1", author="hubert", name=fork)
    number = owned.github.open_pull(NAME, "fix", author="hubert", head_repository=fork)
    assert owned.tell(owned.run(sha, "fix", TYPES, fork=fork)) == "opened"
    (issue,) = owned.issues()
    assert issue["assignees"] == []
    assert issue["title"].endswith(f"(pull request {number})")
    assert "Set off by hubert." in issue["body"]
    assert "@" not in issue["body"]
    assert owned.comments(number) == []
    assert owned.tell(owned.run(owned.push("fix", "2", author="hubert", name=fork), "fix", None, fork=fork)) == "closed"


def test_dependabots_pull_request_is_followed_up_by_the_codes_owner(owned: Story) -> None:
    owned.github.push(NAME, "main", WISHES)
    sha = owned.push("dependabot/pip/x", "1", author="dependabot[bot]")
    owned.github.open_pull(NAME, "dependabot/pip/x", author="dependabot[bot]")
    assert owned.tell(owned.run(sha, "dependabot/pip/x", TYPES)) == "opened"
    assert [person["login"] for person in owned.issues()[0]["assignees"]] == ["octo"]
